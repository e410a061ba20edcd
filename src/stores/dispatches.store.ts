import type { EntityManager } from 'typeorm';
import { one, rows, type Db } from '../database/sql.ts';

/** A parcel's number that is to be told to the store. */
export interface Dispatch {
  merchantId: string;
  packageId: string;
  storeOrderId: string;
  status: 'pending' | 'told' | 'failed';
  courier: string;
  trackingNumber: string;
  /** In the store's own lines. */
  items: { externalId: string; quantity: number }[];
  attempts: number;
  lastError: string | null;
  nextAt: Date | null;
  giveUpAt: Date;
  toldAt: Date | null;
}

const COLUMNS = `merchant_id AS "merchantId", package_id AS "packageId", store_order_id AS "storeOrderId", status, courier,
  tracking_number AS "trackingNumber", items, attempts, last_error AS "lastError", next_at AS "nextAt", give_up_at AS "giveUpAt", told_at AS "toldAt"`;

/** Once a package, however often it is said to have left. */
export async function addDispatch(
  tx: EntityManager,
  dispatch: Pick<
    Dispatch,
    'merchantId' | 'packageId' | 'storeOrderId' | 'courier' | 'trackingNumber' | 'items' | 'giveUpAt'
  >,
  now: Date,
): Promise<void> {
  const { merchantId, packageId, storeOrderId, courier, trackingNumber, items, giveUpAt } = dispatch;
  await rows(
    tx,
    `INSERT INTO store_dispatch (merchant_id, package_id, store_order_id, status, courier, tracking_number, items, next_at, give_up_at)
     VALUES ($1, $2, $3, 'pending', $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
    [merchantId, packageId, storeOrderId, courier, trackingNumber, JSON.stringify(items), now, giveUpAt],
  );
}

/** Due ones, for the house's worker, across merchants. */
export function dueDispatches(db: Db, now: Date, limit: number): Promise<{ merchantId: string; packageId: string }[]> {
  return rows(
    db,
    `SELECT merchant_id AS "merchantId", package_id AS "packageId" FROM store_dispatch WHERE next_at <= $1 ORDER BY next_at LIMIT $2`,
    [now, limit],
  );
}

/** Takes one for a try: nobody else takes it before `until`. Null: somebody has. */
export function claimDispatch(
  tx: EntityManager,
  { merchantId, packageId }: { merchantId: string; packageId: string },
  now: Date,
  until: Date,
): Promise<Dispatch | null> {
  return one<Dispatch>(
    tx,
    `UPDATE store_dispatch SET next_at = $4, attempts = attempts + 1
     WHERE merchant_id = $1 AND package_id = $2 AND next_at <= $3 RETURNING ${COLUMNS}`,
    [merchantId, packageId, now, until],
  );
}

/** @param outcome.nextAt null: it is over, told or given up */
export async function endDispatchTry(
  tx: EntityManager,
  { merchantId, packageId }: { merchantId: string; packageId: string },
  outcome: { status: Dispatch['status']; error: string | null; nextAt: Date | null; toldAt: Date | null },
): Promise<void> {
  await rows(
    tx,
    `UPDATE store_dispatch SET status = $3, last_error = $4, next_at = $5, told_at = $6
     WHERE merchant_id = $1 AND package_id = $2 AND status = 'pending'`,
    [merchantId, packageId, outcome.status, outcome.error, outcome.nextAt, outcome.toldAt],
  );
}

/** Of one order of a store, oldest package first. */
export function dispatchesOf(db: Db, merchantId: string, storeOrderId: string): Promise<Dispatch[]> {
  return rows<Dispatch>(
    db,
    `SELECT ${COLUMNS} FROM store_dispatch WHERE merchant_id = $1 AND store_order_id = $2 ORDER BY package_id`,
    [merchantId, storeOrderId],
  );
}

/** A failed one is tried again from the start. @returns false where there is none that has failed */
export async function tellAgain(
  tx: EntityManager,
  { merchantId, packageId }: { merchantId: string; packageId: string },
  now: Date,
  giveUpAt: Date,
): Promise<boolean> {
  const found = await one(
    tx,
    `UPDATE store_dispatch SET status = 'pending', next_at = $3, give_up_at = $4
     WHERE merchant_id = $1 AND package_id = $2 AND status = 'failed' RETURNING package_id`,
    [merchantId, packageId, now, giveUpAt],
  );
  return found !== null;
}
