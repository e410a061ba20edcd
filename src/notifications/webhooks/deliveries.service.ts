import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { filtersOf as testsOf } from '../../database/filters.ts';
import { asMerchant } from '../../database/scope.ts';
import { atOnce, one, rows, send, type Db } from '../../database/sql.ts';
import { afterCommit } from '../../database/transaction.ts';
import type { PublishedEvent } from '../../events/event-log.ts';
import { Clock, instant, instantOrNull, realNow } from '../../kernel/clock.ts';
import { invalidField, NotFound } from '../../kernel/errors.ts';
import { idOut, newId } from '../../kernel/ids.ts';
import { page, type Page, type PageRequest } from '../../kernel/pages.ts';
import type { AttemptView, DeliveryStatus, DeliveryView } from '../notifications.dto.ts';
import { EndpointDisabled, RangeTooLarge, TooManyTests } from '../notifications.errors.ts';
import { columnsOf, KEEP, Snapshots } from '../snapshots.ts';
import { EndpointsService } from './endpoints.service.ts';
import type { EndpointKey } from './queue.store.ts';
import { RETRIED_FOR_MS } from './retry.policy.ts';

const TESTS_A_MINUTE = 10;
const MINUTE_MS = 60_000;
const LARGEST_RANGE = 10_000;
const ATTEMPTS_SHOWN = 50;

interface DeliveryRow {
  id: string;
  endpoint_id: string;
  event_id: string;
  type: string;
  status: DeliveryStatus;
  next_at: Date;
  created_at: Date;
  delivered_at: Date | null;
}

interface AttemptRow {
  delivery_id: string;
  number: number;
  started_at: Date;
  duration_ms: number | null;
  status_code: number | null;
  error: string | null;
  request_headers: string;
  response_headers: string | null;
  response_body: string | null;
}

const DELIVERY = `SELECT d.*, v.type FROM webhook_delivery d
  JOIN event_view v ON v.merchant_id = d.merchant_id AND v.id = d.event_id
  JOIN webhook_endpoint e ON e.merchant_id = d.merchant_id AND e.id = d.endpoint_id AND e.deleted_at IS NULL WHERE d.merchant_id = $1`;

/** As the indexes have it. */
const OF_STATUS: Readonly<Record<DeliveryStatus, string>> = {
  pending: `d.status = 'pending'`,
  delivered: `d.status = 'delivered'`,
  failed: `d.status = 'failed'`,
};

/** $1 merchant, $2 now (real time), $3 when it is given up: the delivery is due again, as if it were new. */
const AGAIN = `status = 'pending', tries = 0, holds = true, next_at = $2, give_up_at = $3, delivered_at = NULL`;

/** What is to be sent to merchants: made with the event, listed, asked for again. The sender works it off. */
@Injectable()
export class DeliveriesService {
  private wakers: readonly ((keys: readonly EndpointKey[]) => void)[] = [];

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly endpoints: EndpointsService,
    private readonly snapshots: Snapshots,
  ) {}

  /** Keeps snapshots of a merchant's events, and a delivery of each for every endpoint that asks for such events. */
  async fanOut(tx: EntityManager, merchantId: string, told: readonly PublishedEvent[]): Promise<void> {
    const [events, askers] = await atOnce(tx, [
      () => this.snapshots.take(tx, told),
      () =>
        rows<{ id: string; events: string[] }>(
          tx,
          `SELECT id, events FROM webhook_endpoint WHERE merchant_id = $1 AND status = 'enabled' ORDER BY id`,
          [merchantId],
        ),
    ]);
    send(tx, KEEP, [merchantId, ...columnsOf(events)]);
    const wanted = askers.flatMap(({ id: endpointId, events: asked }) =>
      events
        .filter(({ type }) => filtersOf(type).some((filter) => asked.includes(filter)))
        .map((event) => ({ endpointId, event })),
    );
    if (wanted.length === 0) return;
    const now = realNow();
    const made = await rows<EndpointKey>(
      tx,
      `INSERT INTO webhook_delivery (merchant_id, id, endpoint_id, event_id, aggregate, sequence, status, next_at, give_up_at, created_at)
       SELECT $1, w.id, w.endpoint, w.event, w.aggregate, w.sequence, 'pending', $2, $3, $2
       FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::bigint[]) AS w(id, endpoint, event, aggregate, sequence)
       ON CONFLICT ON CONSTRAINT one_delivery_an_event DO NOTHING
       RETURNING merchant_id AS "merchantId", endpoint_id AS "endpointId"`,
      [
        ...[merchantId, now, givenUpAt(now), wanted.map(newId), wanted.map(({ endpointId }) => endpointId)],
        wanted.map(({ event }) => event.id),
        wanted.map(({ event }) => event.aggregate),
        wanted.map(({ event }) => event.sequence.toString()),
      ],
    );
    if (made.length > 0) this.wakeAfterCommit(tx, made);
  }

  /**
   * An event of its own, `webhook.test`, which is in no feed.
   * @throws NotFound, EndpointDisabled, TooManyTests
   */
  async test(tx: EntityManager, merchantId: string, endpointId: string): Promise<DeliveryView> {
    const endpoint = await this.endpoints.get(tx, merchantId, endpointId);
    if (endpoint.status !== 'enabled') throw new EndpointDisabled(endpoint.disabled_reason ?? 'asked');
    const now = realNow();
    const recent = await one<{ count: number }>(
      tx,
      `SELECT count(*)::int AS count FROM webhook_delivery
       WHERE merchant_id = $1 AND sequence = 0 AND created_at > $2 AND endpoint_id = $3`,
      [merchantId, new Date(now.getTime() - MINUTE_MS), endpointId],
    );
    if ((recent?.count ?? 0) >= TESTS_A_MINUTE) throw new TooManyTests(TESTS_A_MINUTE);
    const [id, eventId] = [newId(), newId()];
    const data = JSON.stringify({ endpoint: idOut('whe', endpointId) });
    const about = { type: 'webhook.test', aggregate: eventId, sequence: 0n, createdAt: this.clock.now() };
    await rows(tx, KEEP, [merchantId, ...columnsOf([{ id: eventId, merchantId, ...about, data }])]);
    await rows(
      tx,
      `INSERT INTO webhook_delivery (merchant_id, id, endpoint_id, event_id, aggregate, sequence, status, next_at, give_up_at, created_at)
       VALUES ($1, $2, $3, $4, $4, 0, 'pending', $5, $6, $5)`,
      [merchantId, id, endpointId, eventId, now, givenUpAt(now)],
    );
    this.wakeAfterCommit(tx, [{ merchantId, endpointId }]);
    return this.get(tx, merchantId, id);
  }

  /** Newest first, each with its attempts. */
  async list(
    merchantId: string,
    filter: { endpointId: string | null; status: DeliveryStatus | null },
    { limit, after }: PageRequest,
  ): Promise<Page<DeliveryView>> {
    const { clauses, params } = testsOf(
      [merchantId],
      [
        ['d.id <', after?.[0]],
        ['d.endpoint_id =', filter.endpointId],
      ],
    );
    if (filter.status !== null) clauses.push(OF_STATUS[filter.status]);
    const found = await rows<DeliveryRow>(
      asMerchant(this.db, merchantId),
      `${[DELIVERY, ...clauses].join(' AND ')} ORDER BY d.id DESC LIMIT $${params.push(limit + 1)}`,
      params,
    );
    const attempts = await this.attemptsOf(asMerchant(this.db, merchantId), merchantId, found);
    return page(
      found,
      limit,
      (row) => deliveryView(row, attempts.get(row.id) ?? []),
      ({ id }) => [id],
    );
  }

  /** @throws NotFound */
  async get(tx: Db, merchantId: string, id: string): Promise<DeliveryView> {
    const found = await one<DeliveryRow>(tx, `${DELIVERY} AND d.id = $2`, [merchantId, id]);
    if (found === null) throw new NotFound('webhook delivery');
    return deliveryView(found, (await this.attemptsOf(tx, merchantId, [found])).get(id) ?? []);
  }

  /** @throws NotFound */
  find(merchantId: string, id: string): Promise<DeliveryView> {
    return this.get(asMerchant(this.db, merchantId), merchantId, id);
  }

  /** Sends one again, whatever became of it, with 3 new days. @throws NotFound, EndpointDisabled */
  async again(tx: EntityManager, merchantId: string, id: string): Promise<DeliveryView> {
    const now = realNow();
    const asked = await one<{ endpoint_id: string }>(
      tx,
      `UPDATE webhook_delivery SET ${AGAIN} WHERE merchant_id = $1 AND id = $4 RETURNING endpoint_id`,
      [merchantId, now, givenUpAt(now), id],
    );
    if (asked === null) throw new NotFound('webhook delivery');
    const { status, disabled_reason } = await this.endpoints.get(tx, merchantId, asked.endpoint_id);
    if (status !== 'enabled') throw new EndpointDisabled(disabled_reason ?? 'asked');
    this.wakeAfterCommit(tx, [{ merchantId, endpointId: asked.endpoint_id }]);
    return this.get(tx, merchantId, id);
  }

  /**
   * Sends every event of a stretch of time that the endpoint asks for, also those that came while it was disabled.
   * @returns how many
   * @throws NotFound, EndpointDisabled, RangeTooLarge, InvalidFields
   */
  async range(tx: EntityManager, { merchantId, endpointId }: EndpointKey, from: Date, to: Date): Promise<number> {
    if (from > to) throw invalidField('/from', 'range', '`from` must not be after `to`.');
    const endpoint = await this.endpoints.get(tx, merchantId, endpointId);
    if (endpoint.status !== 'enabled') throw new EndpointDisabled(endpoint.disabled_reason ?? 'asked');
    const events = await rows<{ id: string }>(
      tx,
      `SELECT id FROM event_view WHERE merchant_id = $1 AND created_at BETWEEN $2 AND $3 AND sequence > 0
         AND $4::text[] && ARRAY['*', type, split_part(type, '.', 1) || '.*']`,
      [merchantId, from, to, endpoint.events],
    );
    if (events.length > LARGEST_RANGE) throw new RangeTooLarge(events.length, LARGEST_RANGE);
    const now = realNow();
    await rows(
      tx,
      `INSERT INTO webhook_delivery AS d (merchant_id, id, endpoint_id, event_id, aggregate, sequence, status, next_at, give_up_at, created_at)
       SELECT $1, asked.id, $4, v.id, v.aggregate, v.sequence, 'pending', $2, $3, $2
       FROM unnest($5::uuid[], $6::uuid[]) AS asked(event_id, id)
       JOIN event_view v ON v.merchant_id = $1 AND v.id = asked.event_id
       ON CONFLICT ON CONSTRAINT one_delivery_an_event DO UPDATE SET ${AGAIN}`,
      [merchantId, now, givenUpAt(now), endpointId, events.map(({ id }) => id), events.map(newId)],
    );
    this.wakeAfterCommit(tx, [{ merchantId, endpointId }]);
    return events.length;
  }

  /** Called after each commit that made something to be sent, with where it goes. */
  onAsked(wake: (keys: readonly EndpointKey[]) => void): void {
    this.wakers = [...this.wakers, wake];
  }

  private wakeAfterCommit(tx: EntityManager, keys: readonly EndpointKey[]): void {
    afterCommit(tx, () => {
      for (const wake of this.wakers) wake(keys);
    });
  }

  private async attemptsOf(
    tx: Db,
    merchantId: string,
    deliveries: readonly DeliveryRow[],
  ): Promise<Map<string, AttemptView[]>> {
    const found = await rows<AttemptRow>(
      tx,
      `SELECT * FROM (SELECT a.*, row_number() OVER (PARTITION BY delivery_id ORDER BY number DESC) AS age
         FROM webhook_attempt a WHERE merchant_id = $1 AND delivery_id = ANY ($2::uuid[])) attempts
       WHERE age <= $3 ORDER BY delivery_id, number`,
      [merchantId, deliveries.map(({ id }) => id), ATTEMPTS_SHOWN],
    );
    const byDelivery = new Map<string, AttemptView[]>(deliveries.map(({ id }) => [id, []]));
    for (const row of found) byDelivery.get(row.delivery_id)?.push(attemptView(row));
    return byDelivery;
  }
}

const givenUpAt = (now: Date): Date => new Date(now.getTime() + RETRIED_FOR_MS);

/** The filters that an event passes: `order.paid` is asked for by its name, by `order.*`, by `*`. */
const filtersOf = (type: string): string[] => ['*', type, `${type.split('.')[0] ?? type}.*`];

function deliveryView(row: DeliveryRow, attempts: AttemptView[]): DeliveryView {
  return {
    id: idOut('whd', row.id),
    endpoint: idOut('whe', row.endpoint_id),
    event: idOut('evt', row.event_id),
    type: row.type,
    status: row.status,
    attempts,
    next_attempt_at: row.status === 'pending' ? instant(row.next_at) : null,
    created_at: instant(row.created_at),
    delivered_at: instantOrNull(row.delivered_at),
  };
}

function attemptView(row: AttemptRow): AttemptView {
  return {
    number: row.number,
    at: instant(row.started_at),
    duration_ms: row.duration_ms,
    status_code: row.status_code,
    error: row.error,
    request_headers: JSON.parse(row.request_headers) as object,
    response_headers: row.response_headers === null ? null : (JSON.parse(row.response_headers) as object),
    response_body: row.response_body,
  };
}
