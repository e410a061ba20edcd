import type { EntityManager } from 'typeorm';
import { one, rows, type Db } from '../../database/sql.ts';
import type { PageRequest } from '../../kernel/pages.ts';
import type { FactRequest, Facts } from '../../policies/policies.service.ts';
import type { ClaimDue } from './claim-times.policy.ts';
import type { ClaimStatus } from './claim.machine.ts';

/** What the claimant said beside the type, as facts take it. */
export type ClaimSaid = Pick<
  FactRequest,
  'preferred_remedy' | 'fault' | 'misuse' | 'minor_variation' | 'order_label_found' | 'charge'
>;

/** A claim as it stands. Ids are UUIDs. */
export interface ClaimRecord {
  merchantId: string;
  id: string;
  orderId: string;
  packageId: string;
  type: NonNullable<FactRequest['type']>;
  status: ClaimStatus;
  /** Empty: every unit of the package. */
  items: Facts['affected'];
  said: ClaimSaid;
  description: string | null;
  openedAt: Date;
  openedBy: string | null;
  /** The newest; null only until the first is made, in the transaction that opens it. */
  decisionId: string | null;
  replyDueAt: Date | null;
  due: ClaimDue | null;
  closesAt: Date | null;
  appealedAt: Date | null;
  closedAt: Date | null;
}

type Row = Omit<ClaimRecord, 'due'> & { dueKind: ClaimDue['kind'] | null; dueAt: Date | null };

const SELECT = `SELECT merchant_id AS "merchantId", id, order_id AS "orderId", package_id AS "packageId", type, status, items,
  said, description, opened_at AS "openedAt", opened_by AS "openedBy", decision_id AS "decisionId",
  reply_due_at AS "replyDueAt", due_kind AS "dueKind", due_at AS "dueAt", closes_at AS "closesAt",
  appealed_at AS "appealedAt", closed_at AS "closedAt" FROM claim`;

function toRecord({ dueKind, dueAt, ...same }: Row): ClaimRecord {
  return { ...same, due: dueKind === null || dueAt === null ? null : { kind: dueKind, at: dueAt } };
}

export async function insertClaim(tx: EntityManager, claim: ClaimRecord): Promise<void> {
  await rows(
    tx,
    `INSERT INTO claim (merchant_id, id, order_id, package_id, type, status, items, said, description, opened_at, opened_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...[claim.merchantId, claim.id, claim.orderId, claim.packageId, claim.type, claim.status],
      ...[JSON.stringify(claim.items), JSON.stringify(claim.said), claim.description, claim.openedAt, claim.openedBy],
    ],
  );
}

/** Writes what changes in a claim's life. The caller has locked its order. */
export async function updateClaim(tx: EntityManager, claim: ClaimRecord): Promise<void> {
  await rows(
    tx,
    `UPDATE claim SET status = $3, decision_id = $4, reply_due_at = $5, due_kind = $6, due_at = $7, closes_at = $8,
       appealed_at = $9, closed_at = $10, said = $11, description = $12 WHERE merchant_id = $1 AND id = $2`,
    [
      ...[claim.merchantId, claim.id, claim.status, claim.decisionId, claim.replyDueAt],
      ...[claim.due?.kind ?? null, claim.due?.at ?? null, claim.closesAt, claim.appealedAt, claim.closedAt],
      ...[JSON.stringify(claim.said), claim.description],
    ],
  );
}

/** @param merchantId null: whichever merchant's (staff) */
export async function findClaim(db: Db, merchantId: string | null, id: string): Promise<ClaimRecord | null> {
  const row =
    merchantId === null
      ? await one<Row>(db, `${SELECT} WHERE id = $1`, [id])
      : await one<Row>(db, `${SELECT} WHERE merchant_id = $1 AND id = $2`, [merchantId, id]);
  return row === null ? null : toRecord(row);
}

/** The open claims of an order, oldest first. The caller has locked the order. */
export async function openClaims(tx: EntityManager, merchantId: string, orderId: string): Promise<ClaimRecord[]> {
  const found = await rows<Row>(
    tx,
    `${SELECT} WHERE merchant_id = $1 AND order_id = $2 AND status IN ('needs_evidence', 'waiting', 'in_review') ORDER BY id`,
    [merchantId, orderId],
  );
  return found.map(toRecord);
}

export interface ClaimFilter {
  merchantId: string | null;
  status?: string | undefined;
  type?: string | undefined;
  orderId?: string | undefined;
  /** Awaiting an answer of the operator's people that is due before this instant. */
  replyDueBefore?: string | undefined;
}

/** Newest first, one more than the page holds. */
export async function listClaims(db: Db, filter: ClaimFilter, { limit, after }: PageRequest): Promise<ClaimRecord[]> {
  const params: unknown[] = [];
  const clauses = (
    [
      ['merchant_id =', filter.merchantId],
      ['status =', filter.status],
      ['type =', filter.type],
      ['order_id =', filter.orderId],
      ['reply_due_at <', filter.replyDueBefore],
      ['id <', after?.[0]],
    ] as const
  ).flatMap(([test, value]) => (value === undefined || value === null ? [] : [`${test} $${params.push(value)}`]));
  const where = clauses.length === 0 ? '' : `WHERE ${clauses.join(' AND ')}`;
  const found = await rows<Row>(db, `${SELECT} ${where} ORDER BY id DESC LIMIT $${params.push(limit + 1)}`, params);
  return found.map(toRecord);
}

/** A claim for which something is due. */
export interface DueClaim {
  merchantId: string;
  id: string;
  orderId: string;
}

/** Claims of all merchants for which something is due at that instant, the earliest first. */
export async function dueClaims(db: Db, now: Date, limit: number): Promise<DueClaim[]> {
  return rows<DueClaim>(
    db,
    `SELECT merchant_id AS "merchantId", id, order_id AS "orderId" FROM claim WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2`,
    [now, limit],
  );
}

export async function nextDueClaim(db: Db): Promise<Date | null> {
  const row = await one<{ due_at: Date | null }>(
    db,
    `SELECT min(due_at) AS due_at FROM claim WHERE due_at IS NOT NULL`,
  );
  return row?.due_at ?? null;
}

/** Claims of all merchants whose answer is overdue and of which nobody was alarmed, the longest overdue first. */
export async function overdueClaims(db: Db, now: Date, limit: number): Promise<DueClaim[]> {
  return rows<DueClaim>(
    db,
    `SELECT merchant_id AS "merchantId", id, order_id AS "orderId" FROM claim
     WHERE reply_due_at < $1 AND overdue_told_at IS DISTINCT FROM reply_due_at ORDER BY reply_due_at, id LIMIT $2`,
    [now, limit],
  );
}

/** Strictly after it is due. */
export async function nextOverdue(db: Db): Promise<Date | null> {
  const row = await one<{ at: Date | null }>(
    db,
    `SELECT min(reply_due_at) + interval '1 millisecond' AS at FROM claim
     WHERE reply_due_at IS NOT NULL AND overdue_told_at IS DISTINCT FROM reply_due_at`,
  );
  return row?.at ?? null;
}

/** @returns false: somebody was alarmed of it before */
export async function markOverdue(tx: EntityManager, { merchantId, id, replyDueAt }: ClaimRecord): Promise<boolean> {
  const marked = await rows(
    tx,
    `UPDATE claim SET overdue_told_at = reply_due_at
     WHERE merchant_id = $1 AND id = $2 AND reply_due_at = $3 AND overdue_told_at IS DISTINCT FROM reply_due_at RETURNING 1`,
    [merchantId, id, replyDueAt],
  );
  return marked.length === 1;
}
