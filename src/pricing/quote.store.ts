import type { EntityManager } from 'typeorm';
import { one, rows, type Db } from '../database/sql.ts';
import { invalidField } from '../kernel/errors.ts';
import { Money } from '../kernel/money.ts';
import type { QuoteView } from './pricing.dto.ts';
import { QuoteExpired } from './pricing.errors.ts';

/** A price that was promised for a while. */
export interface Quote {
  id: string;
  total: Money;
  expiresAt: Date;
}

export interface NewQuote extends Quote {
  merchantId: string;
  createdAt: Date;
  /** As the API showed it. */
  answer: QuoteView;
}

export async function insertQuote(tx: EntityManager, quote: NewQuote): Promise<void> {
  const { merchantId, id, total, answer, createdAt, expiresAt } = quote;
  await rows(
    tx,
    `INSERT INTO quote (merchant_id, id, currency, total_minor, answer, created_at, expires_at) VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7)`,
    [merchantId, id, total.currency, total.minor.toString(), JSON.stringify(answer), createdAt, expiresAt],
  );
}

/** @throws QuoteExpired @throws InvalidFields the merchant has no such quote */
export async function holdingQuote(tx: EntityManager, merchantId: string, id: string, now: Date): Promise<Quote> {
  const row = await one<{ currency: string; minor: string; expiresAt: Date }>(
    tx,
    `SELECT currency, total_minor AS minor, expires_at AS "expiresAt" FROM quote WHERE merchant_id = $1 AND id = $2`,
    [merchantId, id],
  );
  if (row === null) throw invalidField('/quote', 'unknown_quote', 'There is no such quote.');
  if (now > row.expiresAt) throw new QuoteExpired(row.expiresAt);
  return { id, total: Money.ofMinor(row.minor, row.currency), expiresAt: row.expiresAt };
}

export async function quoteAnswer(db: Db, merchantId: string, id: string): Promise<QuoteView | null> {
  const row = await one<{ answer: QuoteView }>(db, 'SELECT answer FROM quote WHERE merchant_id = $1 AND id = $2', [
    merchantId,
    id,
  ]);
  return row?.answer ?? null;
}
