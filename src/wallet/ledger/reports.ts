import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { one, rows } from '../../database/sql.ts';
import { instant } from '../../kernel/clock.ts';
import { NotFound } from '../../kernel/errors.ts';
import { idOut } from '../../kernel/ids.ts';
import { Money } from '../../kernel/money.ts';
import type { JournalView, TrialBalanceView } from '../wallet.dto.ts';
import { causeOut } from './causes.ts';
import { accountName } from './chart.ts';
import { linesOf } from './verbs.ts';

interface JournalRow {
  merchant_id: string;
  number: string;
  id: string;
  verb: string;
  type: string | null;
  key: string;
  cause_type: string;
  cause_id: string;
  currency: string;
  details: string;
  amount_minor: string;
  balance_after_minor: string;
  counts_at: Date;
  written_at: Date;
  hash: string;
}

interface PostingRow {
  phase: string;
  debit: number;
  credit: number;
  amount_minor: string;
}

/** What finance reads across the books. */
@Injectable()
export class LedgerReports {
  constructor(private readonly db: DataSource) {}

  /** Every account's balance over all books of a currency; what merchants have stands on the credit side. */
  async trialBalance(currency: string): Promise<TrialBalanceView> {
    const found = await rows<{ account: number; posted: string }>(
      asHouse(this.db),
      `SELECT least(number, 101) AS account, sum(posted_minor) AS posted FROM ledger_account WHERE currency = $1
       GROUP BY 1 ORDER BY 1`,
      [currency],
    );
    const zero = Money.zero(currency);
    const lines = found.map(({ account, posted }) => {
      const balance = Money.ofMinor(posted, currency);
      return { account: accountName(account), debit: balance.negated().atLeastZero(), credit: balance.atLeastZero() };
    });
    const debit = lines.reduce((sum, line) => sum.plus(line.debit), zero);
    const credit = lines.reduce((sum, line) => sum.plus(line.credit), zero);
    return {
      currency,
      accounts: lines.map((line) => ({
        account: line.account,
        debit: line.debit.toJSON(),
        credit: line.credit.toJSON(),
      })),
      debit: debit.toJSON(),
      credit: credit.toJSON(),
      balanced: debit.compare(credit) === 0,
    };
  }

  /** @throws NotFound */
  async journal(id: string): Promise<JournalView> {
    const journal = await one<JournalRow>(
      asHouse(this.db),
      `SELECT merchant_id, number, id, verb, type, key, cause_type, cause_id, currency, details, amount_minor, balance_after_minor,
         counts_at, written_at, encode(hash, 'hex') AS hash FROM ledger_journal WHERE id = $1`,
      [id],
    );
    if (journal === null) throw new NotFound('journal');
    const postings = await rows<PostingRow>(
      asHouse(this.db),
      'SELECT phase, debit, credit, amount_minor FROM ledger_posting WHERE merchant_id = $1 AND number = $2 ORDER BY leg',
      [journal.merchant_id, journal.number],
    );
    return journalView(journal, postings);
  }
}

function journalView(journal: JournalRow, postings: readonly PostingRow[]): JournalView {
  const { currency } = journal;
  const money = (minor: string) => Money.ofMinor(minor, currency).toJSON();
  return {
    id: idOut('jnl', journal.id),
    merchant: idOut('mer', journal.merchant_id),
    number: journal.number,
    verb: journal.verb,
    type: journal.type,
    key: journal.key,
    cause: causeOut({ type: journal.cause_type, id: journal.cause_id }),
    amount: money(journal.amount_minor),
    balance_after: money(journal.balance_after_minor),
    explanation: linesOf(journal.details, currency).map(({ text, amount }) => ({ text, amount: amount.toJSON() })),
    postings: postings.map(({ phase, debit, credit, amount_minor }) => ({
      phase,
      debit: accountName(debit),
      credit: accountName(credit),
      amount: money(amount_minor),
    })),
    created_at: instant(journal.counts_at),
    written_at: instant(journal.written_at),
    hash: journal.hash,
  };
}
