import type { EntityManager } from 'typeorm';
import { one, rows, type Db } from '../../database/sql.ts';
import { instant } from '../../kernel/clock.ts';
import { Money } from '../../kernel/money.ts';
import type { PageRequest } from '../../kernel/pages.ts';
import type { StatementOutline } from '../statement.service.ts';
import type { Month } from './month.policy.ts';
import type { MonthlyStatementView } from './monthly.dto.ts';

/** The month that a merchant's next statement is of. */
export interface DueMonth {
  merchantId: string;
  /** `2026-05-01` */
  firstDay: string;
}

/** A merchant's first month; one that has its schedule keeps it. */
export async function schedule(tx: EntityManager, merchantId: string, { firstDay, dueAt }: Month): Promise<void> {
  await rows(
    tx,
    `INSERT INTO statement_schedule (merchant_id, month, due_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
    [...[merchantId, firstDay, dueAt]],
  );
}

export async function nextDue(db: Db): Promise<Date | null> {
  return (await one<{ due: Date | null }>(db, 'SELECT min(due_at) AS due FROM statement_schedule'))?.due ?? null;
}

export function dueMonths(db: Db, now: Date, limit: number): Promise<DueMonth[]> {
  return rows<DueMonth>(
    db,
    `SELECT merchant_id AS "merchantId", to_char(month, 'YYYY-MM-DD') AS "firstDay" FROM statement_schedule
     WHERE due_at <= $1 ORDER BY due_at, merchant_id LIMIT $2`,
    [now, limit],
  );
}

/** Currencies in which the merchant had entries in the month. */
export async function currenciesIn(db: Db, merchantId: string, { start, end }: Month): Promise<string[]> {
  const found = await rows<{ currency: string }>(
    db,
    `SELECT DISTINCT currency FROM ledger_journal
     WHERE merchant_id = $1 AND type IS NOT NULL AND counts_at >= $2 AND counts_at <= $3 ORDER BY currency`,
    [merchantId, start, end],
  );
  return found.map(({ currency }) => currency);
}

/** Goes on to the next month. @param next null: there is none, the account is closed @returns false: somebody else did */
export async function advance(tx: EntityManager, due: DueMonth, next: Month | null): Promise<boolean> {
  const key = [due.merchantId, due.firstDay];
  const moved =
    next === null
      ? await rows(tx, 'DELETE FROM statement_schedule WHERE merchant_id = $1 AND month = $2 RETURNING month', key)
      : await rows(
          tx,
          'UPDATE statement_schedule SET month = $3, due_at = $4 WHERE merchant_id = $1 AND month = $2 RETURNING month',
          [...key, next.firstDay, next.dueAt],
        );
  return moved.length === 1;
}

export async function postpone(db: Db, { merchantId, firstDay }: DueMonth, until: Date): Promise<void> {
  await rows(db, 'UPDATE statement_schedule SET due_at = $3 WHERE merchant_id = $1 AND month = $2', [
    ...[merchantId, firstDay, until],
  ]);
}

export async function storeMonthly(tx: EntityManager, month: Month, it: StatementOutline, at: Date): Promise<void> {
  await rows(
    tx,
    `INSERT INTO monthly_statement (merchant_id, month, currency, from_at, to_at, opening_minor, closing_minor, entries, made_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      ...[it.merchantId, month.firstDay, it.currency, month.start, month.end],
      ...[it.opening.minor.toString(), it.closing.minor.toString(), it.entries, at],
    ],
  );
}

export interface MonthlyRecord {
  /** `2026-05` */
  month: string;
  currency: string;
  from: Date;
  to: Date;
  opening: Money;
  closing: Money;
  entries: number;
  madeAt: Date;
}

interface Row {
  month: string;
  currency: string;
  from_at: Date;
  to_at: Date;
  opening_minor: string;
  closing_minor: string;
  entries: number;
  made_at: Date;
}

/** Newest month first, currencies by their code; one more than the page, where there is one. */
export async function listMonthly(db: Db, merchantId: string, request: PageRequest): Promise<MonthlyRecord[]> {
  const params: unknown[] = [merchantId];
  let before = '';
  if (request.after !== null) {
    const [month, currency] = request.after;
    params.push(`${month}-01`, currency);
    before = 'AND s.month <= $2::date AND (s.month < $2::date OR s.currency > $3)';
  }
  const found = await rows<Row>(
    db,
    `SELECT to_char(s.month, 'YYYY-MM') AS month, s.currency, s.from_at, s.to_at, s.opening_minor, s.closing_minor,
       s.entries, s.made_at
     FROM monthly_statement s WHERE s.merchant_id = $1 ${before}
     ORDER BY s.month DESC, s.currency LIMIT $${params.push(request.limit + 1)}`,
    params,
  );
  return found.map((row) => ({
    ...{ month: row.month, currency: row.currency, from: row.from_at, to: row.to_at, entries: row.entries },
    opening: Money.ofMinor(row.opening_minor, row.currency),
    closing: Money.ofMinor(row.closing_minor, row.currency),
    madeAt: row.made_at,
  }));
}

export const MONTHLY_CURSOR = [/^[1-9]\d{3}-(0[1-9]|1[0-2])$/, /^[A-Z]{3}$/];

export function monthlyView({
  month,
  currency,
  from,
  to,
  opening,
  closing,
  entries,
  madeAt,
}: MonthlyRecord): MonthlyStatementView {
  return {
    ...{ month, currency, from: instant(from), to: instant(to), entries },
    ...{ opening: opening.toJSON(), closing: closing.toJSON(), made_at: instant(madeAt) },
  };
}
