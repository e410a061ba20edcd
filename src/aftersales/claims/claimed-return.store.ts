import { rows, type Db } from '../../database/sql.ts';
import { Money } from '../../kernel/money.ts';
import type { ReturnStatus } from '../returns/return.machine.ts';

/** The return of goods that a claim wanted back first, as far as it is the claim's. */
export interface ReturnOfClaim {
  id: string;
  status: ReturnStatus;
  /** What its receipt brought the wallet. */
  credited: Money;
}

/** The returns that several claims asked for, by their causes, in one statement. */
export async function returnsAskedBy(
  db: Db,
  claims: readonly { merchantId: string; packageId: string; cause: string }[],
): Promise<Map<string, ReturnOfClaim>> {
  const found = await rows<{ cause: string; id: string; status: ReturnStatus; minor: string; currency: string }>(
    db,
    `SELECT k.cause, r.id, r.status, coalesce(sum(d.credited_minor), 0) AS minor, min(d.currency) AS currency
     FROM goods_return r
       JOIN unnest($1::uuid[], $2::uuid[], $3::text[]) AS k (merchant_id, package_id, cause)
         ON r.merchant_id = k.merchant_id AND r.package_id = k.package_id AND r.asked_by = k.cause
       JOIN decision d ON d.merchant_id = r.merchant_id AND d.package_id = r.package_id
         AND (d.id = r.decision_id OR d.cause = 'return:' || r.id)
     GROUP BY k.cause, r.id, r.status`,
    [
      claims.map(({ merchantId }) => merchantId),
      claims.map(({ packageId }) => packageId),
      claims.map(({ cause }) => cause),
    ],
  );
  return new Map(
    found.map(({ cause, minor, currency, ...same }) => [cause, { ...same, credited: Money.ofMinor(minor, currency) }]),
  );
}
