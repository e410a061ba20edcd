import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse, asMerchant } from '../database/scope.ts';
import { one, rows, type Db } from '../database/sql.ts';
import { Secrets } from '../http/secrets.ts';
import { Clock } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { PageRequest } from '../kernel/pages.ts';

export type StoreKind = 'shopify' | 'woocommerce';
export const STORE_KINDS = ['shopify', 'woocommerce'] as const;

export interface StoreRecord {
  merchantId: string;
  id: string;
  kind: StoreKind;
  name: string;
  /** Its base: https://shop.example. */
  url: string;
  hasToken: boolean;
  createdAt: Date;
}

export interface NewStore {
  kind: StoreKind;
  name: string;
  url: string;
  webhookSecret: string;
  accessToken: string | null;
}

export type StoreChange = Partial<Pick<NewStore, 'name' | 'url' | 'webhookSecret' | 'accessToken'>>;

export interface SkuMapping {
  storeSku: string;
  sku: string;
  /** Of ours in one of the store's. */
  quantity: number;
}

const COLUMNS = `merchant_id AS "merchantId", id, kind, name, url, access_token IS NOT NULL AS "hasToken", created_at AS "createdAt"`;

/** Merchants' own stores: how they are reached, how their messages are proven, what their SKUs are here. */
@Injectable()
export class StoresService {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly secrets: Secrets,
  ) {}

  /** @param given.url checked (Targets) */
  async create(tx: EntityManager, merchantId: string, given: NewStore): Promise<StoreRecord> {
    const id = newId();
    await rows(tx, 'INSERT INTO store_route (store_id, merchant_id) VALUES ($1, $2)', [id, merchantId]);
    const made = await one<StoreRecord>(
      tx,
      `INSERT INTO store (merchant_id, id, kind, name, url, webhook_secret, access_token, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${COLUMNS}`,
      [
        ...[merchantId, id, given.kind, given.name, given.url.replace(/\/+$/, '')],
        ...[this.seal(id, 'secret', given.webhookSecret), this.sealed(id, given.accessToken), this.clock.now()],
      ],
    );
    if (made === null) throw new Error('The store was not kept.');
    return made;
  }

  /** @throws NotFound */
  async change(tx: EntityManager, merchantId: string, id: string, change: StoreChange): Promise<StoreRecord> {
    const { name, url, webhookSecret, accessToken } = change;
    const changed = await one<StoreRecord>(
      tx,
      `UPDATE store SET name = coalesce($3, name), url = coalesce($4, url), webhook_secret = coalesce($5, webhook_secret),
         access_token = CASE WHEN $6 THEN $7 ELSE access_token END
       WHERE merchant_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING ${COLUMNS}`,
      [
        ...[merchantId, id, name ?? null, url?.replace(/\/+$/, '') ?? null],
        webhookSecret === undefined ? null : this.seal(id, 'secret', webhookSecret),
        ...[accessToken !== undefined, this.sealed(id, accessToken ?? null)],
      ],
    );
    if (changed === null) throw new NotFound('store');
    return changed;
  }

  /** Its messages are unknown from now on; what it sent stays. @throws NotFound */
  async remove(tx: EntityManager, merchantId: string, id: string): Promise<void> {
    const gone = await one(
      tx,
      `UPDATE store SET deleted_at = $3, access_token = NULL WHERE merchant_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING id`,
      [merchantId, id, this.clock.now()],
    );
    if (gone === null) throw new NotFound('store');
    await rows(tx, 'DELETE FROM store_route WHERE store_id = $1', [id]);
    await rows(
      tx,
      `UPDATE store_order SET status = 'passed_over', reason = 'store_removed', draft = NULL, retry_at = NULL
       WHERE merchant_id = $1 AND store_id = $2 AND status = 'held'`,
      [merchantId, id],
    );
  }

  /** Newest first. */
  list(merchantId: string, { limit, after }: PageRequest): Promise<StoreRecord[]> {
    return rows<StoreRecord>(
      asMerchant(this.db, merchantId),
      `SELECT ${COLUMNS} FROM store WHERE merchant_id = $1 AND deleted_at IS NULL AND ($2::uuid IS NULL OR id < $2)
       ORDER BY id DESC LIMIT $3`,
      [merchantId, after?.[0] ?? null, limit + 1],
    );
  }

  /** @throws NotFound */
  async get(merchantId: string, id: string, db: Db = asMerchant(this.db, merchantId)): Promise<StoreRecord> {
    const found = await one<StoreRecord>(
      db,
      `SELECT ${COLUMNS} FROM store WHERE merchant_id = $1 AND id = $2 AND deleted_at IS NULL`,
      [merchantId, id],
    );
    if (found === null) throw new NotFound('store');
    return found;
  }

  /** Whose store it is, and what its messages are signed with. @returns null: no such store */
  async ofMessage(id: string): Promise<{ store: StoreRecord; secret: string } | null> {
    const route = await one<{ merchant_id: string }>(
      asHouse(this.db),
      'SELECT merchant_id FROM store_route WHERE store_id = $1',
      [id],
    );
    if (route === null) return null;
    const store = await this.get(route.merchant_id, id);
    return { store, secret: await this.opened(store, 'secret') };
  }

  /** What opens the store's own API. @throws NotFound it was taken away */
  tokenOf(store: StoreRecord): Promise<string> {
    return this.opened(store, 'token');
  }

  async mapSku(tx: EntityManager, { merchantId, id }: StoreRecord, mapping: SkuMapping): Promise<SkuMapping> {
    await rows(
      tx,
      `INSERT INTO store_sku (merchant_id, store_id, store_sku, sku, quantity) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (merchant_id, store_id, store_sku) DO UPDATE SET sku = excluded.sku, quantity = excluded.quantity`,
      [merchantId, id, mapping.storeSku, mapping.sku, mapping.quantity],
    );
    return mapping;
  }

  /** @throws NotFound */
  async unmapSku(tx: EntityManager, { merchantId, id }: StoreRecord, storeSku: string): Promise<void> {
    const gone = await one(
      tx,
      'DELETE FROM store_sku WHERE merchant_id = $1 AND store_id = $2 AND store_sku = $3 RETURNING sku',
      [merchantId, id, storeSku],
    );
    if (gone === null) throw new NotFound('mapping');
  }

  /** By the store's SKU. */
  mappings({ merchantId, id }: StoreRecord, { limit, after }: PageRequest): Promise<SkuMapping[]> {
    return rows<SkuMapping>(
      asMerchant(this.db, merchantId),
      `SELECT store_sku AS "storeSku", sku, quantity FROM store_sku
       WHERE merchant_id = $1 AND store_id = $2 AND ($3::text IS NULL OR store_sku > $3) ORDER BY store_sku LIMIT $4`,
      [merchantId, id, after?.[0] ?? null, limit + 1],
    );
  }

  /** Those of the SKUs that are mapped. */
  async mapped(
    db: Db,
    { merchantId, id }: StoreRecord,
    storeSkus: readonly string[],
  ): Promise<Map<string, SkuMapping>> {
    const found = await rows<SkuMapping>(
      db,
      `SELECT store_sku AS "storeSku", sku, quantity FROM store_sku WHERE merchant_id = $1 AND store_id = $2 AND store_sku = ANY ($3)`,
      [merchantId, id, storeSkus],
    );
    return new Map(found.map((mapping) => [mapping.storeSku, mapping]));
  }

  private async opened({ merchantId, id }: StoreRecord, what: 'secret' | 'token'): Promise<string> {
    const kept = await one<{ secret: string; token: string | null }>(
      asMerchant(this.db, merchantId),
      'SELECT webhook_secret AS secret, access_token AS token FROM store WHERE merchant_id = $1 AND id = $2',
      [merchantId, id],
    );
    const sealed = kept?.[what] ?? null;
    if (sealed === null) throw new NotFound('store token');
    return this.secrets.open(sealed, contextOf(id, what));
  }

  private seal(id: string, what: 'secret' | 'token', text: string): string {
    return this.secrets.seal(text, contextOf(id, what));
  }

  private sealed(id: string, token: string | null): string | null {
    return token === null ? null : this.seal(id, 'token', token);
  }
}

const contextOf = (id: string, what: string): string => `store:${id}:${what}`;
