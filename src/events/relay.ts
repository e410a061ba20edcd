import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../config.ts';
import { asHouse } from '../database/scope.ts';
import { isOutage } from '../database/sql-state.ts';
import { one, rows } from '../database/sql.ts';
import { inTransaction } from '../database/transaction.ts';
import { Lanes, type Lease } from './lanes.ts';
import { Listeners } from './listeners.ts';
import { LANES, Outbox, type Told } from './outbox.ts';
import { aboutMerchant, Publishing } from './publishing.ts';
import { Retries } from './retries.ts';

/** So many merchants are worked for at a time: requests need connections, too. */
const WORKERS = 4;
/** Of these, for what only patient listeners do: the others stay free for money and goods. */
const PATIENT_WORKERS = 3;
/** Merchants that one look finds. */
const LOOK = 1_000;
const DRAIN_PAUSE_MS = 20;
const DRAIN_LIMIT_MS = 60_000;

/** What may be there of a merchant's: events that nobody has published, and some kept for patient listeners. */
interface Wanted {
  told: boolean;
  kept: boolean;
}

interface Looked {
  lane: number;
  merchant_id: string | null;
  what: 'told' | 'kept' | 'apart';
}

const WAITING = `
  (SELECT lane, merchant_id, 'told' AS what FROM event WHERE lane = ANY ($1::smallint[]) AND sequence IS NULL
   GROUP BY lane, merchant_id ORDER BY min(position) LIMIT ${LOOK})
  UNION ALL
  (SELECT lane, merchant_id, 'kept' FROM event_later WHERE lane = ANY ($1::smallint[])
   GROUP BY lane, merchant_id ORDER BY min(position) LIMIT ${LOOK})
  UNION ALL
  (SELECT DISTINCT lane, NULL::uuid, 'apart' FROM event_delivery
   WHERE lane = ANY ($1::smallint[]) AND dead_at IS NULL AND next_at <= clock_timestamp())`;

/**
 * Publishes what the outbox holds and runs the listeners: lanes leased by one relay each, one merchant a transaction. An
 * event's number, the effects of those who listen to it and the mark that they have run are one commit. When one of
 * them fails, nothing of the transaction stays, and its events go one by one, so that the broken one delays only itself.
 */
@Injectable()
export class Relay implements OnApplicationBootstrap {
  private readonly log = new Logger('relay');
  private readonly urgent = new Map<string, Wanted>();
  private readonly patient = new Map<string, Wanted>();
  /** Merchants that are worked for. */
  private readonly busy = new Map<string, Promise<void>>();
  private patientWorkers = 0;
  private starting: NodeJS.Immediate | null = null;
  private readonly lookAt = new Set<number>();
  private looking: Promise<void> | null = null;

  constructor(
    private readonly db: DataSource,
    private readonly config: Config,
    private readonly outbox: Outbox,
    private readonly lanes: Lanes,
    private readonly listeners: Listeners,
    private readonly publishing: Publishing,
    private readonly retries: Retries,
  ) {}

  onApplicationBootstrap(): void {
    this.listeners.gather();
    this.outbox.onTold((told) => {
      this.hear(told);
    });
    if (this.config.role !== 'api')
      this.lanes.start((lanes) => {
        void this.look(lanes);
      });
  }

  /** Stops taking work, waits for what runs, and gives the leases back. */
  async stop(): Promise<void> {
    this.lanes.rest();
    await this.idle();
    await this.lanes.stop();
  }

  /**
   * Answers when every stored event has been handled, by whichever process leases its lane; what was set aside counts
   * as handled.
   */
  async drain(): Promise<void> {
    const began = performance.now();
    for (;;) {
      await this.look(Array.from({ length: LANES }, (_, lane) => lane));
      await this.idle();
      const open = await one<{ open: boolean }>(
        asHouse(this.db),
        `SELECT EXISTS (SELECT 1 FROM event WHERE sequence IS NULL) OR EXISTS (SELECT 1 FROM event_later)
           OR EXISTS (SELECT 1 FROM event_delivery WHERE dead_at IS NULL) AS open`,
      );
      if (open?.open !== true) return;
      if (performance.now() - began > DRAIN_LIMIT_MS)
        throw new Error('Events are still waiting after a minute; see the log of the relay.');
      await new Promise((done) => setTimeout(done, DRAIN_PAUSE_MS));
    }
  }

  /** All that is known to wait is done, and what comes of it. */
  private async idle(): Promise<void> {
    do {
      await this.retries.idle();
      await Promise.all(this.busy.values());
      await new Promise((done) => setImmediate(done));
    } while (this.starting !== null || this.busy.size > 0);
  }

  private hear({ merchantId, lane, name }: Told): void {
    if (this.lanes.lease(lane) === null) this.lanes.callOwner(lane);
    else this.want(this.listeners.isUrgent(name) ? this.urgent : this.patient, merchantId, 'told');
  }

  private want(queue: Map<string, Wanted>, merchantId: string, what: keyof Wanted): void {
    const wanted = queue.get(merchantId);
    if (wanted === undefined) queue.set(merchantId, { told: false, kept: false, [what]: true });
    else wanted[what] = true;
    // once all that one commit told is known
    this.starting ??= setImmediate(() => {
      this.starting = null;
      this.start();
    });
  }

  /** Finds what waits in lanes: told by another process, left by one that died, or failed before. */
  private look(lanes: readonly number[]): Promise<void> {
    for (const lane of lanes) if (this.lanes.lease(lane) !== null) this.lookAt.add(lane);
    this.looking ??= this.lookAll().finally(() => {
      this.looking = null;
      if (this.lookAt.size > 0) void this.look([]);
    });
    return this.looking;
  }

  private async lookAll(): Promise<void> {
    while (this.lookAt.size > 0) {
      const lanes = [...this.lookAt];
      this.lookAt.clear();
      try {
        for (const { lane, merchant_id, what } of await rows<Looked>(asHouse(this.db), WAITING, [lanes])) {
          if (what === 'apart' || merchant_id === null) this.retries.wake(lane);
          else this.want(what === 'told' ? this.urgent : this.patient, merchant_id, what);
        }
      } catch (error) {
        this.log.error({ msg: 'not looking for now', err: messageOf(error) });
      }
    }
  }

  private start(): void {
    while (this.busy.size < WORKERS) {
      const urgent = this.next(this.urgent);
      const isPatient = urgent === null;
      const next = urgent ?? (this.patientWorkers < PATIENT_WORKERS ? this.next(this.patient) : null);
      if (next === null) return;
      const [merchantId, wanted] = next;
      if (isPatient) this.patientWorkers += 1;
      const work = this.work(merchantId, wanted).finally(() => {
        this.busy.delete(merchantId);
        if (isPatient) this.patientWorkers -= 1;
        this.start();
      });
      this.busy.set(merchantId, work);
    }
  }

  /** The first merchant of a queue whom nobody works for. */
  private next(queue: Map<string, Wanted>): [string, Wanted] | null {
    for (const [merchantId, wanted] of queue) {
      if (this.busy.has(merchantId)) continue;
      queue.delete(merchantId);
      return [merchantId, wanted];
    }
    return null;
  }

  private async work(merchantId: string, wanted: Wanted): Promise<void> {
    const lane = this.lanes.of(merchantId);
    const lease = this.lanes.lease(lane);
    if (lease === null) return; // whoever leases it now has looked
    try {
      try {
        const left = await inTransaction(aboutMerchant(this.db, merchantId), (tx) =>
          this.handOver(tx, lease, merchantId, wanted),
        );
        if (left.told) this.want(this.urgent, merchantId, 'told');
        if (left.kept) this.want(this.patient, merchantId, 'kept');
      } catch (error) {
        if (isOutage(error)) throw error;
        await inTransaction(aboutMerchant(this.db, merchantId), (tx) => this.setApart(tx, lease, merchantId, wanted));
        this.want(this.urgent, merchantId, 'told');
        this.retries.wake(lane);
      }
    } catch (error) {
      this.log.error({ msg: 'lane stopped for now', lane, err: messageOf(error) });
    }
  }

  /**
   * One transaction: either what is urgent in one order, or what only patient listeners do.
   * @returns what may still be there
   */
  private async handOver(tx: EntityManager, lease: Lease, merchantId: string, { told, kept }: Wanted): Promise<Wanted> {
    const { events, more } = told ? await this.publishing.publish(tx, lease, merchantId) : { events: [], more: false };
    const free = events.filter(({ isBlocked }) => !isBlocked);
    const blocked = events.filter(({ isBlocked }) => isBlocked);
    await this.publishing.setApart(tx, lease, blocked, () => true);
    if (events.some(({ name }) => this.listeners.isUrgent(name))) {
      await this.listeners.hearNow(tx, free);
      return { told: more, kept: this.publishing.keepForLater(tx, lease, free) || kept };
    }
    const isBehind = kept || events.some((event) => event.isBehind);
    const earlier = isBehind ? await this.publishing.takeLater(tx, lease, merchantId) : [];
    await this.listeners.hearLater(tx, [...earlier, ...free]);
    return { told: more, kept: earlier.length > 0 };
  }

  /** What could not be done together: a row a listener, also for what was kept before it. */
  private async setApart(tx: EntityManager, lease: Lease, merchantId: string, { told }: Wanted): Promise<void> {
    const later = await this.publishing.takeLater(tx, lease, merchantId, true);
    await this.publishing.setApart(tx, lease, later, ({ isPatient }) => isPatient);
    if (!told) return;
    const { events } = await this.publishing.publish(tx, lease, merchantId);
    await this.publishing.setApart(tx, lease, events, () => true);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
