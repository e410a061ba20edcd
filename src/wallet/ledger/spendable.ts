import { one, type Db } from '../../database/sql.ts';
import { Money } from '../../kernel/money.ts';
import type { Use } from './chart.ts';

/** What a charge of that kind could take at that instant: cash that is not held, and the lots that may pay for it. */
export async function spendable(
  db: Db,
  of: { merchantId: string; currency: string; use: Use; at: Date },
): Promise<Money> {
  const row = await one<{ minor: string | null }>(
    db,
    `SELECT sum(CASE WHEN number = 1 THEN posted_minor - held_minor
         WHEN open AND (expires_at IS NULL OR expires_at > $4) AND $3 = ANY (pays_for) THEN posted_minor ELSE 0 END) AS minor
       FROM ledger_account WHERE merchant_id = $1 AND currency = $2 AND (number = 1 OR number > 100)`,
    [of.merchantId, of.currency, of.use, of.at],
  );
  return Money.ofMinor(row?.minor ?? '0', of.currency);
}
