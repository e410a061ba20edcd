import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asMerchant } from '../database/scope.ts';
import { inTransaction } from '../database/transaction.ts';
import type { EventName } from '../events/catalog.ts';
import { Outbox } from '../events/outbox.ts';
import {
  FulfilmentService,
  isBeforeHandOver,
  type CourierWord,
  type Followed,
  type Followup,
} from '../fulfilment/fulfilment.service.ts';
import { Clock, instant } from '../kernel/clock.ts';
import { idOutOrNull } from '../kernel/ids.ts';
import { FoldLine } from './fold-line.ts';
import { fold, type Fold, type FoldEvent, type Step } from './fold.policy.ts';
import { isConfirmed } from './proof.ts';
import { toldKey, TrackingStore, type FoldRow, type PackageKey } from './tracking.store.ts';

/** So many packages of a merchant share a transaction. */
const BATCH = 250;

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
  private readonly line = new FoldLine((merchantId, ids) => this.foldQuietly(merchantId, ids));

  constructor(
    private readonly db: DataSource,
    private readonly store: TrackingStore,
    private readonly fulfilment: FulfilmentService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Right after storing, each merchant's packages in transactions of their own; what fails stays due. */
  async foldAll(packages: readonly PackageKey[]): Promise<void> {
    await Promise.all([...byMerchant(packages)].map(([merchantId, ids]) => this.line.join(merchantId, ids)));
  }

  /** Merchants whose packages wait for their fold in this process. */
  get waiting(): number {
    return this.line.length;
  }

  /** In the caller's transaction. */
  async fold(tx: EntityManager, packages: readonly PackageKey[]): Promise<void> {
    for (const [merchantId, ids] of byMerchant(packages)) await this.foldPackages(tx, merchantId, ids);
  }

  private async foldQuietly(merchantId: string, ids: readonly string[]): Promise<void> {
    try {
      for (let from = 0; from < ids.length; from += BATCH)
        await inTransaction(asMerchant(this.db, merchantId), (tx) =>
          this.foldPackages(tx, merchantId, ids.slice(from, from + BATCH)),
        );
    } catch (error) {
      if (ids.length > 1) {
        for (const id of ids) await this.foldQuietly(merchantId, [id]); // one package must not hold up the others
        return;
      }
      // the message is stored and its package is noted as due: the timer folds it
      this.log.warn({
        msg: 'fold put off',
        package: ids[0],
        err: error instanceof Error ? error.message : String(error),
      });
    }
  }

  private async foldPackages(tx: EntityManager, merchantId: string, ids: readonly string[]): Promise<void> {
    const ordered = [...new Set(ids)].sort();
    const locked = await this.fulfilment.lockForCourier(tx, merchantId, ordered);
    const byPackage = grouped(await this.store.takeFoldRows(tx, merchantId, ordered));
    const said = locked.flatMap((before): Said[] => {
      const events = byPackage.get(before.id) ?? [];
      const now = fold(events.filter(({ direction }) => direction !== 'reverse').map(toFoldEvent));
      return now.courierStatus === null ? [] : [{ before, now, events, word: wordOf(before, now, this.clock.now()) }];
    });
    const after = await this.fulfilment.applyCourierWords(tx, merchantId, said);
    await this.tell(
      tx,
      said.filter((one) => !isUnseen(one) && isFollowed(after.get(one.before.id))),
    );
    await this.tellStray(
      tx,
      said.filter(({ before, now }) => before.status === 'cancelled' && now.packageWord === 'delivered'),
    );
  }

  /** What was stopped and is delivered all the same: once, and none of its other steps. */
  private async tellStray(tx: EntityManager, said: readonly Said[]): Promise<void> {
    const [first] = said;
    if (first === undefined) return;
    const { merchantId } = first.before;
    const word = 'delivered_though_cancelled';
    const marks = said.map(({ before }) => ({ packageId: before.id, word, ordinal: 1, evidence: '' }));
    const at = this.clock.now();
    const fresh = await this.store.markTold(tx, merchantId, marks, at);
    for (const { before } of said) {
      if (!fresh.has(toldKey(before.id, word, 1))) continue;
      const of = { merchantId, orderId: before.orderId, packageId: before.id };
      this.outbox.tell(tx, 'package.delivered_though_cancelled', { ...of, at: instant(at) });
    }
  }

  /** Each step once, of all the packages in one statement. */
  private async tell(tx: EntityManager, said: readonly Said[]): Promise<void> {
    const at = this.clock.now();
    const steps = said.flatMap(({ before, now, events }) =>
      [...now.steps, ...marksOf(now, events)].map(({ word, ordinal, evidence }) => ({
        packageId: before.id,
        ...{ word, ordinal, evidence },
      })),
    );
    const [first] = said;
    if (first === undefined) return;
    const fresh = await this.store.markTold(tx, first.before.merchantId, steps, at);
    for (const { before, now, events } of said) {
      const of = { merchantId: before.merchantId, packageId: before.id, orderId: before.orderId };
      const isFresh = (word: string, ordinal: number): boolean => fresh.has(toldKey(before.id, word, ordinal));
      for (const step of now.steps) {
        const name = TOLD[step.word];
        if (name === null || !isFresh(step.word, step.ordinal)) continue;
        const proof = events.find((event) => event.eventKey === step.evidence);
        const evidence = proof?.source === 'warehouse' ? 'receipt' : idOutOrNull('trm', proof?.messageId ?? null);
        this.outbox.tell(tx, name, { ...of, at: instant(step.at ?? at), reason: step.reason, evidence });
      }
      if (isFresh('rto_confirmed', 1)) this.outbox.tell(tx, 'package.rto_confirmed', { ...of, at: instant(at) });
      if (isFresh('disputed', 1))
        this.outbox.tell(tx, 'package.disputed', { ...of, at: instant(at), reason: now.reason, evidence: null });
    }
  }
}

/** A package with what all of its events say. */
interface Said {
  before: Followed;
  now: Fold;
  events: readonly FoldRow[];
  word: CourierWord;
}

/** Claims about a parcel that nobody has scanned. */
function isUnseen({ before, now }: Pick<Said, 'before' | 'now'>): boolean {
  return before.status === 'labelled' && now.scannedAt === null;
}

/** It has left and was not cancelled: its steps are told. */
function isFollowed(after: Followup | undefined): boolean {
  return after !== undefined && !isBeforeHandOver(after.status) && after.status !== 'cancelled';
}

function wordOf(before: Followed, now: Fold, at: Date): CourierWord {
  return {
    merchantId: before.merchantId,
    packageId: before.id,
    status: isUnseen({ before, now }) ? null : now.packageWord,
    courierStatus: now.courierStatus,
    reason: now.reason,
    direction: now.direction,
    at: now.steps.at(-1)?.at ?? now.lastEventAt ?? at,
    firstScanAt: now.scannedAt,
    deliveredAt: now.deliveredAt,
    returnedAt: now.returnedAt,
    disputed: now.disputed,
  };
}

/** What is told once beside the steps. */
function marksOf(now: Fold, events: readonly FoldRow[]): { word: string; ordinal: number; evidence: string }[] {
  const words = [...(now.disputed ? ['disputed'] : []), ...(isConfirmed(events) ? ['rto_confirmed'] : [])];
  return words.map((word) => ({ word, ordinal: 1, evidence: '' }));
}

function grouped(events: readonly FoldRow[]): Map<string, FoldRow[]> {
  const groups = new Map<string, FoldRow[]>();
  for (const event of events) {
    const group = groups.get(event.packageId);
    if (group === undefined) groups.set(event.packageId, [event]);
    else group.push(event);
  }
  return groups;
}

function byMerchant(packages: readonly PackageKey[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { merchantId, packageId } of packages) {
    const group = groups.get(merchantId);
    if (group === undefined) groups.set(merchantId, [packageId]);
    else group.push(packageId);
  }
  return groups;
}

function toFoldEvent(event: FoldRow): FoldEvent {
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
