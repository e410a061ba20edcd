import { filtersOf, whereOf } from '../../database/filters.ts';
import { rows, type Db } from '../../database/sql.ts';
import type { PageRequest } from '../../kernel/pages.ts';

export const WAITING_KINDS = [
  'claim',
  'message',
  'return_request',
  'return',
  'tracking',
  'receipt',
  'cancellation',
  'address_change',
  'delivered_after_refund',
] as const;
export type WaitingKind = (typeof WAITING_KINDS)[number];

/** Something that waits for one of the operator's people. Ids are UUIDs. */
export interface Waiting {
  kind: WaitingKind;
  merchantId: string;
  orderId: string;
  packageId: string;
  /** Of the claim, the return or the package. */
  subjectId: string;
  /** The decision that left it to a person. */
  decisionId: string;
  since: Date;
  /** By when the merchant was promised an answer. */
  dueAt: Date | null;
}

export interface WaitingFilter {
  kind?: string | undefined;
  /** RFC 3339: those that have waited since before it. */
  sinceBefore?: string | undefined;
}

/** Each branch is what is open alone, by an index: so many rows as people have to do. */
const OPEN = `
  SELECT 'claim' AS kind, c.merchant_id, c.order_id, c.package_id, c.id AS subject_id, c.decision_id,
    coalesce(c.appealed_at, d.decided_at) AS since, c.reply_due_at AS due_at
  FROM claim c JOIN decision d ON d.merchant_id = c.merchant_id AND d.id = c.decision_id WHERE c.status = 'in_review'
  UNION ALL
  SELECT 'message', c.merchant_id, c.order_id, c.package_id, c.id, c.decision_id,
    coalesce((SELECT max(m.at) FROM claim_message m
      WHERE m.merchant_id = c.merchant_id AND m.claim_id = c.id AND m.author = 'merchant'), c.opened_at), c.reply_due_at
  FROM claim c WHERE c.reply_due_at IS NOT NULL AND c.status <> 'in_review'
  UNION ALL
  SELECT 'return_request', r.merchant_id, r.order_id, r.package_id, r.id, r.decision_id, r.requested_at, NULL
  FROM goods_return r WHERE r.status = 'requested'
  UNION ALL
  SELECT 'return', r.merchant_id, r.order_id, r.package_id, r.id, r.decision_id, r.received_at, NULL
  FROM goods_return r JOIN decision d ON d.merchant_id = r.merchant_id AND d.id = r.decision_id
  WHERE r.status = 'received' AND d.outcome = 'review'
  UNION ALL
  SELECT o.kind, o.merchant_id, o.order_id, o.package_id, o.package_id, o.decision_id, o.since, NULL FROM open_review o`;

/** Whatever waits for a person, of all merchants, what has waited longest first; one more than the page holds. */
export async function waiting(
  db: Db,
  { kind, sinceBefore }: WaitingFilter,
  { limit, after }: PageRequest,
): Promise<Waiting[]> {
  const { clauses, params } = filtersOf(
    [],
    [
      ['kind =', kind],
      ['since <', sinceBefore],
    ],
  );
  if (after !== null) {
    const [since, id, last] = after.map((key) => `$${params.push(key)}`);
    clauses.push(`(since, subject_id, kind) > (${since}::timestamptz, ${id}::uuid, ${last})`);
  }
  return rows(
    db,
    `SELECT kind, merchant_id AS "merchantId", order_id AS "orderId", package_id AS "packageId", subject_id AS "subjectId",
       decision_id AS "decisionId", since, due_at AS "dueAt"
     FROM (${OPEN}) open ${whereOf(clauses)} ORDER BY since, subject_id, kind LIMIT $${params.push(limit + 1)}`,
    params,
  );
}
