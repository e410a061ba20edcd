import type { EntityManager } from 'typeorm';
import { filtersOf, whereOf } from '../../database/filters.ts';
import { rows, type Db } from '../../database/sql.ts';
import { newId } from '../../kernel/ids.ts';
import type { PageRequest } from '../../kernel/pages.ts';

export const NOTICE_KINDS = [
  'first_scan_missing',
  'silent',
  'rto_overdue',
  'rto_unproven',
  'delivered_after_refund',
  'taken_back',
  'unannounced_parcel',
  'reply_overdue',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

export const NOTICE_ROLES = ['support', 'finance', 'warehouse'] as const;
export type NoticeRole = (typeof NOTICE_ROLES)[number];

/** What staff should know of a package. */
export interface Notice {
  merchantId: string;
  orderId: string;
  packageId: string;
  kind: NoticeKind;
  /** Whom it concerns. */
  role: NoticeRole;
  text: string;
  at: Date;
  /** What of the package, where that can be several things: a claim, and when its answer was due. */
  about?: string;
}

/** @returns false where it was noticed before: each thing once a package */
export async function addNotice(tx: EntityManager, notice: Notice): Promise<boolean> {
  const { merchantId, orderId, packageId, kind, role, text, at, about = '' } = notice;
  const added = await rows(
    tx,
    `INSERT INTO staff_notice (merchant_id, id, order_id, package_id, kind, role, text, created_at, about)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT ON CONSTRAINT notice_once DO NOTHING RETURNING 1`,
    [merchantId, newId(), orderId, packageId, kind, role, text, at, about],
  );
  return added.length === 1;
}

/** Newest first; one more row than asked tells that there is a next page. */
export async function listNotices(
  db: Db,
  { kind, role }: { kind?: string | undefined; role?: string | undefined },
  { limit, after }: PageRequest,
): Promise<(Notice & { id: string })[]> {
  const { clauses, params } = filtersOf(
    [],
    [
      ['id <', after?.[0]],
      ['kind =', kind],
      ['role =', role],
    ],
  );
  return rows(
    db,
    `SELECT merchant_id AS "merchantId", id, order_id AS "orderId", package_id AS "packageId", kind, role, text,
       created_at AS at
     FROM staff_notice ${whereOf(clauses)} ORDER BY id DESC LIMIT $${params.push(limit + 1)}`,
    params,
  );
}
