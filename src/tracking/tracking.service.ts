import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse } from '../database/scope.ts';
import type { Db } from '../database/sql.ts';
import { inTransaction } from '../database/transaction.ts';
import { Timers } from '../events/timers.ts';
import { FulfilmentService } from '../fulfilment/fulfilment.service.ts';
import { NotFound } from '../kernel/errors.ts';
import { fold, type Fold } from './fold.policy.ts';
import { CourierProof, type Returned } from './courier-proof.ts';
import { Folding } from './folding.ts';
import { Inbox, type Counts, type RawMessage, type Stored } from './inbox.ts';
import { numberKey } from './matching.policy.ts';
import type { CanonicalEvent } from './new-events.ts';
import { saidByCourier } from './proof.ts';
import type { PageShipment } from './tracking.page.ts';
import { TrackingStore, type Due, type MessageRecord, type PackageKey } from './tracking.store.ts';

export { COURIER_STATUSES, type CourierStatus } from './canonical.translate.ts';
export type { Returned } from './courier-proof.ts';
export type { Fold } from './fold.policy.ts';
export type { Counts, RawMessage, Stored } from './inbox.ts';
export type { CanonicalEvent } from './new-events.ts';
export type { EventRecord, MessageRecord, PackageKey } from './tracking.store.ts';

/** A worker that died between storing and folding is made up for after so many seconds. */
const OVERDUE_SECONDS = 2;
const OVERDUE_BATCH = 5_000;
/** A courier's message is answered by then, whatever its packages wait for. */
const ANSWER_MS = 300;
/** While so many merchants are in line for their folds, an answer waits for none. */
const LONG_LINE = 4;
/** On its way to the buyer, and not at an obstacle. */
const COMING: readonly string[] = ['handed_over', 'in_transit', 'out_for_delivery'];
/** Lines of the buyer's page. */
const MAX_SHOWN = 100;

/** What couriers say of packages: kept as it came, matched, folded, told once. */
@Injectable()
export class TrackingService implements OnModuleInit {
  private readonly log = new Logger('tracking');

  constructor(
    private readonly db: DataSource,
    private readonly store: TrackingStore,
    private readonly inbox: Inbox,
    private readonly folding: Folding,
    private readonly fulfilment: FulfilmentService,
    private readonly timers: Timers,
    private readonly proof: CourierProof,
  ) {}

  onModuleInit(): void {
    this.timers.register({
      name: 'tracking.fold',
      realTime: true,
      nextDue: () => Promise.resolve(null),
      run: () => this.foldOverdue(),
    });
  }

  /** Stores a courier's own message, then brings its packages up to date in transactions of their own. */
  async ingest(raw: RawMessage): Promise<Counts> {
    const stored = await inTransaction(asHouse(this.db), (tx) => this.inbox.receive(tx, raw));
    const waiting = new AbortController();
    const enough = sleep(ANSWER_MS, undefined, { signal: waiting.signal }).catch(() => undefined); // the other one was first
    await Promise.race([this.follow(stored), enough]); // what takes longer goes on behind the answer
    waiting.abort();
    return stored.counts;
  }

  /** What follows a message that is stored; its sender waits for it, but where much is being folded. */
  async follow(stored: Stored): Promise<void> {
    const isBusy = this.folding.waiting > LONG_LINE;
    const following = this.bringUpToDate(stored).catch((error: unknown) => {
      // stored and noted as due: the timer makes up for it
      this.log.warn({ msg: 'a message was not followed', err: error instanceof Error ? error.message : String(error) });
    });
    if (!isBusy) await following;
  }

  /** Stores events in our own words; `follow` brings their packages up to date once that is committed. */
  keep(tx: EntityManager, events: readonly CanonicalEvent[], body: Buffer | null): Promise<Stored> {
    return this.inbox.record(tx, events, body);
  }

  /**
   * Stores events in our own words and folds their packages, all in the caller's transaction.
   * @param events of packages of one merchant
   */
  async record(tx: EntityManager, events: readonly CanonicalEvent[]): Promise<Counts> {
    const stored = await this.inbox.record(tx, events, null);
    await this.folding.fold(tx, stored.packages);
    return stored.counts;
  }

  /** A label that came in the same moment is seen here, or by its listener. */
  private async bringUpToDate({ packages, unmatched }: Stored): Promise<void> {
    const late =
      unmatched.length === 0 ? [] : await inTransaction(asHouse(this.db), (tx) => this.inbox.matchAgain(tx, unmatched));
    await this.folding.foldAll([...packages, ...late]);
  }

  /** A label came: what was said of its number before is now the package's. */
  async labelled(tx: EntityManager, trackingNumber: string): Promise<void> {
    await this.folding.fold(tx, await this.inbox.matchAgain(tx, [numberKey(trackingNumber)]));
  }

  /** The warehouse received a parcel that came back: it enters the fold as `rto_delivered`. */
  async receivedBack(tx: EntityManager, of: PackageKey & { trackingNumber: string; at: Date }): Promise<void> {
    const stored = await this.inbox.recordReceipt(tx, of);
    await this.folding.fold(tx, stored.packages);
  }

  /** Where a package is by all of its events; for decisions that need more than its status. */
  async foldOf(db: Db, merchantId: string, packageId: string): Promise<Fold> {
    const events = await this.store.eventsOf(db, merchantId, [packageId]);
    return fold(
      events
        .filter(({ direction }) => direction !== 'reverse')
        .map((event) => ({ ...event, key: event.eventKey, at: event.occurredAt })),
    );
  }

  /** Does the courier itself say that the parcel is back? The warehouse's receipt alone is not its word. */
  async courierSaysReturned(db: Db, merchantId: string, packageId: string): Promise<boolean> {
    return saidByCourier(await this.store.eventsOf(db, merchantId, [packageId]));
  }

  /** Is a return vouched for by a token alone, while its courier can be asked? Then money waits for `package.rto_confirmed`. */
  waitsForCourier(tx: EntityManager, parcel: Returned): Promise<boolean> {
    return this.proof.isAwaited(tx, parcel);
  }

  /** Asks a parcel's courier at once, in real time. */
  askCourier(tx: EntityManager, parcel: Returned): Promise<void> {
    return this.proof.ask(tx, parcel);
  }

  /** What the buyer's page shows of a number; null where no package has it. Of several, the newest package. */
  async shipmentOf(number: string): Promise<PageShipment | null> {
    const routes = await this.fulfilment.routesOf(asHouse(this.db), [numberKey(number)]);
    const route = [...routes].sort((a, b) => (a.packageId < b.packageId ? 1 : -1))[0];
    if (route === undefined) return null;
    const found = await this.fulfilment.get(asHouse(this.db), route.merchantId, route.packageId);
    const events = await this.store.listEvents(asHouse(this.db), route.merchantId, route.packageId, {
      limit: MAX_SHOWN,
      after: null,
    });
    const { trackingNumber, status, estimateFrom: earliest, estimateTo: latest } = found;
    const isComing = COMING.includes(status) && earliest !== null && latest !== null;
    const expected = isComing ? { earliest, latest } : null;
    return { number: trackingNumber ?? number, courier: route.courier, status, expected, events };
  }

  /** @throws NotFound */
  async message(id: string): Promise<MessageRecord> {
    const found = await this.store.message(asHouse(this.db), id);
    if (found === null) throw new NotFound('tracking message');
    return found;
  }

  /** Everything that is stored and not folded yet, now. What fails stays due. */
  async foldPending(): Promise<void> {
    await this.foldWaiting(0);
  }

  /** What waits longer than it should: for the timer. What fails stays due, and is tried at the next tick. */
  async foldOverdue(): Promise<number> {
    return this.foldWaiting(OVERDUE_SECONDS);
  }

  private async foldWaiting(seconds: number): Promise<number> {
    let folded = 0;
    for (let after: Due | null = null; ;) {
      const due: Due[] = await this.store.overdue(asHouse(this.db), { seconds, after, limit: OVERDUE_BATCH });
      await this.folding.foldAll(due);
      folded += due.length;
      after = due.at(-1) ?? null;
      if (after === null) return folded;
    }
  }
}
