import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import { DataSource } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { rows } from '../../database/sql.ts';
import { Clock, plusDays } from '../../kernel/clock.ts';
import { invalidField } from '../../kernel/errors.ts';
import { Money } from '../../kernel/money.ts';
import type { RollUpQuery, RollUpView } from '../reconciliation/reconciliation.dto.ts';
import { accountName } from './chart.ts';

const DAYS = 30;
const MOST_DAYS = 366;
const FIRST_DAY = '1970-01-01';

/** What finance books a day: the movements of every account, all merchants together. */
@Injectable()
export class RollUps {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Days in UTC, by what journals count for. @throws InvalidFields more than a year, or backwards */
  async daily({ currency, from, to }: RollUpQuery): Promise<RollUpView> {
    const last = to ?? dayOf(this.clock.now());
    const first = from ?? dayOf(plusDays(new Date(`${last}T00:00:00Z`), -DAYS));
    const until = plusDays(new Date(`${last}T00:00:00Z`), 1);
    if (first < FIRST_DAY || first > last || until > plusDays(new Date(`${first}T00:00:00Z`), MOST_DAYS))
      throw invalidField('/from', 'range', `\`from\` is at most ${MOST_DAYS} days before \`to\`.`);
    const found = await rows<{ day: string; account: number; debit: string; credit: string }>(
      asHouse(this.db),
      `SELECT to_char(j.counts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, least(side.account, 101) AS account,
         sum(side.debit) AS debit, sum(side.credit) AS credit
       FROM ledger_journal j JOIN ledger_posting p ON p.merchant_id = j.merchant_id AND p.number = j.number AND p.phase IN ('direct', 'capture')
         CROSS JOIN LATERAL (VALUES (p.debit, p.amount_minor, 0), (p.credit, 0, p.amount_minor)) AS side (account, debit, credit)
       WHERE j.currency = $1 AND j.counts_at >= $2 AND j.counts_at < $3 GROUP BY 1, 2 ORDER BY 1, 2`,
      [currency, new Date(`${first}T00:00:00Z`), until],
    );
    const money = (minor: string) => Money.ofMinor(minor, currency).toJSON();
    const lines = found.map(({ day, account, debit, credit }) => ({
      ...{ date: day, account: accountName(account), debit: money(debit), credit: money(credit) },
    }));
    return { currency, from: first, to: last, lines };
  }
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

export function rollUpCsv({ currency, lines }: RollUpView): string {
  const table = lines.map(({ date, account, debit, credit }) => [date, account, currency, debit.amount, credit.amount]);
  return stringify([['date', 'account', 'currency', 'debit', 'credit'], ...table]);
}
