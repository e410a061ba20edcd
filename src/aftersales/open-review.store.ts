import type { EntityManager } from 'typeorm';
import { rows, type Db } from '../database/sql.ts';
import type { PackageKey } from './caller.ts';
import { findDecisions, type DecisionRecord } from './decision.store.ts';

/** Of a package: what a request's decision left to a person, or a delivery after its refund. */
export type ReviewKind = 'tracking' | 'receipt' | 'cancellation' | 'address_change' | 'delivered_after_refund';

/** A question about a package that waits for a person; claims and returns have doors of their own. */
export interface OpenReview {
  kind: ReviewKind;
  /** Which left it to a person; of a delivery after its refund, the refund's. */
  decision: DecisionRecord;
}

/** From now on a person is awaited; asked again, the newest decision is the question. */
export async function openReview(
  tx: EntityManager,
  { merchantId, packageId, orderId }: PackageKey,
  { kind, decisionId, since }: { kind: ReviewKind; decisionId: string; since: Date },
): Promise<void> {
  await rows(
    tx,
    `INSERT INTO open_review (merchant_id, package_id, kind, order_id, decision_id, since) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (merchant_id, package_id, kind) DO UPDATE SET decision_id = excluded.decision_id, since = excluded.since`,
    [merchantId, packageId, kind, orderId, decisionId, since],
  );
}

/** Answered, or come to nothing. */
export async function endReviews(
  tx: EntityManager,
  merchantId: string,
  packageId: string,
  kinds: readonly ReviewKind[],
): Promise<void> {
  await rows(tx, `DELETE FROM open_review WHERE merchant_id = $1 AND package_id = $2 AND kind = ANY ($3::text[])`, [
    merchantId,
    packageId,
    kinds,
  ]);
}

/** What about a package is left to a person, the newest question first. */
export async function openReviews(db: Db, merchantId: string, packageId: string): Promise<OpenReview[]> {
  const open = await rows<{ kind: ReviewKind; id: string }>(
    db,
    `SELECT kind, decision_id AS id FROM open_review WHERE merchant_id = $1 AND package_id = $2 ORDER BY since DESC, kind`,
    [merchantId, packageId],
  );
  if (open.length === 0) return [];
  const decisions = await findDecisions(
    db,
    open.map(({ id }) => ({ merchantId, id })),
  );
  return open.flatMap(({ kind, id }) => {
    const decision = decisions.get(id);
    return decision === undefined ? [] : [{ kind, decision }];
  });
}
