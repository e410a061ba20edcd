import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Db } from '../database/sql.ts';
import { inTransaction } from '../database/transaction.ts';
import { Timers } from '../events/timers.ts';
import { FulfilmentService } from '../fulfilment/fulfilment.service.ts';
import { NotFound } from '../kernel/errors.ts';
import { fold, type Fold } from './fold.policy.ts';
import { Folding, saidByCourier } from './folding.ts';
import { Inbox, type Counts, type RawMessage, type Stored } from './inbox.ts';
import { numberKey } from './matching.policy.ts';
import type { CanonicalEvent } from './new-events.ts';
import type { PageShipment } from './tracking.page.ts';
import { TrackingStore, type MessageRecord, type PackageKey } from './tracking.store.ts';

export { COURIER_STATUSES, type CourierStatus } from './canonical.translate.ts';
export type { Fold } from './fold.policy.ts';
export type { Counts, RawMessage, Stored } from './inbox.ts';
export type { CanonicalEvent } from './new-events.ts';
export type { EventRecord, MessageRecord, PackageKey } from './tracking.store.ts';

/** A worker that died between storing and folding is made up for after so many seconds. */
const OVERDUE_SECONDS = 2;
const OVERDUE_BATCH = 500;
/** A courier's message is answered by then, whatever its packages wait for. */
const ANSWER_MS = 300;
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
    const stored = await inTransaction(this.db, (tx) => this.inbox.receive(tx, raw));
    await this.followInTime(stored);
    return stored.counts;
  }

  /** Couriers wait half a second at the most: what takes longer goes on behind the answer. */
  private async followInTime(stored: Stored): Promise<void> {
    const following = this.follow(stored).catch((error: unknown) => {
      // stored and noted as due: the timer makes up for it
      this.log.warn({ msg: 'a message was not followed', err: error instanceof Error ? error.message : String(error) });
    });
    const waiting = new AbortController();
    const enough = sleep(ANSWER_MS, undefined, { signal: waiting.signal }).catch(() => undefined); // the other one was first
    await Promise.race([following, enough]);
    waiting.abort();
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

  /** What follows a message that is stored. A label that came in the same moment is seen here, or by its listener. */
  async follow({ packages, unmatched }: Stored): Promise<void> {
    const late =
      unmatched.length === 0 ? [] : await inTransaction(this.db, (tx) => this.inbox.matchAgain(tx, unmatched));
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

  /** What the buyer's page shows of a number; null where no package has it. Of several, the newest package. */
  async shipmentOf(number: string): Promise<PageShipment | null> {
    const routes = await this.fulfilment.routesOf(this.db, [numberKey(number)]);
    const route = [...routes].sort((a, b) => (a.packageId < b.packageId ? 1 : -1))[0];
    if (route === undefined) return null;
    const found = await this.fulfilment.get(this.db, route.merchantId, route.packageId);
    const events = await this.store.listEvents(this.db, route.merchantId, route.packageId, {
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
    const found = await this.store.message(this.db, id);
    if (found === null) throw new NotFound('tracking message');
    return found;
  }

  /** Everything that is stored and not folded yet, now. What fails stays due. */
  async foldPending(): Promise<void> {
    const tried = new Set<string>();
    for (;;) {
      const due = await this.store.overdue(this.db, 0, OVERDUE_BATCH + tried.size);
      const fresh = due.filter(({ packageId }) => !tried.has(packageId));
      if (fresh.length === 0) return;
      for (const { packageId } of fresh) tried.add(packageId);
      await this.folding.foldAll(fresh);
    }
  }

  /** What waits longer than it should: for the timer. */
  async foldOverdue(): Promise<number> {
    const overdue = await this.store.overdue(this.db, OVERDUE_SECONDS, OVERDUE_BATCH);
    await this.folding.foldAll(overdue);
    return overdue.length;
  }
}
