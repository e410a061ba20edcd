import type { EntityManager } from 'typeorm';
import { one, rows } from '../database/sql.ts';
import { idOut } from '../kernel/ids.ts';
import type { Money } from '../kernel/money.ts';
import type { TopUpRow } from './top-up.store.ts';
import { BankReferenceUsed } from './wallet.errors.ts';

/** Who says that the money is there: somebody who looked at the bank, its statement, or somebody who saw two payments. */
export type SeenBy = 'hand' | 'statement' | 'another_payment';

/** Money of a bank transfer, under what the bank calls it. */
export interface BankPayment {
  amount: Money;
  bankReference: string;
  seenBy: SeenBy;
}

/**
 * A payment is credited once. It may be split over several top-ups, so the amount tells: of one merchant and amount it is
 * the same payment read twice; so it is, of any merchant, where one was seen by hand and the other on the statement. Two
 * merchants' that were both seen by hand are left to the report (`reference_twice`): banks call many payments alike.
 * Those who credit under one reference at the same time come one after the other.
 * @param topUp locked
 * @throws BankReferenceUsed
 */
export async function claimReference(
  tx: EntityManager,
  topUp: TopUpRow,
  { amount, bankReference, seenBy }: BankPayment,
): Promise<void> {
  await rows(tx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`bank reference ${bankReference}`]);
  if (seenBy === 'another_payment') return;
  const used = await one<{ id: string }>(
    tx,
    `SELECT id FROM top_up WHERE bank_reference = $1 AND received_minor = $2 AND currency = $3 AND id <> $4
       AND CASE WHEN $5 THEN bank_line_id IS NULL ELSE merchant_id = $6 OR bank_line_id IS NOT NULL END LIMIT 1`,
    [bankReference, amount.minor, amount.currency, topUp.id, seenBy === 'statement', topUp.merchant_id],
  );
  if (used !== null) throw new BankReferenceUsed(bankReference, idOut('top', used.id));
}
