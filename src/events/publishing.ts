import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Config } from '../config.ts';
import { asHouse, asMerchant, type Scope } from '../database/scope.ts';
import { rows, type Statement } from '../database/sql.ts';
import { gather } from '../database/transaction.ts';
import { HOUSE_ID } from '../kernel/ids.ts';
import type { EventCatalog, EventName } from './catalog.ts';
import type { Lease } from './lanes.ts';
import { Listeners, type Listener } from './listeners.ts';
import type { DomainEvent } from './on-event.ts';

/** So many events are handed over in one transaction. */
const BATCH = 50;
const ALL = 1_000_000;

/** Whom a merchant's events concern: that merchant, and everybody where the house tells of itself. */
export function aboutMerchant(db: DataSource, merchantId: string): Scope {
  return merchantId === HOUSE_ID ? asHouse(db) : asMerchant(db, merchantId);
}

/** An event that was published, with what the relay needs to know of it. */
export interface Published extends DomainEvent<EventName> {
  aggregate: string;
  position: string;
  /** A listener has failed at an earlier event of the aggregate, and is tried again: this one must not overtake it. */
  isBlocked: boolean;
  /** Earlier events of the merchant wait for the patient ones. */
  isBehind: boolean;
}

export interface EventRow {
  merchant_id: string;
  id: string;
  name: EventName;
  payload: EventCatalog[EventName];
  created_at: Date;
  sequence: string;
}

interface PublishedRow extends EventRow {
  aggregate: string;
  position: string;
  blocked: boolean;
  behind: boolean;
  more: boolean;
}

const HELD = `held AS MATERIALIZED (SELECT 1 FROM event_lane WHERE lane = $1 AND owner = $2 AND epoch = $3 FOR KEY SHARE)`;

/**
 * Numbers a merchant's oldest events, up to the first that somebody does something for at once in another order than
 * the first such event: what such listeners lock stays within one order, or one event of the merchant's own.
 */
const PUBLISH = `
  WITH ${HELD}, oldest AS MATERIALIZED (
    SELECT id, position, aggregate, name = ANY ($5::text[]) AS urgent FROM event
    WHERE lane = $1 AND merchant_id = $4 AND sequence IS NULL AND EXISTS (SELECT 1 FROM held) ORDER BY position LIMIT ${BATCH}
  ), first AS (
    SELECT position, aggregate FROM oldest WHERE urgent ORDER BY position LIMIT 1
  ), other AS (
    SELECT min(o.position) AS position FROM oldest o, first f
    WHERE o.urgent AND o.position > f.position AND (o.aggregate <> f.aggregate OR o.aggregate = $4)
  ), todo AS MATERIALIZED (
    SELECT id, row_number() OVER (ORDER BY position) AS n, count(*) OVER () AS told FROM oldest
    WHERE (SELECT position FROM other) IS NULL OR position < (SELECT position FROM other)
  ), counter AS (
    INSERT INTO event_counter AS c (merchant_id, last) SELECT $4::uuid, told FROM todo LIMIT 1
    ON CONFLICT (merchant_id) DO UPDATE SET last = c.last + excluded.last RETURNING last
  )
  UPDATE event e SET sequence = k.last - t.told + t.n FROM todo t, counter k
  WHERE e.merchant_id = $4 AND e.id = t.id
  RETURNING e.merchant_id, e.id, e.name, e.payload, e.created_at, e.sequence, e.aggregate, e.position,
    EXISTS (SELECT 1 FROM event_delivery b WHERE b.merchant_id = $4 AND b.aggregate = e.aggregate AND b.dead_at IS NULL) AS blocked,
    EXISTS (SELECT 1 FROM event_later l WHERE l.merchant_id = $4) AS behind,
    t.told = ${BATCH} OR t.told < (SELECT count(*) FROM oldest) AS more`;

const TAKE_LATER = `
  WITH ${HELD}, gone AS (
    DELETE FROM event_later WHERE merchant_id = $4 AND position IN (
      SELECT position FROM event_later WHERE merchant_id = $4 AND EXISTS (SELECT 1 FROM held) ORDER BY position LIMIT $5)
    RETURNING event_id
  )
  SELECT e.merchant_id, e.id, e.name, e.payload, e.created_at, e.sequence, e.aggregate, e.position,
    false AS blocked, true AS behind, false AS more
  FROM gone g JOIN event e ON e.merchant_id = $4 AND e.id = g.event_id`;

interface Kept {
  merchantId: string;
  id: string;
  position: string;
  lane: number;
}

/**
 * Takes a merchant's events out of the outbox. Publishing them, the listeners' effects and what is kept for others are
 * one commit, fenced by the lane's lease.
 */
@Injectable()
export class Publishing {
  private urgent: EventName[] | null = null;

  constructor(
    private readonly config: Config,
    private readonly listeners: Listeners,
  ) {}

  /**
   * The merchant's oldest events that nobody has published, oldest first; none where the lease is lost.
   * @returns `more`: there are others
   */
  async publish(tx: EntityManager, lease: Lease, merchantId: string): Promise<{ events: Published[]; more: boolean }> {
    this.urgent ??= this.listeners.urgentEvents();
    const found = await rows<PublishedRow>(tx, PUBLISH, [...this.of(lease), merchantId, this.urgent]);
    return { events: publishedOf(found), more: found[0]?.more === true };
  }

  /** What was kept for the patient ones, oldest first. @param all else a batch */
  async takeLater(tx: EntityManager, lease: Lease, merchantId: string, all = false): Promise<Published[]> {
    const limit = all ? ALL : BATCH;
    return publishedOf(await rows<PublishedRow>(tx, TAKE_LATER, [...this.of(lease), merchantId, limit]));
  }

  /** Keeps events for their patient listeners. @returns whether there is one to be kept */
  keepForLater(tx: EntityManager, { lane }: Lease, events: readonly Published[]): boolean {
    const kept = events.filter(({ name }) => this.listeners.of(name).some(({ isPatient }) => isPatient));
    for (const { merchantId, id, position } of kept)
      gather<Kept>(tx, 'later', { merchantId, id, position, lane }, insertion);
    return kept.length > 0;
  }

  /** Leaves events to their listeners one by one. @param heard whom to leave them to, of an event's listeners */
  async setApart(
    tx: EntityManager,
    { lane }: Lease,
    events: readonly Published[],
    heard: (listener: Listener) => boolean,
  ): Promise<void> {
    const parts = events.flatMap((event) =>
      this.listeners
        .of(event.name)
        .filter(heard)
        .map((listener) => ({ event, listener })),
    );
    if (parts.length === 0) return;
    await rows(
      tx,
      `INSERT INTO event_delivery (merchant_id, event_id, listener, patient, lane, aggregate, position, next_at)
       SELECT *, clock_timestamp() FROM (SELECT m, e, l, p, $7::smallint, a, n
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::boolean[], $5::uuid[], $6::bigint[]) AS part(m, e, l, p, a, n)) parts`,
      [
        parts.map(({ event }) => event.merchantId),
        parts.map(({ event }) => event.id),
        parts.map(({ listener }) => listener.name),
        parts.map(({ listener }) => listener.isPatient),
        parts.map(({ event }) => event.aggregate),
        parts.map(({ event }) => event.position),
        lane,
      ],
    );
  }

  private of({ lane, epoch }: Lease): readonly unknown[] {
    return [lane, this.config.instance, epoch];
  }
}

function insertion(kept: readonly Kept[]): Statement {
  return {
    text: `INSERT INTO event_later (merchant_id, position, event_id, lane)
      SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::smallint[])`,
    values: [
      kept.map(({ merchantId }) => merchantId),
      kept.map(({ position }) => position),
      kept.map(({ id }) => id),
      kept.map(({ lane }) => lane),
    ],
  };
}

function publishedOf(found: readonly PublishedRow[]): Published[] {
  return found
    .map((row) => ({
      ...eventOf(row),
      ...{ aggregate: row.aggregate, position: row.position, isBlocked: row.blocked, isBehind: row.behind },
    }))
    .sort((a, b) => Number(a.sequence - b.sequence));
}

export function eventOf(row: EventRow): DomainEvent<EventName> {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    name: row.name,
    payload: row.payload,
    createdAt: row.created_at,
    sequence: BigInt(row.sequence),
  };
}
