import type { EntityManager } from 'typeorm';
import { filtersOf, whereOf } from '../../database/filters.ts';
import { one, rows, type Db } from '../../database/sql.ts';
import { NotFound } from '../../kernel/errors.ts';
import type { PageRequest } from '../../kernel/pages.ts';
import type { Evidence, FactRequest, Inspection } from '../../policies/policies.service.ts';
import type { ReturnStatus } from './return.machine.ts';
import { scanKey } from './return-code.ts';

export interface ReturnItem {
  line: number;
  quantity: number;
}

/** Goods on their way back, or that shall go back. */
export interface ReturnRecord {
  merchantId: string;
  id: string;
  orderId: string;
  packageId: string;
  status: ReturnStatus;
  type: string;
  items: ReturnItem[];
  fault: FactRequest['fault'];
  preferredRemedy: FactRequest['preferred_remedy'];
  description: string | null;
  /** `return`, or whose decision wants the goods first: `claim:<id>`, `cancellation`. */
  askedBy: string;
  /** What came with the goods, or was handed in: `receipt`, `shipping_receipt`. */
  evidence: Evidence[];
  requestedAt: Date;
  decisionId: string | null;
  note: string | null;
  approvedBy: string | null;
  code: string | null;
  authorisedAt: Date | null;
  expiresAt: Date | null;
  courier: string | null;
  trackingNumber: string | null;
  sentAt: Date | null;
  receivedAt: Date | null;
  inspection: Inspection | null;
  endedAt: Date | null;
}

export interface ReturnFilter {
  /** Null: every merchant's. */
  merchantId: string | null;
  status?: string | undefined;
  type?: string | undefined;
  orderId?: string | undefined;
}

const SELECT = `
  SELECT merchant_id AS "merchantId", id, order_id AS "orderId", package_id AS "packageId", status, type, items, fault,
    preferred_remedy AS "preferredRemedy", description, asked_by AS "askedBy", evidence, requested_at AS "requestedAt",
    decision_id AS "decisionId", note, approved_by AS "approvedBy", code, authorised_at AS "authorisedAt",
    expires_at AS "expiresAt", courier, tracking_number AS "trackingNumber", sent_at AS "sentAt",
    received_at AS "receivedAt", inspection, ended_at AS "endedAt"
  FROM goods_return`;

export async function insertReturn(tx: EntityManager, made: ReturnRecord): Promise<void> {
  await rows(
    tx,
    `INSERT INTO goods_return (merchant_id, id, order_id, package_id, status, type, items, fault, preferred_remedy,
       description, asked_by, requested_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[made.merchantId, made.id, made.orderId, made.packageId, made.status, made.type, JSON.stringify(made.items)],
      ...[made.fault, made.preferredRemedy, made.description, made.askedBy, made.requestedAt],
    ],
  );
}

/** Writes what may change of it. The caller holds the order's lock. */
export async function saveReturn(tx: EntityManager, now: ReturnRecord): Promise<void> {
  await rows(
    tx,
    `UPDATE goods_return SET status = $3, evidence = $4, decision_id = $5, note = $6, approved_by = $7, code = $8,
       authorised_at = $9, expires_at = $10, courier = $11, tracking_number = $12, sent_at = $13, received_at = $14,
       inspection = $15, ended_at = $16, items = $17 WHERE merchant_id = $1 AND id = $2`,
    [
      ...[now.merchantId, now.id, now.status, now.evidence, now.decisionId, now.note, now.approvedBy, now.code],
      ...[now.authorisedAt, now.expiresAt, now.courier, now.trackingNumber, now.sentAt, now.receivedAt],
      ...[now.inspection === null ? null : JSON.stringify(now.inspection), now.endedAt],
      JSON.stringify(now.items),
    ],
  );
}

/** @param merchantId null: whoever's it is (staff) @throws NotFound */
export async function getReturn(db: Db, merchantId: string | null, id: string): Promise<ReturnRecord> {
  const found = await one<ReturnRecord>(db, `${SELECT} WHERE id = $1 AND ($2::uuid IS NULL OR merchant_id = $2)`, [
    id,
    merchantId,
  ]);
  if (found === null) throw new NotFound('return');
  return found;
}

/** A package's returns, oldest first. */
export async function returnsOf(db: Db, merchantId: string, packageId: string): Promise<ReturnRecord[]> {
  return rows(db, `${SELECT} WHERE merchant_id = $1 AND package_id = $2 ORDER BY id`, [merchantId, packageId]);
}

/** Newest first; one more row than asked tells that there is a next page. */
export async function listReturns(
  db: Db,
  filter: ReturnFilter,
  { limit, after }: PageRequest,
): Promise<ReturnRecord[]> {
  const { clauses, params } = filtersOf(
    [],
    [
      ['merchant_id =', filter.merchantId],
      ['id <', after?.[0]],
      ['status =', filter.status],
      ['type =', filter.type],
      ['order_id =', filter.orderId],
    ],
  );
  const where = whereOf(clauses);
  return rows(db, `${SELECT} ${where} ORDER BY id DESC LIMIT $${params.push(limit + 1)}`, params);
}

/** Erases what people wrote about an order's returns, and the buyer's own parcel numbers. */
export async function forgetWords(tx: EntityManager, merchantId: string, orderId: string): Promise<void> {
  await rows(
    tx,
    `DELETE FROM return_route t USING goods_return r WHERE r.merchant_id = $1 AND r.order_id = $2
       AND t.return_id = r.id AND t.kind = 'tracking'`,
    [merchantId, orderId],
  );
  await rows(
    tx,
    `UPDATE goods_return SET description = NULL, note = NULL, tracking_number = NULL
     WHERE merchant_id = $1 AND order_id = $2`,
    [merchantId, orderId],
  );
}

export interface ReturnKey {
  merchantId: string;
  returnId: string;
}

/** @returns false where the code is another return's */
export async function routeCode(
  tx: EntityManager,
  { merchantId, returnId }: ReturnKey,
  code: string,
): Promise<boolean> {
  const mine = await rows(
    tx,
    `INSERT INTO return_route (scanned, kind, merchant_id, return_id) VALUES ($1, 'code', $2, $3)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [scanKey(code), merchantId, returnId],
  );
  return mine.length === 1;
}

/** The buyer's own tracking number leads to the return too; a newer one replaces it. */
export async function routeTracking(tx: EntityManager, key: ReturnKey, trackingNumber: string): Promise<void> {
  await rows(tx, `DELETE FROM return_route WHERE return_id = $1 AND kind = 'tracking'`, [key.returnId]);
  await rows(
    tx,
    `INSERT INTO return_route (scanned, kind, merchant_id, return_id) VALUES ($1, 'tracking', $2, $3)
     ON CONFLICT DO NOTHING`,
    [scanKey(trackingNumber), key.merchantId, key.returnId],
  );
}

/** Whose return a scanned code or number leads to; codes before numbers, the newest return first. */
export async function returnBehind(db: Db, scanned: string): Promise<ReturnKey | null> {
  return one(
    db,
    `SELECT merchant_id AS "merchantId", return_id AS "returnId" FROM return_route WHERE scanned = $1
     ORDER BY kind, return_id DESC LIMIT 1`,
    [scanKey(scanned)],
  );
}

/** Authorised ones whose time is over, the earliest first. */
export async function expiredAt(db: Db, now: Date, limit: number): Promise<ReturnKey[]> {
  return rows(
    db,
    `SELECT merchant_id AS "merchantId", id AS "returnId" FROM goods_return
     WHERE status = 'authorised' AND expires_at < $1 ORDER BY expires_at, id LIMIT $2`,
    [now, limit],
  );
}

/** The first instant at which one has expired: strictly after its last. */
export async function nextExpiry(db: Db): Promise<Date | null> {
  const row = await one<{ at: Date | null }>(
    db,
    `SELECT min(expires_at) + interval '1 millisecond' AS at FROM goods_return WHERE status = 'authorised'`,
  );
  return row?.at ?? null;
}
