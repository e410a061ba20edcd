import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asMerchant } from '../../database/scope.ts';
import { one, rows, type Db } from '../../database/sql.ts';
import { Secrets } from '../../http/secrets.ts';
import { Clock, instant, instantOrNull, plusHours, realNow } from '../../kernel/clock.ts';
import { NotFound } from '../../kernel/errors.ts';
import { idOut, newId } from '../../kernel/ids.ts';
import { page, type Page, type PageRequest } from '../../kernel/pages.ts';
import type { EndpointStatus, EndpointView, NewEndpointView } from '../notifications.dto.ts';
import { TooManyEndpoints } from '../notifications.errors.ts';

/** Of one merchant; every event makes a row for each. */
const MAX_ENDPOINTS = 20;
const SECRET_BYTES = 32;
/** A rotated secret goes on signing so long (real time). */
const OVERLAP_HOURS = 24;
/** Secrets that sign at once, however often they are rotated in a day. */
const MAX_SECRETS = 4;

export interface Endpoint {
  merchant_id: string;
  id: string;
  url: string;
  events: string[];
  status: EndpointStatus;
  disabled_reason: string | null;
  disabled_at: Date | null;
  failures: number;
  failing_since: Date | null;
  paused_until: Date | null;
  created_at: Date;
}

export interface EndpointChange {
  url?: string | undefined;
  events?: readonly string[] | undefined;
  status?: EndpointStatus | undefined;
}

/** Where a merchant's webhooks go, and what they are signed with. */
@Injectable()
export class EndpointsService {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly secrets: Secrets,
  ) {}

  /**
   * @param url checked (Targets)
   * @throws TooManyEndpoints
   */
  async create(
    tx: EntityManager,
    merchantId: string,
    { url, events }: { url: string; events: readonly string[] },
  ): Promise<NewEndpointView> {
    await rows(tx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`webhook endpoints of ${merchantId}`]);
    const has = await one<{ count: number }>(
      tx,
      `SELECT count(*)::int AS count FROM webhook_endpoint WHERE merchant_id = $1 AND deleted_at IS NULL`,
      [merchantId],
    );
    if ((has?.count ?? 0) >= MAX_ENDPOINTS) throw new TooManyEndpoints(MAX_ENDPOINTS);
    const id = newId();
    const made = await one<Endpoint>(
      tx,
      `INSERT INTO webhook_endpoint (merchant_id, id, url, events, status, created_at)
       VALUES ($1, $2, $3, $4, 'enabled', $5) RETURNING *`,
      [merchantId, id, url, [...new Set(events)], this.clock.now()],
    );
    if (made === null) throw new Error('The endpoint was not stored.');
    return Object.assign(endpointView(made), { secret: await this.addSecret(tx, merchantId, id) });
  }

  /** Newest first. */
  async list(merchantId: string, { limit, after }: PageRequest): Promise<Page<EndpointView>> {
    const found = await rows<Endpoint>(
      asMerchant(this.db, merchantId),
      `SELECT * FROM webhook_endpoint WHERE merchant_id = $1 AND deleted_at IS NULL AND ($2::uuid IS NULL OR id < $2)
       ORDER BY id DESC LIMIT $3`,
      [merchantId, after?.[0] ?? null, limit + 1],
    );
    return page(found, limit, endpointView, ({ id }) => [id]);
  }

  /** @throws NotFound */
  find(merchantId: string, id: string): Promise<Endpoint> {
    return this.get(asMerchant(this.db, merchantId), merchantId, id);
  }

  /** @throws NotFound */
  async get(db: Db, merchantId: string, id: string): Promise<Endpoint> {
    const found = await one<Endpoint>(
      db,
      `SELECT * FROM webhook_endpoint WHERE merchant_id = $1 AND id = $2 AND deleted_at IS NULL`,
      [merchantId, id],
    );
    if (found === null) throw new NotFound('webhook endpoint');
    return found;
  }

  /**
   * What is left out stays. Enabling forgets its failures: it is tried at once.
   * @throws NotFound
   */
  async change(tx: EntityManager, merchantId: string, id: string, change: EndpointChange): Promise<EndpointView> {
    const changed = await one<Endpoint>(
      tx,
      `UPDATE webhook_endpoint SET url = coalesce($3, url), events = coalesce($4, events), status = coalesce($5, status),
         disabled_reason = CASE $5 WHEN 'enabled' THEN NULL WHEN 'disabled' THEN coalesce(disabled_reason, 'asked') ELSE disabled_reason END,
         disabled_at = CASE $5 WHEN 'enabled' THEN NULL WHEN 'disabled' THEN coalesce(disabled_at, $6) ELSE disabled_at END,
         failures = CASE WHEN $5 = 'enabled' OR $3 <> url THEN 0 ELSE failures END,
         failing_since = CASE WHEN $5 = 'enabled' OR $3 <> url THEN NULL ELSE failing_since END,
         paused_until = CASE WHEN $5 = 'enabled' OR $3 <> url THEN NULL ELSE paused_until END
       WHERE merchant_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING *`,
      [merchantId, id, change.url ?? null, change.events ?? null, change.status ?? null, realNow()],
    );
    if (changed === null) throw new NotFound('webhook endpoint');
    return endpointView(changed);
  }

  /** Gone for everybody at once; what it leaves behind is swept away in batches. @throws NotFound */
  async remove(tx: EntityManager, merchantId: string, id: string): Promise<void> {
    const gone = await rows(
      tx,
      `UPDATE webhook_endpoint SET deleted_at = $3, status = 'disabled', disabled_reason = coalesce(disabled_reason, 'asked')
       WHERE merchant_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING id`,
      [merchantId, id, realNow()],
    );
    if (gone.length === 0) throw new NotFound('webhook endpoint');
    await rows(tx, `DELETE FROM webhook_secret WHERE merchant_id = $1 AND endpoint_id = $2`, [merchantId, id]);
  }

  /** A new secret; those before it sign too for a day. @throws NotFound */
  async rotate(tx: EntityManager, merchantId: string, id: string): Promise<NewEndpointView> {
    const endpoint = await one<Endpoint>(
      tx,
      `SELECT * FROM webhook_endpoint WHERE merchant_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE`,
      [merchantId, id],
    );
    if (endpoint === null) throw new NotFound('webhook endpoint');
    await rows(
      tx,
      `UPDATE webhook_secret SET expires_at = $3 WHERE merchant_id = $1 AND endpoint_id = $2 AND expires_at IS NULL`,
      [merchantId, id, plusHours(realNow(), OVERLAP_HOURS)],
    );
    const secret = await this.addSecret(tx, merchantId, id);
    await rows(
      tx,
      `DELETE FROM webhook_secret WHERE merchant_id = $1 AND endpoint_id = $2 AND (expires_at <= $3 OR id NOT IN
         (SELECT id FROM webhook_secret WHERE merchant_id = $1 AND endpoint_id = $2 ORDER BY id DESC LIMIT $4))`,
      [merchantId, id, realNow(), MAX_SECRETS],
    );
    return Object.assign(endpointView(endpoint), { secret });
  }

  /** What signs a webhook to it as of now, the newest first. */
  async secretsOf(merchantId: string, id: string): Promise<string[]> {
    const found = await rows<{ id: string; sealed: string }>(
      asMerchant(this.db, merchantId),
      `SELECT id, sealed FROM webhook_secret
       WHERE merchant_id = $1 AND endpoint_id = $2 AND (expires_at IS NULL OR expires_at > $3) ORDER BY id DESC`,
      [merchantId, id, realNow()],
    );
    return found.map((secret) => this.secrets.open(secret.sealed, sealContext(id, secret.id)));
  }

  private async addSecret(tx: EntityManager, merchantId: string, endpointId: string): Promise<string> {
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
    const id = newId();
    await rows(tx, `INSERT INTO webhook_secret (merchant_id, endpoint_id, id, sealed) VALUES ($1, $2, $3, $4)`, [
      ...[merchantId, endpointId, id, this.secrets.seal(secret, sealContext(endpointId, id))],
    ]);
    return secret;
  }
}

const sealContext = (endpointId: string, id: string): string => `webhook:${endpointId}:${id}`;

export function endpointView(endpoint: Endpoint): EndpointView {
  return {
    id: idOut('whe', endpoint.id),
    url: endpoint.url,
    events: endpoint.events,
    status: endpoint.status,
    disabled_reason: endpoint.disabled_reason,
    disabled_at: instantOrNull(endpoint.disabled_at),
    failing_since: instantOrNull(endpoint.failing_since),
    created_at: instant(endpoint.created_at),
  };
}
