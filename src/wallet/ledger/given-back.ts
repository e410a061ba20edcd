import { rows, type Db } from '../../database/sql.ts';
import { Money } from '../../kernel/money.ts';

/** What can be taken back of a journal that gave something: from the buckets that it came to. */
export interface GivenBack {
  cash: Money;
  /** As much as is left of each lot that has not expired, and at most what came to it. */
  lots: { number: number; amount: Money }[];
  total: Money;
}

/**
 * Credit that has expired, at once or since, and credit that was spent is nothing that the merchant has; promotional
 * money never becomes cash (wallet.md, Invariants, 9), so none is taken in its place.
 */
export async function givenBack(
  db: Db,
  { merchantId, journalId, currency, at }: { merchantId: string; journalId: string; currency: string; at: Date },
): Promise<GivenBack> {
  const found = await rows<{ number: number; minor: string }>(
    db,
    `SELECT a.number, CASE WHEN a.number = 1 THEN sum(p.amount_minor) ELSE least(sum(p.amount_minor), a.posted_minor) END AS minor
       FROM ledger_journal j JOIN ledger_posting p ON p.merchant_id = j.merchant_id AND p.number = j.number
       JOIN ledger_account a ON a.merchant_id = j.merchant_id AND a.currency = j.currency AND a.number = p.credit
     WHERE j.merchant_id = $1 AND j.id = $2 AND (a.number = 1 OR (a.number > 100 AND a.open AND (a.expires_at IS NULL OR a.expires_at > $3)))
     GROUP BY a.number, a.posted_minor ORDER BY a.number`,
    [merchantId, journalId, at],
  );
  const parts = found.map(({ number, minor }) => ({ number, amount: Money.ofMinor(minor, currency) }));
  const sum = (of: typeof parts): Money =>
    Money.sum(
      of.map(({ amount }) => amount),
      currency,
    );
  const lots = parts.filter(({ number, amount }) => number !== 1 && amount.isPositive());
  const cash = sum(parts.filter(({ number }) => number === 1));
  return { cash, lots, total: cash.plus(sum(lots)) };
}
