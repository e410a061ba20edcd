import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { one, rows, send, type Db } from '../../database/sql.ts';
import type { PageRequest } from '../../kernel/pages.ts';
import type { CourierStatus } from '../canonical.translate.ts';
import type { EventRecord, MessageRecord, PackageKey } from '../tracking.records.ts';

/** A message that could not be read. */
export type UnreadableRow = Pick<MessageRecord, 'id' | 'source' | 'kind' | 'problem' | 'seen' | 'receivedAt'>;

/** A code that is new to us, and what came with it. */
export interface UnmappedRow {
  source: string;
  code: string;
  description: string | null;
  events: number;
  packages: number;
  receivedAt: Date;
  /** The newest message with it. */
  messageId: string | null;
}

/** What a code of a source means. */
export interface Mapping {
  source: string;
  code: string;
  /** Null: the line says nothing of where the parcel is. */
  status: CourierStatus | null;
  reason: string | null;
}

export interface MappingRecord extends Mapping {
  note: string | null;
  byUser: string;
  createdAt: Date;
}

/** An event with its package, as the fold needs it. */
export type OwnedEvent = PackageKey & { carrierCode: string | null } & Pick<
    EventRecord,
    'eventKey' | 'source' | 'status' | 'reason' | 'direction' | 'occurredAt' | 'orderAt' | 'sequence' | 'receivedAt'
  >;

/** So many events are in memory at a time. */
const PART = 5_000;
const CODE = `coalesce(e.code, e.description)`;

/** What waits for a person: messages, codes and packages. */
@Injectable()
export class DeskStore {
  /** Newest first. */
  async listUnreadable(db: Db, { limit, after }: PageRequest): Promise<UnreadableRow[]> {
    return rows(
      db,
      `SELECT id, source, kind, problem, seen, received_at AS "receivedAt" FROM tracking_message
       WHERE state = 'unreadable' AND id < coalesce($1::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff') ORDER BY id DESC LIMIT $2`,
      [after?.[0] ?? null, limit + 1],
    );
  }

  /** By source and code: a code keeps its place while more comes of it. */
  async listUnmapped(db: Db, { limit, after }: PageRequest): Promise<UnmappedRow[]> {
    return rows(
      db,
      `SELECT e.source, ${CODE} AS code, max(e.description) AS description, count(*)::int AS events,
         count(DISTINCT e.package_id)::int AS packages, max(e.received_at) AS "receivedAt",
         (array_agg(e.message_id ORDER BY e.received_at DESC))[1] AS "messageId"
       FROM tracking_event e WHERE e.needs_mapping AND ${CODE} IS NOT NULL
         AND ($1::text IS NULL OR (e.source, ${CODE}) > ($1::text, $2::text))
       GROUP BY e.source, ${CODE} ORDER BY e.source, ${CODE} LIMIT $3`,
      [after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    );
  }

  /** Messages that may be read better now: unreadable ones, and those with codes that were new; emptied ones cannot. */
  async toReadAgain(db: Db, source: string | null, limit: number): Promise<string[]> {
    const found = await rows<{ id: string }>(
      db,
      `SELECT id FROM tracking_message WHERE state = 'unreadable' AND length(body) > 0 AND ($1::text IS NULL OR source = $1)
       UNION
       SELECT m.id FROM tracking_event e JOIN tracking_message m ON m.id = e.message_id AND length(m.body) > 0
       WHERE e.needs_mapping AND ($1::text IS NULL OR e.source = $1)
       ORDER BY id LIMIT $2`,
      [source, limit],
    );
    return found.map(({ id }) => id);
  }

  /** Newest first. */
  async listMappings(db: Db, { limit, after }: PageRequest): Promise<(MappingRecord & { at: string })[]> {
    return rows(
      db,
      `SELECT * FROM (SELECT source, code, status, reason, note, by_user AS "byUser", created_at AS "createdAt",
           (extract(epoch FROM created_at) * 1000000)::bigint::text AS at FROM tracking_mapping) AS m
       WHERE $1::bigint IS NULL OR (m.at::bigint, m.source, m.code) < ($1::bigint, $2, $3)
       ORDER BY m.at::bigint DESC, m.source DESC, m.code DESC LIMIT $4`,
      [after?.[0] ?? null, after?.[1] ?? null, after?.[2] ?? null, limit + 1],
    );
  }

  /** What staff say of a source's codes. */
  async meaningsOf(db: Db, source: string): Promise<Mapping[]> {
    return rows(db, `SELECT source, code, status, reason FROM tracking_mapping WHERE source = $1`, [source]);
  }

  /** @returns whether there was one */
  async dropMapping(tx: EntityManager, source: string, code: string): Promise<boolean> {
    const gone = await rows(tx, `DELETE FROM tracking_mapping WHERE source = $1 AND code = $2 RETURNING 1`, [
      source,
      code,
    ]);
    return gone.length > 0;
  }

  async keepMapping(
    tx: EntityManager,
    { source, code, status, reason, note, byUser, createdAt }: MappingRecord,
  ): Promise<void> {
    await rows(
      tx,
      `INSERT INTO tracking_mapping (source, code, status, reason, note, by_user, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (source, code) DO UPDATE SET status = excluded.status, reason = excluded.reason, note = excluded.note,
         by_user = excluded.by_user, created_at = excluded.created_at`,
      [source, code, status, reason, note, byUser, createdAt],
    );
  }

  /** How many events of a code there are, and of how many packages. */
  async reachOf(db: Db, source: string, code: string): Promise<{ events: number; packages: number }> {
    const reach = await one<{ events: number; packages: number }>(
      db,
      `SELECT count(*)::int AS events, count(DISTINCT e.package_id)::int AS packages
       FROM tracking_event e WHERE e.source = $1 AND ${CODE} = $2`,
      [source, code],
    );
    return reach ?? { events: 0, packages: 0 };
  }

  /** All events of the packages that have one of this code, package by package: the whole table is read once, memory holds a part. */
  async *eventsAround(tx: EntityManager, source: string, code: string): AsyncGenerator<OwnedEvent[]> {
    await rows(
      tx,
      `DECLARE around NO SCROLL CURSOR FOR SELECT e.event_key AS "eventKey", e.source, e.merchant_id AS "merchantId", e.package_id AS "packageId", e.status, e.reason,
         e.direction, e.occurred_at AS "occurredAt", e.order_at AS "orderAt", e.sequence, e.received_at AS "receivedAt",
         ${CODE} AS "carrierCode"
       FROM tracking_event e JOIN (SELECT DISTINCT merchant_id, package_id FROM tracking_event e
         WHERE e.source = $1 AND ${CODE} = $2 AND e.package_id IS NOT NULL) AS p
         ON e.merchant_id = p.merchant_id AND e.package_id = p.package_id ORDER BY e.package_id`,
      [source, code],
    );
    let one: OwnedEvent[] = [];
    for (let part = await fetched(tx); part.length > 0; part = await fetched(tx)) {
      for (const event of part) {
        if (one.length > 0 && one[0]?.packageId !== event.packageId) {
          yield one;
          one = [];
        }
        one.push(event);
      }
    }
    if (one.length > 0) yield one;
    send(tx, 'CLOSE around');
  }

  /** Gives the events of a code their new meaning. @returns the packages of those that changed */
  async revise(tx: EntityManager, { source, code, status, reason }: Mapping): Promise<PackageKey[]> {
    return rows(
      tx,
      `WITH revised AS (
         UPDATE tracking_event e SET status = $3, reason = $4, needs_mapping = false,
           direction = CASE WHEN e.direction = 'reverse' THEN e.direction WHEN starts_with($3::text, 'rto_') THEN 'rto'
             WHEN starts_with(e.status, 'rto_') THEN 'forward' ELSE e.direction END
         WHERE e.source = $1 AND ${CODE} = $2 AND (e.needs_mapping OR (e.status, e.reason) IS DISTINCT FROM ($3::text, $4::text))
         RETURNING e.merchant_id, e.package_id)
       SELECT DISTINCT merchant_id AS "merchantId", package_id AS "packageId" FROM revised WHERE package_id IS NOT NULL`,
      [source, code, status, reason],
    );
  }
}

const fetched = (tx: EntityManager): Promise<OwnedEvent[]> => rows(tx, `FETCH ${PART} FROM around`);
