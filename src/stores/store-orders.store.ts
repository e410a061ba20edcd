import type { EntityManager } from 'typeorm';
import { filtersOf, newestOf, whereOf } from '../database/filters.ts';
import { one, rows, type Db } from '../database/sql.ts';
import type { SoughtBuyer } from '../http/held-drafts.ts';
import type { PageRequest } from '../kernel/pages.ts';
import type { StoreOrderStatus } from './store-order.machine.ts';
import type { StoreLine, StoreOrder } from './store-order.translate.ts';

/** An order of a store, and what became of it here. */
export interface StoreOrderRecord {
  merchantId: string;
  id: string;
  storeId: string;
  externalId: string;
  name: string;
  status: StoreOrderStatus;
  reason: string | null;
  detail: string | null;
  /** Null once it is placed or over. */
  draft: StoreOrder | null;
  lines: StoreLine[];
  orderId: string | null;
  storeUpdatedAt: Date;
  receivedAt: Date;
}

export interface StoreOrderFilter {
  storeId: string | null;
  status: string | null;
}

/** Most are these. */
const PLACED = 'placed';

const COLUMNS = `merchant_id AS "merchantId", id, store_id AS "storeId", external_id AS "externalId", name, status, reason, detail, draft, lines,
  order_id AS "orderId", store_updated_at AS "storeUpdatedAt", received_at AS "receivedAt"`;

/** The store's order under its own id, locked; made where it is new, held until it is looked at. */
export async function lockByExternalId(
  tx: EntityManager,
  { merchantId, storeId, id }: { merchantId: string; storeId: string; id: string },
  order: StoreOrder,
  at: Date,
): Promise<{ record: StoreOrderRecord; isNew: boolean }> {
  const made = await one<StoreOrderRecord>(
    tx,
    `INSERT INTO store_order (merchant_id, id, store_id, external_id, name, status, reason, draft, lines, store_updated_at, received_at)
     VALUES ($1, $2, $3, $4, $5, 'held', 'new', $6, $7, $8, $9)
     ON CONFLICT (merchant_id, store_id, external_id) DO NOTHING RETURNING ${COLUMNS}`,
    [
      ...[merchantId, id, storeId, order.externalId, order.name, JSON.stringify(order), JSON.stringify(order.lines)],
      ...[order.updatedAt, at],
    ],
  );
  if (made !== null) return { record: made, isNew: true };
  const record = await one<StoreOrderRecord>(
    tx,
    `SELECT ${COLUMNS} FROM store_order WHERE merchant_id = $1 AND store_id = $2 AND external_id = $3 FOR UPDATE`,
    [merchantId, storeId, order.externalId],
  );
  if (record === null) throw new Error('The order of the store went away.');
  return { record, isNew: false };
}

/** Null: there is none. */
export function lockStoreOrder(tx: EntityManager, merchantId: string, id: string): Promise<StoreOrderRecord | null> {
  return one<StoreOrderRecord>(tx, `SELECT ${COLUMNS} FROM store_order WHERE merchant_id = $1 AND id = $2 FOR UPDATE`, [
    merchantId,
    id,
  ]);
}

export function findStoreOrder(db: Db, merchantId: string, id: string): Promise<StoreOrderRecord | null> {
  return one<StoreOrderRecord>(db, `SELECT ${COLUMNS} FROM store_order WHERE merchant_id = $1 AND id = $2`, [
    merchantId,
    id,
  ]);
}

/** The store's order that an order of ours stands for. */
export function storeOrderOf(db: Db, merchantId: string, orderId: string): Promise<StoreOrderRecord | null> {
  return one<StoreOrderRecord>(db, `SELECT ${COLUMNS} FROM store_order WHERE merchant_id = $1 AND order_id = $2`, [
    merchantId,
    orderId,
  ]);
}

/** Writes what became of it. */
export async function writeStoreOrder(tx: EntityManager, record: StoreOrderRecord): Promise<void> {
  await rows(
    tx,
    `UPDATE store_order SET name = $3, status = $4, reason = $5, detail = $6, draft = $7, lines = $8, order_id = $9,
       store_updated_at = $10, retry_at = NULL WHERE merchant_id = $1 AND id = $2`,
    [
      ...[record.merchantId, record.id, record.name, record.status, record.reason, record.detail],
      ...[record.draft === null ? null : JSON.stringify(record.draft), JSON.stringify(record.lines)],
      ...[record.orderId, record.storeUpdatedAt],
    ],
  );
}

/** Newest first. */
export function listStoreOrders(
  db: Db,
  merchantId: string,
  { storeId, status }: StoreOrderFilter,
  { limit, after }: PageRequest,
): Promise<StoreOrderRecord[]> {
  const { clauses, params } = filtersOf(
    [],
    [
      ['merchant_id =', merchantId],
      ['store_id =', storeId],
      ['status =', status === PLACED ? status : null],
    ],
  );
  const others = status === PLACED ? null : status;
  if (others !== null) clauses.push(`status <> '${PLACED}'`); // there is an index of those
  const newest = newestOf('store_order', { merchantId, status: others, after }, params);
  const where = whereOf([...clauses, ...newest.clauses]);
  return rows<StoreOrderRecord>(
    db,
    `SELECT ${COLUMNS} FROM store_order ${where} ORDER BY ${newest.order} LIMIT $${params.push(limit + 1)}`,
    params,
  );
}

/** Those that wait for this SKU are looked at again. */
export async function retryUnmapped(
  tx: EntityManager,
  { merchantId, storeId }: { merchantId: string; storeId: string },
  storeSku: string,
  at: Date,
): Promise<void> {
  await rows(
    tx,
    `UPDATE store_order SET retry_at = $4 WHERE merchant_id = $1 AND store_id = $2 AND status = 'held'
       AND reason = 'sku_not_mapped' AND lines @> $3::jsonb`,
    [merchantId, storeId, JSON.stringify([{ sku: storeSku }]), at],
  );
}

/** The first that are to be looked at again; for the house's sweep, across merchants. */
export function dueStoreOrders(db: Db, now: Date, limit: number): Promise<{ merchantId: string; id: string }[]> {
  return rows(
    db,
    `SELECT merchant_id AS "merchantId", id FROM store_order WHERE retry_at <= $1 ORDER BY retry_at LIMIT $2`,
    [now, limit],
  );
}

export async function nextRetry(db: Db): Promise<Date | null> {
  const found = await one<{ at: Date | null }>(
    db,
    'SELECT min(retry_at) AS at FROM store_order WHERE retry_at IS NOT NULL',
  );
  return found?.at ?? null;
}

/** The store's order under the store's own id, locked; null: it is not known. */
export function lockKnown(
  tx: EntityManager,
  merchantId: string,
  storeId: string,
  externalId: string,
): Promise<StoreOrderRecord | null> {
  return one<StoreOrderRecord>(
    tx,
    `SELECT ${COLUMNS} FROM store_order WHERE merchant_id = $1 AND store_id = $2 AND external_id = $3 FOR UPDATE`,
    [merchantId, storeId, externalId],
  );
}

/** The buyer's data go; one that was held can no longer be placed. */
export async function forgetDraft(tx: EntityManager, { merchantId, id }: StoreOrderRecord): Promise<void> {
  await rows(
    tx,
    `UPDATE store_order SET draft = NULL, retry_at = NULL,
       reason = CASE WHEN status = 'held' THEN 'erased' ELSE reason END, detail = CASE WHEN status = 'held' THEN NULL ELSE detail END,
       status = CASE WHEN status = 'held' THEN 'passed_over' ELSE status END
     WHERE merchant_id = $1 AND id = $2`,
    [merchantId, id],
  );
}

/** Those that nobody mended; for the house's sweep, across merchants. @returns how many */
export async function passOverOld(db: Db, before: Date, limit: number): Promise<number> {
  const gone = await rows(
    db,
    `UPDATE store_order o SET status = 'passed_over', reason = 'held_too_long', draft = NULL, retry_at = NULL
     FROM (SELECT merchant_id, id FROM store_order WHERE status = 'held' AND received_at < $1 ORDER BY received_at LIMIT $2) old
     WHERE o.merchant_id = old.merchant_id AND o.id = old.id AND o.status = 'held' RETURNING o.id`,
    [before, limit],
  );
  return gone.length;
}

/** Held orders of a buyer; for a person of the operator's across merchants. */
export function heldOf(
  tx: EntityManager,
  merchantId: string | null,
  { email, address }: SoughtBuyer,
): Promise<StoreOrderRecord[]> {
  return rows<StoreOrderRecord>(
    tx,
    `SELECT ${COLUMNS} FROM store_order WHERE ($1::uuid IS NULL OR merchant_id = $1) AND draft IS NOT NULL
       AND (lower(draft #>> '{shipTo,email}') = lower($2) OR (lower(draft #>> '{shipTo,line1}') = lower($3) AND draft #>> '{shipTo,country}' = $5
         AND ($4::text IS NULL OR lower(replace(draft #>> '{shipTo,postal_code}', ' ', '')) = lower(replace($4, ' ', '')))))
     ORDER BY merchant_id, id FOR UPDATE`,
    [merchantId, email ?? null, address?.line1 ?? null, address?.postal_code ?? null, address?.country ?? null],
  );
}
