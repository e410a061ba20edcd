import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../../config.ts';
import { asHouse } from '../../database/scope.ts';
import { one, rows, type Db } from '../../database/sql.ts';
import type { Endpoint } from './endpoints.service.ts';
import { Turns } from './turns.ts';

/** After an attempt's time-out; what a process took and did not report on is then anybody's again. */
const CLAIM_BEYOND_SECONDS = 10;
/** An endpoint is one process's so long; renewed every few seconds. */
const LEASE_SECONDS = 20;
const EXPIRED_AT_ONCE = 1_000;
const SWEPT_AT_ONCE = 500;
/** More than these keep their own times. */
const HURRIED_AT_ONCE = 5_000;

export interface EndpointKey {
  merchantId: string;
  endpointId: string;
}

/** A delivery that may be sent now, with what it carries. */
export interface Due {
  id: string;
  event_id: string;
  aggregate: string;
  sequence: string;
  type: string;
  tries: number;
  give_up_at: Date;
  event_at: Date;
  data: string;
}

/** What is known of an attempt that has ended. */
export interface AttemptEnd {
  durationMs: number;
  statusCode: number | null;
  error: string | null;
  responseHeaders: string | null;
  responseBody: string | null;
}

export interface Attempt {
  merchantId: string;
  deliveryId: string;
  number: number;
  end: AttemptEnd;
}

/** $1 merchant, $2 delivery, $3 its number, $4 duration, $5 status, $6 error, $7 heads, $8 body */
const END_ATTEMPT = `UPDATE webhook_attempt SET duration_ms = $4, status_code = $5, error = $6, response_headers = $7, response_body = $8
  WHERE merchant_id = $1 AND delivery_id = $2 AND number = $3`;

const endOf = ({ merchantId, deliveryId, number, end }: Attempt): unknown[] => [
  ...[merchantId, deliveryId, number],
  ...[end.durationMs, end.statusCode, end.error, end.responseHeaders, end.responseBody],
];

/** What waits to be sent, as the senders of all processes see it. */
@Injectable()
export class QueueStore {
  private readonly claimSeconds: number;

  constructor(
    private readonly db: DataSource,
    private readonly turns: Turns,
    config: Config,
  ) {
    this.claimSeconds = Math.ceil(config.webhookTimeoutMs / 1000) + CLAIM_BEYOND_SECONDS;
  }

  /** Endpoints with something due that nobody else sends to: a merchant's first, then everybody's second, and so on. */
  async dueEndpoints(owner: string, now: Date, limit: number): Promise<EndpointKey[]> {
    return this.ask<EndpointKey>(
      `SELECT merchant_id AS "merchantId", id AS "endpointId" FROM (
         SELECT e.merchant_id, e.id, d.next_at, row_number() OVER (PARTITION BY e.merchant_id ORDER BY d.next_at) AS turn
         FROM webhook_endpoint e CROSS JOIN LATERAL (
           SELECT next_at FROM webhook_delivery d WHERE d.merchant_id = e.merchant_id AND d.endpoint_id = e.id
             AND d.status = 'pending' AND d.next_at <= $1 ORDER BY next_at LIMIT 1) d
         WHERE e.status = 'enabled' AND (e.paused_until IS NULL OR e.paused_until <= $1)
           AND (e.lease_owner = $2 OR e.lease_until < clock_timestamp())) due
       ORDER BY turn, next_at LIMIT $3`,
      [now, owner, limit],
    );
  }

  /** Takes an endpoint for this process. @returns false: another one was faster */
  async lease({ merchantId, endpointId }: EndpointKey, owner: string): Promise<boolean> {
    const taken = await this.ask(
      `UPDATE webhook_endpoint SET lease_owner = $3, lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE merchant_id = $1 AND id = $2 AND (lease_owner = $3 OR lease_until < clock_timestamp()) RETURNING id`,
      [merchantId, endpointId, owner],
    );
    return taken.length === 1;
  }

  /** @returns the ids of the endpoints that are still this process's */
  async renew(owner: string, endpointIds: readonly string[]): Promise<Set<string>> {
    const kept = await this.ask<{ id: string }>(
      `UPDATE webhook_endpoint SET lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE lease_owner = $1 AND id = ANY ($2::uuid[]) RETURNING id`,
      [owner, endpointIds],
    );
    return new Set(kept.map(({ id }) => id));
  }

  async release({ merchantId, endpointId }: EndpointKey, owner: string): Promise<void> {
    await this.ask(
      `UPDATE webhook_endpoint SET lease_owner = NULL, lease_until = '-infinity'
       WHERE merchant_id = $1 AND id = $2 AND lease_owner = $3`,
      [merchantId, endpointId, owner],
    );
  }

  /** The endpoint as it is; null: nothing may be sent to it now. */
  async open({ merchantId, endpointId }: EndpointKey, now: Date): Promise<Endpoint | null> {
    return this.askOne<Endpoint>(
      `SELECT * FROM webhook_endpoint WHERE merchant_id = $1 AND id = $2 AND status = 'enabled'
         AND (paused_until IS NULL OR paused_until <= $3)`,
      [merchantId, endpointId, now],
    );
  }

  /** What may be sent now, the longest waiting first: of each order only the first that has not been delivered. */
  async due({ merchantId, endpointId }: EndpointKey, now: Date, limit: number): Promise<Due[]> {
    return this.ask<Due>(
      `SELECT d.id, d.event_id, d.aggregate, d.sequence, d.tries, d.give_up_at, v.type, v.created_at AS event_at, v.data
       FROM webhook_delivery d JOIN event_view v ON v.merchant_id = d.merchant_id AND v.id = d.event_id
       WHERE d.merchant_id = $1 AND d.endpoint_id = $2 AND d.status = 'pending' AND d.next_at <= $3
         AND NOT EXISTS (SELECT 1 FROM webhook_delivery b WHERE b.merchant_id = d.merchant_id AND b.endpoint_id = d.endpoint_id
           AND b.aggregate = d.aggregate AND b.sequence < d.sequence AND b.status = 'pending' AND b.holds)
       ORDER BY d.next_at, d.sequence LIMIT $4`,
      [merchantId, endpointId, now, limit],
    );
  }

  /**
   * Writes the attempt before the call.
   * @returns its number; null: there is nothing to send any more
   */
  async claim(
    { merchantId }: EndpointKey,
    deliveryId: string,
    now: Date,
    requestHeaders: string,
  ): Promise<number | null> {
    const claimed = await this.askOne<{ number: number }>(
      `WITH taken AS (
         UPDATE webhook_delivery SET tries = tries + 1, next_at = $3::timestamptz + make_interval(secs => ${this.claimSeconds})
         WHERE merchant_id = $1 AND id = $2 AND status = 'pending' AND next_at <= $3 RETURNING merchant_id, id)
       INSERT INTO webhook_attempt (merchant_id, delivery_id, number, started_at, request_headers)
       SELECT merchant_id, id, 1 + coalesce((SELECT max(number) FROM webhook_attempt a WHERE a.merchant_id = $1 AND a.delivery_id = $2), 0), $3, $4
       FROM taken RETURNING number`,
      [merchantId, deliveryId, now, requestHeaders],
    );
    return claimed?.number ?? null;
  }

  async delivered(attempt: Attempt, at: Date): Promise<void> {
    await this.ask(
      `WITH ended AS (${END_ATTEMPT})
       UPDATE webhook_delivery SET status = 'delivered', delivered_at = $9 WHERE merchant_id = $1 AND id = $2`,
      [...endOf(attempt), at],
    );
  }

  /** @param next null: given up */
  async failed(tx: EntityManager, attempt: Attempt, next: { at: Date; holds: boolean } | null): Promise<void> {
    await rows(
      tx,
      `WITH ended AS (${END_ATTEMPT})
       UPDATE webhook_delivery SET status = CASE WHEN $9::timestamptz IS NULL THEN 'failed' ELSE status END,
         next_at = coalesce($9, next_at), holds = $10 WHERE merchant_id = $1 AND id = $2 AND status = 'pending'`,
      [...endOf(attempt), next?.at ?? null, next?.holds ?? true],
    );
  }

  /** The endpoint works again: what waited for its next try need not wait any longer, where its breaker had been open. */
  async recovered(
    tx: EntityManager,
    { merchantId, endpointId }: EndpointKey,
    wasOpen: boolean,
    now: Date,
  ): Promise<void> {
    await rows(
      tx,
      `UPDATE webhook_endpoint SET failures = 0, failing_since = NULL, paused_until = NULL WHERE merchant_id = $1 AND id = $2`,
      [merchantId, endpointId],
    );
    if (!wasOpen) return;
    await rows(
      tx,
      `UPDATE webhook_delivery SET next_at = $3 WHERE merchant_id = $1 AND id IN (
         SELECT id FROM webhook_delivery d WHERE merchant_id = $1 AND endpoint_id = $2 AND status = 'pending' AND next_at > $3
           AND NOT EXISTS (SELECT 1 FROM webhook_attempt a WHERE a.merchant_id = d.merchant_id AND a.delivery_id = d.id
             AND a.duration_ms IS NULL AND a.started_at > $3::timestamptz - make_interval(secs => ${this.claimSeconds}))
         ORDER BY next_at LIMIT ${HURRIED_AT_ONCE})`,
      [merchantId, endpointId, now],
    );
  }

  async suffered(
    tx: EntityManager,
    { merchantId, endpointId }: EndpointKey,
    { failures, now, pausedUntil }: { failures: number; now: Date; pausedUntil: Date | null },
  ): Promise<void> {
    await rows(
      tx,
      `UPDATE webhook_endpoint SET failures = $3, failing_since = coalesce(failing_since, $4), paused_until = $5
       WHERE merchant_id = $1 AND id = $2`,
      [merchantId, endpointId, failures, now, pausedUntil],
    );
  }

  /** @returns the endpoint; null: it was disabled before, or is gone */
  async disable(
    tx: EntityManager,
    { merchantId, endpointId }: EndpointKey,
    reason: 'gone' | 'failing',
    now: Date,
  ): Promise<Endpoint | null> {
    return one<Endpoint>(
      tx,
      `UPDATE webhook_endpoint SET status = 'disabled', disabled_reason = $3, disabled_at = $4
       WHERE merchant_id = $1 AND id = $2 AND status = 'enabled' RETURNING *`,
      [merchantId, endpointId, reason, now],
    );
  }

  /** Has nothing been delivered since the delivery was first tried? Then its end is the endpoint's. */
  async failedThroughout(db: Db, { merchantId, endpointId }: EndpointKey, deliveryId: string): Promise<boolean> {
    const found = await one(
      db,
      `SELECT 1 FROM webhook_endpoint e JOIN webhook_delivery d ON d.merchant_id = e.merchant_id AND d.endpoint_id = e.id
       WHERE e.merchant_id = $1 AND e.id = $2 AND d.id = $3
         AND e.failing_since <= d.give_up_at - interval '71 hours'`,
      [merchantId, endpointId, deliveryId],
    );
    return found !== null;
  }

  /** Waiting deliveries whose 3 days are over while nobody sent them (a breaker was open, an endpoint disabled). */
  async overdue(db: Db, now: Date): Promise<{ merchantId: string; endpointId: string; id: string }[]> {
    return rows(
      db,
      `SELECT merchant_id AS "merchantId", endpoint_id AS "endpointId", id FROM webhook_delivery
       WHERE status = 'pending' AND give_up_at < $1::timestamptz - make_interval(secs => ${this.claimSeconds}) AND next_at <= $1
       ORDER BY give_up_at LIMIT ${EXPIRED_AT_ONCE}`,
      [now],
    );
  }

  /**
   * Takes away a batch of what is not listed any more: ended deliveries made before `oldest`, and those of deleted
   * endpoints, which then go too.
   * @returns how many deliveries
   */
  async sweep(oldest: Date): Promise<number> {
    const gone = await this.ask(
      `DELETE FROM webhook_delivery d USING (
         (SELECT merchant_id, id FROM webhook_delivery WHERE status <> 'pending' AND created_at < $1 ORDER BY created_at LIMIT ${SWEPT_AT_ONCE})
         UNION
         (SELECT w.merchant_id, w.id FROM webhook_endpoint e
            JOIN webhook_delivery w ON w.merchant_id = e.merchant_id AND w.endpoint_id = e.id
          WHERE e.deleted_at IS NOT NULL LIMIT ${SWEPT_AT_ONCE})) old
       WHERE d.merchant_id = old.merchant_id AND d.id = old.id RETURNING d.id`,
      [oldest],
    );
    await this.ask(
      `DELETE FROM webhook_endpoint e WHERE e.deleted_at IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM webhook_delivery d WHERE d.merchant_id = e.merchant_id AND d.endpoint_id = e.id) RETURNING e.id`,
    );
    return gone.length;
  }

  async giveUp(tx: EntityManager, merchantId: string, ids: readonly string[]): Promise<void> {
    await rows(
      tx,
      `UPDATE webhook_delivery SET status = 'failed' WHERE merchant_id = $1 AND id = ANY ($2::uuid[]) AND status = 'pending'`,
      [merchantId, ids],
    );
  }

  private ask<T>(sql: string, params: readonly unknown[] = []): Promise<T[]> {
    return this.turns.take(() => rows<T>(asHouse(this.db), sql, params));
  }

  private async askOne<T>(sql: string, params: readonly unknown[]): Promise<T | null> {
    return (await this.ask<T>(sql, params))[0] ?? null;
  }
}
