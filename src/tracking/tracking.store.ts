import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { one, rows, send, type Db } from '../database/sql.ts';
import { newId } from '../kernel/ids.ts';
import type { PageRequest } from '../kernel/pages.ts';
import type { Route } from './matching.policy.ts';
import type {
  Due,
  EventRecord,
  FoldRow,
  KeptEvent,
  MessageRecord,
  NewEvent,
  NewMessage,
  PackageKey,
  UnmatchedRow,
} from './tracking.records.ts';

export type * from './tracking.records.ts';

const EVENT = `e.event_key AS "eventKey", e.id, e.message_id AS "messageId", e.source, e.number, e.package_id AS "packageId", e.status,
  e.reason, e.direction, e.code, e.description, e.place, e.time_raw AS "timeRaw", e.local_time AS "localTime", e.occurred_at AS "occurredAt",
  e.order_at AS "orderAt", e.sequence, e.received_at AS "receivedAt"`;

/** Events to keep as rows, `$1`, each with what staff say that its code means. */
const GIVEN = `json_to_recordset($1::json) AS n (number_key text, event_key text, id uuid, source text, number text, carrier text,
    status text, reason text, direction text, code text, description text, place text, time_raw text, local_time text,
    zone text, occurred_at timestamptz, order_at timestamptz, sequence int, needs_mapping boolean, merchant_id uuid,
    package_id uuid, unmatched_why text)
  LEFT JOIN tracking_mapping m ON m.source = n.source AND m.code = coalesce(n.code, n.description)`;

/** Status, reason and direction of a given event: staff's word comes before the translator's. */
const MEANT = `CASE WHEN m.source IS NULL THEN n.status ELSE m.status END AS status,
  CASE WHEN m.source IS NULL THEN n.reason ELSE m.reason END AS reason,
  CASE WHEN m.source IS NULL OR n.direction = 'reverse' THEN n.direction WHEN starts_with(m.status, 'rto_') THEN 'rto'
    WHEN starts_with(n.status, 'rto_') THEN 'forward' ELSE n.direction END AS direction`;

/** A mark that is there is held until the commit, so that no fold takes it away that cannot see what comes with it. */
const HELD = `ON CONFLICT (merchant_id, package_id) DO UPDATE SET since = tracking_due.since`;

/** A line alone says "delivered"; the whole history says to whom. */
const AT_SENDERS = `(e.status = 'delivered' AND excluded.status = 'rto_delivered')`;

/** The inbox, the events and what was told of them; set-based, whatever their number. */
@Injectable()
export class TrackingStore {
  /** Keeps a message once. @returns its id, and whether it is new; one that is known is counted */
  async keepMessage(tx: EntityManager, message: NewMessage): Promise<{ id: string; fresh: boolean; events: number }> {
    const kept = await one<{ id: string; seen: number; events: number }>(
      tx,
      `INSERT INTO tracking_message AS m (id, source, kind, hash, content_type, headers, body, received_at, state, problem, events)
       VALUES ($1, $2, $3, decode($4, 'hex'), $5, $6, $7, $8, $9, $10, $11)
       ON CONFLICT (source, hash) DO UPDATE SET seen = m.seen + 1 RETURNING id, seen, events`,
      [
        newId(),
        message.source,
        message.kind,
        message.hash,
        message.contentType,
        JSON.stringify(message.headers),
        message.body,
        message.receivedAt,
        message.state,
        message.problem,
        message.events,
      ],
    );
    if (kept === null) throw new Error('A tracking message was neither kept nor known.');
    return { id: kept.id, fresh: kept.seen === 1, events: kept.events };
  }

  /**
   * Keeps events, each once, and notes their packages as due. One that is known stays as it was, but for what would
   * depend on the order in which messages arrive: the lowest position counts, and so does the message with enough of
   * the history to see that a delivery was the sender's.
   * @param events no key twice
   */
  async keepEvents(
    tx: EntityManager,
    messageId: string | null,
    events: readonly NewEvent[],
    receivedAt: Date,
  ): Promise<KeptEvent[]> {
    if (events.length === 0) return [];
    const ordered = [...events].sort((a, b) => (a.numberKey + a.eventKey < b.numberKey + b.eventKey ? -1 : 1)); // no deadlock between twins
    return rows<KeptEvent>(
      tx,
      `WITH kept AS (INSERT INTO tracking_event AS e (number_key, event_key, id, message_id, source, number, carrier, status, reason, direction,
         code, description, place, time_raw, local_time, zone, occurred_at, order_at, sequence, needs_mapping, received_at,
         merchant_id, package_id, unmatched_why)
       SELECT n.number_key, n.event_key, n.id, $2::uuid, n.source, n.number, n.carrier, ${MEANT}, n.code,
         n.description, n.place, n.time_raw, n.local_time, n.zone, n.occurred_at, n.order_at, n.sequence,
         n.needs_mapping AND m.source IS NULL, $3::timestamptz, n.merchant_id, n.package_id, n.unmatched_why
       FROM ${GIVEN}
       ON CONFLICT (number_key, event_key) DO UPDATE SET sequence = least(e.sequence, excluded.sequence),
         status = CASE WHEN ${AT_SENDERS} THEN excluded.status ELSE e.status END,
         reason = CASE WHEN ${AT_SENDERS} THEN excluded.reason ELSE e.reason END,
         direction = CASE WHEN ${AT_SENDERS} THEN excluded.direction ELSE e.direction END
       WHERE e.sequence > excluded.sequence OR ${AT_SENDERS}
       RETURNING event_key, (xmax = 0) AS fresh, merchant_id, package_id),
       due AS (INSERT INTO tracking_due (merchant_id, package_id)
         SELECT DISTINCT merchant_id, package_id FROM kept WHERE package_id IS NOT NULL ORDER BY merchant_id, package_id ${HELD})
       SELECT event_key AS "eventKey", fresh, merchant_id AS "merchantId", package_id AS "packageId" FROM kept`,
      [JSON.stringify(ordered.map(toRow)), messageId, receivedAt],
    );
  }

  /**
   * Gives events that are known the meaning that they are read with now; what the courier sent stays as it was.
   * @returns the packages of those that changed, and how many did
   */
  async reviseEvents(
    tx: EntityManager,
    events: readonly NewEvent[],
  ): Promise<{ revised: number; packages: PackageKey[] }> {
    if (events.length === 0) return { revised: 0, packages: [] };
    const revised = await rows<{ merchantId: string | null; packageId: string | null }>(
      tx,
      `WITH given AS (SELECT n.number_key, n.event_key, n.local_time, n.zone, n.occurred_at, n.order_at,
           n.needs_mapping AND m.source IS NULL AS needs_mapping, ${MEANT} FROM ${GIVEN})
       UPDATE tracking_event e SET status = g.status, reason = g.reason, direction = g.direction, local_time = g.local_time, zone = g.zone,
         occurred_at = g.occurred_at, order_at = g.order_at, needs_mapping = g.needs_mapping
       FROM given g WHERE e.number_key = g.number_key AND e.event_key = g.event_key
         AND (e.status, e.reason, e.direction, e.local_time, e.zone, e.occurred_at, e.order_at, e.needs_mapping)
           IS DISTINCT FROM (g.status, g.reason, g.direction, g.local_time, g.zone, g.occurred_at, g.order_at, g.needs_mapping)
       RETURNING e.merchant_id AS "merchantId", e.package_id AS "packageId"`,
      [JSON.stringify(events.map(toRow))],
    );
    return { revised: revised.length, packages: revised.flatMap(keysOf) };
  }

  /** Notes that packages must be folded; survives whatever happens before they are. */
  async noteDue(tx: EntityManager, packages: readonly PackageKey[]): Promise<void> {
    if (packages.length === 0) return;
    await rows(
      tx,
      `INSERT INTO tracking_due (merchant_id, package_id) SELECT DISTINCT m, p FROM unnest($1::uuid[], $2::uuid[]) AS u (m, p) ORDER BY m, p
       ${HELD}`,
      [packages.map(({ merchantId }) => merchantId), packages.map(({ packageId }) => packageId)],
    );
  }

  /** What waits longer than `seconds`: somebody died between storing and folding. */
  async overdue(
    db: Db,
    { seconds, after, limit }: { seconds: number; after: Due | null; limit: number },
  ): Promise<Due[]> {
    return rows<Due>(
      db,
      `SELECT merchant_id AS "merchantId", package_id AS "packageId", (extract(epoch FROM since) * 1000000)::bigint::text AS since
       FROM tracking_due
       WHERE since < clock_timestamp() - make_interval(secs => $1)
         AND ($2::bigint IS NULL OR (since, package_id) > ('epoch'::timestamptz + $2::bigint * interval '1 microsecond', $3::uuid))
       ORDER BY since, package_id LIMIT $4`,
      [seconds, after?.since ?? null, after?.packageId ?? null, limit],
    );
  }

  async eventsOf(db: Db, merchantId: string, packageIds: readonly string[]): Promise<EventRecord[]> {
    return rows<EventRecord>(
      db,
      `SELECT ${EVENT} FROM tracking_event e WHERE e.merchant_id = $1 AND e.package_id = ANY ($2::uuid[])`,
      [merchantId, packageIds],
    );
  }

  /**
   * As eventsOf, without what only people read, of packages that are being folded, under their locks: they are no
   * longer due. One that somebody notes right now stays due, for what comes with that note cannot be seen yet.
   */
  async takeFoldRows(tx: EntityManager, merchantId: string, packageIds: readonly string[]): Promise<FoldRow[]> {
    const which = [merchantId, packageIds];
    send(
      tx,
      `DELETE FROM tracking_due WHERE merchant_id = $1 AND ctid = ANY (ARRAY (SELECT ctid FROM tracking_due
         WHERE merchant_id = $1 AND package_id = ANY ($2::uuid[]) FOR UPDATE SKIP LOCKED))`,
      which,
    );
    // events are read after the marks are gone, never before or with them
    return rows<FoldRow>(
      tx,
      `SELECT event_key AS "eventKey", message_id AS "messageId", package_id AS "packageId", source, status, reason, direction,
         occurred_at AS "occurredAt", order_at AS "orderAt", sequence, received_at AS "receivedAt"
       FROM tracking_event WHERE merchant_id = $1 AND package_id = ANY ($2::uuid[])`,
      which,
    );
  }

  /** Newest first, one more than the page holds. @param after order instant in microseconds and id of the last row */
  async listEvents(
    db: Db,
    merchantId: string,
    packageId: string,
    { limit, after }: PageRequest,
  ): Promise<(EventRecord & { at: string })[]> {
    return rows(
      db,
      `SELECT * FROM (SELECT ${EVENT}, coalesce(extract(epoch FROM e.order_at) * 1000000, -1)::bigint::text AS at
         FROM tracking_event e WHERE e.merchant_id = $1 AND e.package_id = $2) AS e
       WHERE $3::bigint IS NULL OR (e.at::bigint, e.id) < ($3::bigint, $4::uuid)
       ORDER BY e.at::bigint DESC, e.id DESC LIMIT $5`,
      [merchantId, packageId, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    );
  }

  /** Records steps of a merchant's packages as told. @returns which of them were not told before, as `toldKey` */
  async markTold(
    tx: EntityManager,
    merchantId: string,
    steps: readonly { packageId: string; word: string; ordinal: number; evidence: string }[],
    at: Date,
  ): Promise<ReadonlySet<string>> {
    if (steps.length === 0) return new Set();
    const told = await rows<{ packageId: string; word: string; ordinal: number }>(
      tx,
      `INSERT INTO tracking_told (merchant_id, package_id, word, ordinal, evidence, told_at)
       SELECT $1, s.package_id, s.word, s.ordinal, s.evidence, $6
       FROM unnest($2::uuid[], $3::text[], $4::int[], $5::text[]) AS s (package_id, word, ordinal, evidence)
       ON CONFLICT DO NOTHING RETURNING package_id AS "packageId", word, ordinal`,
      [
        ...[merchantId, steps.map((s) => s.packageId), steps.map((s) => s.word)],
        ...[steps.map((s) => s.ordinal), steps.map((s) => s.evidence), at],
      ],
    );
    return new Set(told.map(({ packageId, word, ordinal }) => toldKey(packageId, word, ordinal)));
  }

  /** Keeps other numbers of parcels. @returns those that were not known */
  async keepAliases(tx: EntityManager, aliases: readonly Route[]): Promise<string[]> {
    if (aliases.length === 0) return [];
    const ordered = [...aliases].sort((a, b) => (a.numberKey < b.numberKey ? -1 : 1)); // no deadlock between twins
    const fresh = await rows<{ numberKey: string }>(
      tx,
      `INSERT INTO tracking_alias (number_key, courier, merchant_id, package_id)
       SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[]) ON CONFLICT DO NOTHING RETURNING number_key AS "numberKey"`,
      [
        ...[ordered.map((a) => a.numberKey), ordered.map((a) => a.courier)],
        ...[ordered.map((a) => a.merchantId), ordered.map((a) => a.packageId)],
      ],
    );
    return fresh.map(({ numberKey }) => numberKey);
  }

  /** Packages that have one of these numbers beside the one on their label. */
  async aliasesOf(db: Db, numberKeys: readonly string[]): Promise<Route[]> {
    return rows<Route>(
      db,
      `SELECT number_key AS "numberKey", courier, merchant_id AS "merchantId", package_id AS "packageId" FROM tracking_alias
       WHERE number_key = ANY ($1::text[])`,
      [numberKeys],
    );
  }

  /** Events of these numbers that no package has yet. */
  async unmatchedOf(
    tx: Db,
    numberKeys: readonly string[],
  ): Promise<{ numberKey: string; source: string; carrier: string | null }[]> {
    return rows(
      tx,
      `SELECT DISTINCT number_key AS "numberKey", source, carrier FROM tracking_event
       WHERE number_key = ANY ($1::text[]) AND package_id IS NULL AND unmatched_why = 'unknown_number'`,
      [numberKeys],
    );
  }

  /** Gives events of a number, as one source and carrier report it, to the package that it leads to. */
  async assign(
    tx: EntityManager,
    said: { numberKey: string; source: string; carrier: string | null },
    route: PackageKey,
  ): Promise<void> {
    await rows(
      tx,
      `UPDATE tracking_event SET merchant_id = $4, package_id = $5, unmatched_why = NULL
       WHERE number_key = $1 AND source = $2 AND carrier IS NOT DISTINCT FROM $3 AND package_id IS NULL AND unmatched_why = 'unknown_number'`,
      [said.numberKey, said.source, said.carrier, route.merchantId, route.packageId],
    );
  }

  /** One row a message and number, newest first. */
  async listUnmatched(db: Db, { limit, after }: PageRequest): Promise<UnmatchedRow[]> {
    return rows<UnmatchedRow>(
      db,
      `SELECT message_id AS "messageId", number_key AS "numberKey", min(number) AS number, min(source) AS source, min(carrier) AS carrier,
         min(unmatched_why) AS why, count(*)::int AS events, max(received_at) AS "receivedAt", max(occurred_at) AS "occurredAt",
         (array_agg(status ORDER BY order_at DESC NULLS LAST))[1] AS status
       FROM tracking_event
       WHERE package_id IS NULL AND (message_id, number_key) < (coalesce($1::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), coalesce($2, ''))
       GROUP BY message_id, number_key ORDER BY message_id DESC, number_key DESC LIMIT $3`,
      [after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    );
  }

  /** What a message came to when it was read again. */
  async noteReading(
    tx: EntityManager,
    id: string,
    { state, problem, events }: Pick<NewMessage, 'state' | 'problem' | 'events'>,
  ): Promise<void> {
    await rows(tx, `UPDATE tracking_message SET state = $2, problem = $3, events = $4 WHERE id = $1`, [
      id,
      state,
      problem,
      events,
    ]);
  }

  async message(db: Db, id: string): Promise<MessageRecord | null> {
    return one<MessageRecord>(
      db,
      `SELECT id, source, kind, content_type AS "contentType", headers, body, received_at AS "receivedAt", seen, state, problem, events
       FROM tracking_message WHERE id = $1`,
      [id],
    );
  }
}

/** Names one step of one package. */
export function toldKey(packageId: string, word: string, ordinal: number): string {
  return `${packageId} ${word} ${ordinal}`;
}

function keysOf({ merchantId, packageId }: { merchantId: string | null; packageId: string | null }): PackageKey[] {
  return merchantId === null || packageId === null ? [] : [{ merchantId, packageId }];
}

function toRow(event: NewEvent): Record<string, unknown> {
  return {
    number_key: event.numberKey,
    event_key: event.eventKey,
    id: newId(),
    source: event.source,
    number: event.number,
    carrier: event.carrier,
    status: event.status,
    reason: event.reason,
    direction: event.direction,
    code: event.code,
    description: event.description,
    place: event.place,
    time_raw: event.timeRaw,
    local_time: event.localTime,
    zone: event.zone,
    occurred_at: event.occurredAt,
    order_at: event.orderAt,
    sequence: event.sequence,
    needs_mapping: event.needsMapping,
    merchant_id: event.route?.merchantId ?? null,
    package_id: event.route?.packageId ?? null,
    unmatched_why: event.route === null ? (event.unmatchedWhy ?? 'unknown_number') : null,
  };
}
