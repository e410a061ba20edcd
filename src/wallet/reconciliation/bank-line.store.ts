import type { EntityManager } from 'typeorm';
import { rows } from '../../database/sql.ts';
import type { Money } from '../../kernel/money.ts';

/** A line of a bank's statement or a provider's report, as it was read. */
export interface Line {
  row: number;
  source: 'bank' | 'stripe';
  key: string;
  /** As the confirmation of a top-up keeps it. */
  proof: string;
  bookedOn: string;
  amount: Money;
  fee: Money;
  text: string;
  /** Of a provider's: its payment. */
  payment: string | null;
  /** Of a provider's: charge, refund, payout … */
  category: string | null;
  /** Of a provider's: its payout, which the line is part of, or is. */
  payout: string | null;
  /** Of a provider's: what the payer paid or got back, where that was another currency. */
  paid: Money | null;
}

export type LineSubject = { kind: 'top_up' | 'payout'; id: string };

/** What a line turned out to be: matched with what, or why a person has to look. */
export type Verdict =
  | { state: 'matched'; merchantId: string; subject: LineSubject; isNews: boolean }
  /** The provider's payout: many payments, of many merchants. */
  | { state: 'matched'; merchantId: null; subject: null; payout: string }
  | { state: 'review'; why: string; merchantId: string | null; subjectId: string | null };

/** @returns false: it was imported before */
export async function insertLine(tx: EntityManager, id: string, line: Line, at: Date): Promise<boolean> {
  const { amount, fee, paid } = line;
  const fresh = await rows(
    tx,
    `INSERT INTO bank_line (id, source, key, booked_on, amount_minor, currency, fee_minor, text, payment, category, payout,
       paid_minor, paid_currency, state, why, imported_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'review', 'new', $14)
     ON CONFLICT ON CONSTRAINT bank_line_once DO NOTHING RETURNING id`,
    [
      ...[id, line.source, line.key, line.bookedOn, amount.minor, amount.currency, fee.minor, line.text],
      ...[line.payment, line.category, line.payout, paid?.minor ?? null, paid?.currency ?? null, at],
    ],
  );
  return fresh.length > 0;
}

/** Whether the one that was imported under its key is of the same day and amount. */
export async function isSameLine(tx: EntityManager, { source, key, bookedOn, amount }: Line): Promise<boolean> {
  const same = await rows(
    tx,
    'SELECT 1 FROM bank_line WHERE source = $1 AND key = $2 AND booked_on = $3 AND amount_minor = $4 AND currency = $5',
    [source, key, bookedOn, amount.minor, amount.currency],
  );
  return same.length > 0;
}

export async function keepVerdict(tx: EntityManager, id: string, verdict: Verdict): Promise<void> {
  const matched = verdict.state === 'matched';
  const subjectId = matched ? (verdict.subject?.id ?? null) : verdict.subjectId;
  await rows(tx, 'UPDATE bank_line SET state = $2, why = $3, merchant_id = $4, subject_id = $5 WHERE id = $1', [
    ...[id, verdict.state, matched ? null : verdict.why, verdict.merchantId, subjectId],
  ]);
}

export function review(why: string, about: { merchant_id: string; id: string } | null = null): Verdict {
  return { state: 'review', why, merchantId: about?.merchant_id ?? null, subjectId: about?.id ?? null };
}
