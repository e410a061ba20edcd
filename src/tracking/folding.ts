import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { inTransaction } from '../database/transaction.ts';
import type { EventName } from '../events/catalog.ts';
import { Outbox } from '../events/outbox.ts';
import { FulfilmentService, isBeforeHandOver, type PackageRecord } from '../fulfilment/fulfilment.service.ts';
import { Clock, instant } from '../kernel/clock.ts';
import { idOutOrNull } from '../kernel/ids.ts';
import { fold, type Fold, type FoldEvent, type Step } from './fold.policy.ts';
import { TrackingStore, type EventRecord, type PackageKey } from './tracking.store.ts';

/** So many packages of a merchant share a transaction. */
const BATCH = 50;

/** What is told of each step; the others only show. */
const TOLD = {
  in_transit: 'package.in_transit',
  out_for_delivery: 'package.out_for_delivery',
  attempt_failed: 'package.delivery_attempt_failed',
  available_for_pickup: 'package.available_for_pickup',
  exception: 'package.exception',
  delivered: 'package.delivered',
  rto_initiated: 'package.rto_initiated',
  rto_in_transit: null,
  rto_delivered: 'package.rto_delivered',
  delivery_failed: 'package.delivery_failed',
  lost: 'package.lost',
} as const satisfies Record<Step['word'], EventName | null>;

/**
 * Brings packages to where all of their events say they are, and tells each step once. The package's row is locked
 * before its events are read, so any number of messages at once have one effect.
 */
@Injectable()
export class Folding {
  private readonly log = new Logger('tracking');

  constructor(
    private readonly db: DataSource,
    private readonly store: TrackingStore,
    private readonly fulfilment: FulfilmentService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Right after storing, each merchant's packages in transactions of their own; what fails stays due. */
  async foldAll(packages: readonly PackageKey[]): Promise<void> {
    for (const [merchantId, ids] of byMerchant(packages)) {
      for (let from = 0; from < ids.length; from += BATCH) {
        await this.foldQuietly(merchantId, ids.slice(from, from + BATCH));
      }
    }
  }

  /** In the caller's transaction. */
  async fold(tx: EntityManager, packages: readonly PackageKey[]): Promise<void> {
    for (const [merchantId, ids] of byMerchant(packages)) await this.foldPackages(tx, merchantId, ids);
  }

  private async foldQuietly(merchantId: string, ids: readonly string[]): Promise<void> {
    try {
      await inTransaction(this.db, (tx) => this.foldPackages(tx, merchantId, ids));
    } catch (error) {
      // the message is stored and its packages are noted as due: the timer folds them
      this.log.warn({
        msg: 'fold put off',
        packages: ids.length,
        err: error instanceof Error ? error.message : String(error),
      });
    }
  }

  private async foldPackages(tx: EntityManager, merchantId: string, ids: readonly string[]): Promise<void> {
    const ordered = [...new Set(ids)].sort();
    const found: PackageRecord[] = [];
    for (const id of ordered) found.push(await this.fulfilment.get(tx, merchantId, id, { lock: true }));
    await this.store.takeDue(tx, merchantId, ordered);
    const events = await this.store.eventsOf(tx, merchantId, ordered);
    for (const record of found)
      await this.apply(
        tx,
        record,
        events.filter((event) => event.packageId === record.id),
      );
  }

  private async apply(tx: EntityManager, record: PackageRecord, events: readonly EventRecord[]): Promise<void> {
    const now = fold(events.filter(({ direction }) => direction !== 'reverse').map(toFoldEvent));
    if (now.courierStatus === null) return;
    const unseen = record.status === 'labelled' && now.scannedAt === null; // claims about a parcel that nobody has scanned
    const { after } = await this.fulfilment.applyCourierStatus(tx, {
      merchantId: record.merchantId,
      packageId: record.id,
      status: unseen ? null : now.packageWord,
      courierStatus: now.courierStatus,
      reason: now.reason,
      direction: now.direction,
      at: now.steps.at(-1)?.at ?? now.lastEventAt ?? this.clock.now(),
      firstScanAt: now.scannedAt,
      deliveredAt: now.deliveredAt,
      returnedAt: now.returnedAt,
      disputed: now.disputed,
    });
    if (unseen || isBeforeHandOver(after.status) || after.status === 'cancelled') return;
    await this.tell(tx, after, now, events);
  }

  private async tell(
    tx: EntityManager,
    record: PackageRecord,
    now: Fold,
    events: readonly EventRecord[],
  ): Promise<void> {
    const at = this.clock.now();
    const disputed = now.disputed ? [{ word: 'disputed', ordinal: 1, evidence: '' }] : [];
    const confirmed = isConfirmed(events) ? [{ word: 'rto_confirmed', ordinal: 1, evidence: '' }] : [];
    const key = { merchantId: record.merchantId, packageId: record.id };
    const fresh = await this.store.markTold(tx, key, [...now.steps, ...disputed, ...confirmed], at);
    const of = { ...key, orderId: record.orderId };
    for (const step of now.steps) {
      const name = TOLD[step.word];
      if (name === null || !fresh.has(`${step.word}#${step.ordinal}`)) continue;
      const proof = events.find((event) => event.eventKey === step.evidence);
      const evidence = idOutOrNull('trm', proof?.messageId ?? null);
      this.outbox.tell(tx, name, { ...of, at: instant(step.at ?? at), reason: step.reason, evidence });
    }
    if (fresh.has('rto_confirmed#1')) this.outbox.tell(tx, 'package.rto_confirmed', { ...of, at: instant(at) });
    if (fresh.has('disputed#1'))
      this.outbox.tell(tx, 'package.disputed', { ...of, at: instant(at), reason: now.reason, evidence: null });
  }
}

/** Does the courier itself say that the parcel is back at the sender? */
export function saidByCourier(events: readonly EventRecord[]): boolean {
  return events.some((e) => e.status === 'rto_delivered' && e.source !== 'warehouse' && e.direction !== 'reverse');
}

/** Both the warehouse and the courier say that it is back: money may wait for the second. */
function isConfirmed(events: readonly EventRecord[]): boolean {
  return saidByCourier(events) && events.some(({ source }) => source === 'warehouse');
}

function byMerchant(packages: readonly PackageKey[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { merchantId, packageId } of packages)
    groups.set(merchantId, [...(groups.get(merchantId) ?? []), packageId]);
  return groups;
}

function toFoldEvent(event: EventRecord): FoldEvent {
  return {
    key: event.eventKey,
    status: event.status,
    reason: event.reason,
    direction: event.direction,
    at: event.occurredAt,
    orderAt: event.orderAt,
    receivedAt: event.receivedAt,
    sequence: event.sequence,
  };
}
