import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { rows } from '../../database/sql.ts';
import { Outbox } from '../../events/outbox.ts';
import { instant } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { PackageCancelled, PackageHandedOver } from '../fulfilment.errors.ts';
import { isBeforeHandOver } from '../package.machine.ts';
import type { InterceptionCause, PackageRecord } from '../package.records.ts';
import { PackageStore } from '../package.store.ts';

/** Who or what gave the answer. */
export type InterceptionAnswerer = 'warehouse' | 'hand_over' | 'manifest' | 'courier' | 'cancellation';

export interface InterceptionRequest {
  merchantId: string;
  packageId: string;
  cause: InterceptionCause;
  /** The asker's own reference, told again with the answer: a case, a decision. */
  causeId: string | null;
  at: Date;
}

/** Requests to stop a package that is still here; a hand-over before the answer is the answer: it left. */
@Injectable()
export class Interceptions {
  constructor(
    private readonly store: PackageStore,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Asks the warehouse to stop a package. One request is open at a time; a cancellation replaces an address change.
   * @throws PackageHandedOver it has left, with the scan and its time
   * @throws PackageCancelled there is nothing to stop
   */
  async request(tx: EntityManager, request: InterceptionRequest): Promise<PackageRecord> {
    const found = await this.store.lockOne(tx, request.merchantId, request.packageId);
    refuseUnlessHere(found);
    if (isOpen(found)) {
      await this.replaceCause(tx, found, request);
    } else {
      await rows(
        tx,
        `INSERT INTO interception (merchant_id, id, package_id, cause, cause_id, requested_at) VALUES ($1, $2, $3, $4, $5, $6)`,
        [request.merchantId, newId(), request.packageId, request.cause, request.causeId, request.at],
      );
      const { merchantId, packageId, cause, at } = request;
      await this.store.note(tx, [{ merchantId, packageId, step: 'interception_requested', at, detail: { cause } }]);
    }
    return this.store.get(tx, request.merchantId, request.packageId);
  }

  /** Answers what is open on these packages, which the caller has locked. */
  async answer(
    tx: EntityManager,
    packages: readonly PackageRecord[],
    said: { stopped: boolean; by: InterceptionAnswerer; at: Date; byUser?: string | null },
  ): Promise<void> {
    const asked = packages.filter(isOpen);
    if (asked.length === 0) return;
    const answer = said.stopped ? 'stopped' : 'left';
    await rows(
      tx,
      `UPDATE interception n SET answer = $3, answered_at = $4, answered_by = $5
       FROM unnest($1::uuid[], $2::uuid[]) AS a (merchant_id, id) WHERE n.merchant_id = a.merchant_id AND n.id = a.id`,
      [asked.map((p) => p.merchantId), asked.map((p) => p.interception?.id), answer, said.at, said.by],
    );
    await this.store.note(
      tx,
      asked.map(({ merchantId, id }) => {
        const detail = { answer, by: said.by };
        return {
          merchantId,
          packageId: id,
          step: 'interception_answered',
          at: said.at,
          byUser: said.byUser ?? null,
          detail,
        };
      }),
    );
    for (const { merchantId, orderId, id, interception } of asked) {
      this.outbox.tell(tx, 'package.intercepted', {
        merchantId,
        orderId,
        packageId: id,
        stopped: said.stopped,
        cause: interception?.cause ?? 'cancellation',
        causeId: interception?.causeId ?? null,
        at: instant(said.at),
      });
    }
  }

  private async replaceCause(tx: EntityManager, found: PackageRecord, request: InterceptionRequest): Promise<void> {
    if (request.cause !== 'cancellation' || found.interception?.cause === 'cancellation') return;
    await rows(tx, `UPDATE interception SET cause = $3, cause_id = $4 WHERE merchant_id = $1 AND id = $2`, [
      found.merchantId,
      found.interception?.id,
      request.cause,
      request.causeId,
    ]);
  }
}

export function isOpen({ interception }: PackageRecord): boolean {
  return interception !== null && interception.answer === null;
}

/** @throws PackageCancelled, PackageHandedOver */
export function refuseUnlessHere(found: PackageRecord): void {
  if (found.cancelledAt !== null) throw new PackageCancelled(found.id, found.cancelledAt);
  if (!isBeforeHandOver(found.status)) throw handedOver(found);
}

export function handedOver(found: PackageRecord): PackageHandedOver {
  return new PackageHandedOver(found.id, found.status, found.handedOverBy ?? 'courier', found.handedOverAt);
}
