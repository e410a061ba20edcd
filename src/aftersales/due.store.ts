import type { EntityManager } from 'typeorm';
import { one, rows, send, type Db } from '../database/sql.ts';

/**
 * `late`: decided again past the policy's limit; `settle`: nothing can be asked any more; `first_scan`, `silent`,
 * `rto_overdue`: somebody is warned; `take_back`: the notice is over.
 */
export type DueKind = 'late' | 'settle' | 'first_scan' | 'silent' | 'rto_overdue' | 'take_back';

export interface Due {
  merchantId: string;
  packageId: string;
  orderId: string;
  kind: DueKind;
  at: Date;
}

/** Sets, moves or (null) clears the instant at which a package is looked at again. */
export function setDue(
  tx: EntityManager,
  { merchantId, packageId, orderId, kind }: Omit<Due, 'at'>,
  at: Date | null,
): void {
  if (at === null) {
    send(tx, `DELETE FROM aftersales_due WHERE merchant_id = $1 AND package_id = $2 AND kind = $3`, [
      merchantId,
      packageId,
      kind,
    ]);
    return;
  }
  send(
    tx,
    `INSERT INTO aftersales_due (merchant_id, package_id, order_id, kind, due_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (merchant_id, package_id, kind) DO UPDATE SET due_at = excluded.due_at`,
    [merchantId, packageId, orderId, kind, at],
  );
}

/** Sets the instant where none is set: what counts from the first fact. */
export function startDue(tx: EntityManager, { merchantId, packageId, orderId, kind, at }: Due): void {
  send(
    tx,
    `INSERT INTO aftersales_due (merchant_id, package_id, order_id, kind, due_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [merchantId, packageId, orderId, kind, at],
  );
}

/** It goes forward: it is asked from then on whether anything is heard, and no longer whether it came back. */
export function startSilence(tx: EntityManager, { merchantId, packageId, orderId, at }: Omit<Due, 'kind'>): void {
  send(
    tx,
    `WITH gone AS (DELETE FROM aftersales_due WHERE merchant_id = $1 AND package_id = $2 AND kind = 'rto_overdue')
     INSERT INTO aftersales_due (merchant_id, package_id, order_id, kind, due_at) VALUES ($1, $2, $3, 'silent', $4)
     ON CONFLICT DO NOTHING`,
    [merchantId, packageId, orderId, at],
  );
}

/** Nothing of these kinds is waited for any more. */
export function clearDue(
  tx: EntityManager,
  merchantId: string,
  packageIds: readonly string[],
  kinds: readonly DueKind[],
): void {
  send(
    tx,
    `DELETE FROM aftersales_due WHERE merchant_id = $1 AND package_id = ANY ($2::uuid[]) AND kind = ANY ($3::text[])`,
    [merchantId, packageIds, kinds],
  );
}

/** Takes what is due, once; the caller has locked the order. @returns false: somebody took or moved it */
export async function takeDue(tx: EntityManager, { merchantId, packageId, kind, at }: Due): Promise<boolean> {
  const taken = await rows(
    tx,
    `DELETE FROM aftersales_due WHERE merchant_id = $1 AND package_id = $2 AND kind = $3 AND due_at = $4 RETURNING 1`,
    [merchantId, packageId, kind, at],
  );
  return taken.length === 1;
}

/** What is due at that instant, the earliest first. */
export async function dueAt(db: Db, now: Date, limit: number): Promise<Due[]> {
  return rows<Due>(
    db,
    `SELECT merchant_id AS "merchantId", package_id AS "packageId", order_id AS "orderId", kind, due_at AS at
     FROM aftersales_due WHERE due_at <= $1 ORDER BY due_at, package_id LIMIT $2`,
    [now, limit],
  );
}

export async function nextDue(db: Db): Promise<Date | null> {
  const row = await one<{ due_at: Date | null }>(db, `SELECT min(due_at) AS due_at FROM aftersales_due`);
  return row?.due_at ?? null;
}
