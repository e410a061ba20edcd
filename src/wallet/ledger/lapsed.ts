import { one, type Db } from '../../database/sql.ts';
import { Money } from '../../kernel/money.ts';

/** What of a refund came back into credit that had expired, and lapsed at once (wallet.md, Verbs). */
export async function lapsedOf(
  db: Db,
  { merchantId, journalId, currency }: { merchantId: string; journalId: string; currency: string },
): Promise<Money> {
  const row = await one<{ minor: string }>(
    db,
    `SELECT coalesce(-sum(l.amount_minor), 0) AS minor FROM ledger_journal r
       JOIN ledger_journal l ON l.merchant_id = r.merchant_id AND l.number = r.number + 1 AND l.about = r.number AND l.verb = 'lapse'
     WHERE r.merchant_id = $1 AND r.id = $2 AND r.verb = 'refund'`,
    [merchantId, journalId],
  );
  return Money.ofMinor(row?.minor ?? 0n, currency);
}
