import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../config.ts';
import { one, rows } from '../database/sql.ts';
import { inTransaction } from '../database/transaction.ts';
import type { EventCatalog, EventName } from './catalog.ts';
import { Lanes, type Lease } from './lanes.ts';
import { listenersOf, type DomainEvent } from './on-event.ts';
import { LANES, Outbox } from './outbox.ts';

const BATCH = 200;
/** Of the patient ones: what is not patient waits no longer than for these. */
const PATIENT_BATCH = 5;
const MAX_ATTEMPTS = 12;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 600_000;
const DRAIN_PAUSE_MS = 20;
const DRAIN_LIMIT_MS = 60_000;

type Listener = (tx: EntityManager, event: DomainEvent<EventName>) => Promise<void>;

interface DueRow {
  merchant_id: string;
  event_id: string;
  listener: string;
  attempts: number;
  name: EventName;
  payload: EventCatalog[EventName];
  created_at: Date;
  sequence: string;
}

const PUBLISH = `
  WITH todo AS (
    SELECT merchant_id, id, row_number() OVER (PARTITION BY merchant_id ORDER BY position) AS n
    FROM (SELECT merchant_id, id, position FROM event WHERE lane = $1 AND sequence IS NULL ORDER BY position LIMIT ${BATCH}) AS oldest
  ), counts AS (
    SELECT merchant_id, count(*) AS told FROM todo GROUP BY merchant_id
  ), counters AS (
    INSERT INTO event_counter AS c (merchant_id, last) SELECT merchant_id, told FROM counts
    ON CONFLICT (merchant_id) DO UPDATE SET last = c.last + excluded.last RETURNING merchant_id, last
  ), published AS (
    UPDATE event e SET sequence = k.last - c.told + t.n
    FROM todo t JOIN counts c USING (merchant_id) JOIN counters k USING (merchant_id)
    WHERE e.merchant_id = t.merchant_id AND e.id = t.id
    RETURNING e.merchant_id, e.id, e.lane, e.aggregate, e.position, e.name
  ), fanned AS (
    INSERT INTO event_delivery (merchant_id, event_id, listener, patient, lane, aggregate, position, next_at)
    SELECT p.merchant_id, p.id, l.listener, l.patient, p.lane, p.aggregate, p.position, clock_timestamp()
    FROM published p JOIN unnest($2::text[], $3::text[], $4::boolean[]) AS l(event, listener, patient) ON l.event = p.name
  )
  SELECT count(*)::int AS told FROM published`;

/** What is due and first of its aggregate for its listener. */
const DUE = `
  SELECT d.merchant_id, d.event_id, d.listener, d.attempts, e.name, e.payload, e.created_at, e.sequence
  FROM event_delivery d JOIN event e ON e.merchant_id = d.merchant_id AND e.id = d.event_id
  WHERE d.lane = $1 AND d.patient = $2 AND d.dead_at IS NULL AND d.next_at <= clock_timestamp()
    AND NOT EXISTS (SELECT 1 FROM event_delivery b WHERE b.aggregate = d.aggregate AND b.listener = d.listener
                    AND b.position < d.position AND b.dead_at IS NULL)
  ORDER BY d.position LIMIT $3`;

/**
 * Publishes what the outbox holds and runs the listeners: lanes leased by one relay each, an effect and its mark in one
 * commit, in order per aggregate and listener; failures back off, then are set aside with an alarm (reliability.md).
 */
@Injectable()
export class Relay implements OnApplicationBootstrap {
  private readonly log = new Logger('relay');
  private readonly listeners = new Map<string, { events: readonly EventName[]; run: Listener; isPatient: boolean }>();
  private readonly pumping = new Map<number, Promise<void>>();
  private readonly again = new Set<number>();

  constructor(
    private readonly db: DataSource,
    private readonly config: Config,
    private readonly discovery: DiscoveryService,
    private readonly outbox: Outbox,
    private readonly lanes: Lanes,
  ) {}

  onApplicationBootstrap(): void {
    for (const { instance } of this.discovery.getProviders()) {
      if (typeof instance !== 'object' || instance === null) continue;
      this.adopt(instance as Record<string, Listener>);
    }
    this.outbox.onTold((lane) => {
      if (this.lanes.lease(lane) === null) this.lanes.callOwner(lane);
      else this.wake(lane);
    });
    if (this.config.role !== 'api')
      this.lanes.start((lane) => {
        this.wake(lane);
      });
  }

  /** Stops taking work and waits for what runs. */
  async stop(): Promise<void> {
    await this.lanes.stop();
    await Promise.all(this.pumping.values());
  }

  /**
   * Answers when every stored event has been handled, by whichever process leases its lane; what was set aside counts
   * as handled.
   */
  async drain(): Promise<void> {
    const began = performance.now();
    for (;;) {
      for (let lane = 0; lane < LANES; lane += 1) if (this.lanes.lease(lane) !== null) this.wake(lane);
      await Promise.all(this.pumping.values());
      const open = await one<{ open: boolean }>(
        this.db,
        `SELECT EXISTS (SELECT 1 FROM event WHERE sequence IS NULL) OR EXISTS (SELECT 1 FROM event_delivery WHERE dead_at IS NULL) AS open`,
      );
      if (open?.open !== true) return;
      if (performance.now() - began > DRAIN_LIMIT_MS)
        throw new Error('Events are still waiting after a minute; see the log of the relay.');
      await new Promise((done) => setTimeout(done, DRAIN_PAUSE_MS));
    }
  }

  private adopt(instance: Record<string, Listener>): void {
    for (const { events, method, isPatient } of listenersOf(instance)) {
      const name = `${instance.constructor.name}.${method}`;
      const run = instance[method];
      if (run === undefined || this.listeners.has(name)) throw new Error(`The listener ${name} cannot be bound.`);
      this.listeners.set(name, { events, run: run.bind(instance), isPatient });
    }
  }

  private wake(lane: number): void {
    if (this.pumping.has(lane)) {
      this.again.add(lane);
      return;
    }
    const pump = this.pump(lane).finally(() => {
      this.pumping.delete(lane);
      if (this.again.delete(lane)) this.wake(lane);
    });
    this.pumping.set(lane, pump);
  }

  private async pump(lane: number): Promise<void> {
    try {
      for (;;) {
        const lease = this.lanes.lease(lane);
        if (lease === null) return;
        const worked = (await this.publish(lease)) + (await this.deliver(lease, false));
        if (worked === 0 && (await this.deliver(lease, true)) === 0) return;
      }
    } catch (error) {
      this.log.error({
        msg: 'lane stopped for now',
        lane,
        err: error instanceof Error ? error.message : String(error),
      });
    }
  }

  private publish(lease: Lease): Promise<number> {
    const pairs = [...this.listeners].flatMap(([listener, { events, isPatient }]) =>
      events.map((event) => [event, listener, isPatient] as const),
    );
    return inTransaction(this.db, async (tx) => {
      if (!(await this.lanes.holds(tx, lease))) return 0;
      const told = await one<{ told: number }>(tx, PUBLISH, [
        lease.lane,
        pairs.map(([event]) => event),
        pairs.map(([, name]) => name),
        pairs.map(([, , isPatient]) => isPatient),
      ]);
      return told?.told ?? 0;
    });
  }

  private async deliver(lease: Lease, isPatient: boolean): Promise<number> {
    const due = await rows<DueRow>(this.db, DUE, [lease.lane, isPatient, isPatient ? PATIENT_BATCH : BATCH]);
    let done = 0;
    for (const row of due) done += await this.deliverOne(lease, row);
    return done;
  }

  /** @returns 1 when the listener did its part */
  private async deliverOne(lease: Lease, row: DueRow): Promise<number> {
    const listener = this.listeners.get(row.listener);
    try {
      if (listener === undefined) throw new Error(`There is no listener ${row.listener} in this version.`);
      return await inTransaction(this.db, async (tx) => {
        if (!(await this.lanes.holds(tx, lease))) return 0;
        const mark = await rows(
          tx,
          `DELETE FROM event_delivery WHERE merchant_id = $1 AND event_id = $2 AND listener = $3 AND dead_at IS NULL RETURNING event_id`,
          [row.merchant_id, row.event_id, row.listener],
        );
        if (mark.length === 0) return 0;
        await listener.run(tx, eventOf(row));
        return 1;
      });
    } catch (error) {
      await this.setBack(row, error);
      return 0;
    }
  }

  private async setBack(row: DueRow, error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    const attempts = row.attempts + 1;
    const dead = attempts >= MAX_ATTEMPTS;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** row.attempts, LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2);
    this.log[dead ? 'error' : 'warn']({
      msg: dead ? 'event set aside' : 'listener failed',
      listener: row.listener,
      event: row.event_id,
      attempts,
      err: message,
    });
    await rows(
      this.db,
      `UPDATE event_delivery SET attempts = $4, last_error = $5, next_at = clock_timestamp() + $6 * interval '1 millisecond',
         dead_at = CASE WHEN $7 THEN clock_timestamp() END
       WHERE merchant_id = $1 AND event_id = $2 AND listener = $3`,
      [row.merchant_id, row.event_id, row.listener, attempts, message.slice(0, 2_000), Math.round(pause), dead],
    );
    if (!dead)
      setTimeout(() => {
        this.wakeIfLeased(row.merchant_id);
      }, pause + 5).unref();
  }

  private wakeIfLeased(merchantId: string): void {
    const lane = this.lanes.of(merchantId);
    if (this.lanes.lease(lane) !== null) this.wake(lane);
  }
}

function eventOf(row: DueRow): DomainEvent<EventName> {
  return {
    id: row.event_id,
    merchantId: row.merchant_id,
    name: row.name,
    payload: row.payload,
    createdAt: row.created_at,
    sequence: BigInt(row.sequence),
  };
}
