import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../../events/outbox.ts';
import type { PackageRecord } from '../../fulfilment/fulfilment.service.ts';
import { instant } from '../../kernel/clock.ts';
import { OrdersService, type OrderWithPackages } from '../../orders/orders.service.ts';
import type { FactRequest } from '../../policies/policies.service.ts';
import { WalletService } from '../../wallet/wallet.service.ts';
import type { Question } from '../case-facts.ts';
import { endCase, openCase } from '../open-case.store.ts';
import { parcelOf } from '../order-parcel.ts';
import { Settling } from '../settling.ts';
import { getReturn, saveReturn, type ReturnKey, type ReturnRecord } from './return.store.ts';

/** A return with its order, locked: every step of a return takes the order's lock first. */
export interface LockedReturn {
  record: ReturnRecord;
  it: OrderWithPackages;
  parcel: PackageRecord;
}

/** What every step of a return needs: its lock, the question that it is about, its beginning and its end as a case. */
@Injectable()
export class ReturnCases {
  constructor(
    private readonly orders: OrdersService,
    private readonly wallet: WalletService,
    private readonly settling: Settling,
    private readonly outbox: Outbox,
  ) {}

  /** @throws NotFound */
  async lock(tx: EntityManager, { merchantId, returnId }: ReturnKey): Promise<LockedReturn> {
    const { orderId } = await getReturn(tx, merchantId, returnId);
    const it = await this.orders.lock(tx, merchantId, orderId);
    const record = await getReturn(tx, merchantId, returnId); // as it is behind the lock
    return { record, it, parcel: parcelOf(it, record.packageId) };
  }

  /** It holds up settlement and payouts until it ends. */
  async open(tx: EntityManager, { merchantId, packageId, orderId, id }: ReturnRecord, at: Date): Promise<void> {
    const cause = causeOf(id);
    await openCase(tx, { merchantId, packageId, orderId, cause, at });
    await this.wallet.block(tx, merchantId, { cause, since: at, until: null });
  }

  /** The claim that asked for the goods holds nothing any more: their return does, where one was opened. */
  async takeOver(
    tx: EntityManager,
    it: OrderWithPackages,
    { merchantId, packageId, cause }: { merchantId: string; packageId: string; cause: string },
    at: Date,
  ): Promise<void> {
    if (!cause.startsWith('claim:')) return;
    await endCase(tx, { merchantId, packageId, cause });
    await this.wallet.unblock(tx, merchantId, cause);
    await this.settling.afterCase(tx, it, packageId, at);
  }

  /** Stores an end; the package may have waited for this alone. */
  async end(tx: EntityManager, it: OrderWithPackages, record: ReturnRecord, at: Date): Promise<ReturnRecord> {
    const ended = { ...record, endedAt: at };
    await saveReturn(tx, ended);
    await this.letGo(tx, record);
    await this.settling.afterCase(tx, it, record.packageId, at);
    return ended;
  }

  /** It holds up nothing any more, though goods may still be on their way. */
  async letGo(tx: EntityManager, { merchantId, packageId, id }: ReturnRecord): Promise<void> {
    const cause = causeOf(id);
    await endCase(tx, { merchantId, packageId, cause });
    await this.wallet.unblock(tx, merchantId, cause);
  }

  /** Not allowed, or received and not paid for. */
  tellDenied(tx: EntityManager, record: ReturnRecord, at: Date): void {
    this.outbox.tell(tx, 'return.denied', { ...toldOf(record), at: instant(at) });
  }
}

/** Of credits, receipts, blockers and open cases: once for each return. */
export function causeOf(returnId: string): string {
  return `return:${returnId}`;
}

export function toldOf({ merchantId, orderId, packageId, id, type, status }: ReturnRecord): {
  merchantId: string;
  orderId: string;
  packageId: string;
  returnId: string;
  type: string;
  status: string;
} {
  return { merchantId, orderId, packageId, returnId: id, type, status };
}

/** What a return asks the policy, when it is asked for and when the goods are there. */
export function questionOf(record: ReturnRecord, kind: 'return' | 'receipt', at: Date): Question {
  const { packageId, type, fault, preferredRemedy, items, evidence, trackingNumber } = record;
  return {
    ...{ kind, packageId, at },
    said: { type: type as FactRequest['type'], fault, preferred_remedy: preferredRemedy },
    affected: items.map(({ line, quantity }) => ({ line, quantity, severity: null })),
    evidence: trackingNumber === null ? evidence : [...evidence, 'return_tracking'],
  };
}
