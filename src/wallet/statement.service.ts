import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asMerchant } from '../database/scope.ts';
import { filtersOf } from '../database/filters.ts';
import { one, rows, type Db } from '../database/sql.ts';
import { Clock, instant } from '../kernel/clock.ts';
import { invalidField, NotFound } from '../kernel/errors.ts';
import { idOut } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import { page, type Page, type PageRequest } from '../kernel/pages.ts';
import { causeOut } from './ledger/causes.ts';
import { CASH, FIRST_LOT } from './ledger/chart.ts';
import { linesOf } from './ledger/verbs.ts';
import { ShownBalances } from './shown-balances.ts';
import type { BucketChangeView, StatementQuery, TransactionsQuery, TransactionView } from './wallet.dto.ts';

/** phase, debit, credit, minor units */
type Leg = readonly [string, number, number, string];

interface TransactionRow {
  number: string;
  id: string;
  type: string;
  currency: string;
  amount_minor: string;
  balance_after_minor: string;
  cause_type: string;
  cause_id: string;
  details: string;
  counts_at: Date;
  legs: Leg[];
}

const LINES_A_PART = 200;

const TRANSACTION = `SELECT j.number, j.id, j.type, j.currency, j.amount_minor, j.balance_after_minor, j.cause_type, j.cause_id, j.details, j.counts_at,
  (SELECT json_agg(json_build_array(p.phase, p.debit, p.credit, p.amount_minor::text) ORDER BY p.leg)
   FROM ledger_posting p WHERE p.merchant_id = j.merchant_id AND p.number = j.number) AS legs
  FROM ledger_journal j WHERE j.merchant_id = $1 AND j.type IS NOT NULL`;

/**
 * No journal counts for an instant before the one before it: a time is a number, which each currency's index has, and
 * what is newer or older than was asked for is not read.
 */
const numberAt = (extreme: 'min' | 'max', test: string, order: string): string => `(SELECT ${extreme}(at.number)
  FROM (SELECT DISTINCT currency FROM ledger_account WHERE merchant_id = $1) c CROSS JOIN LATERAL (
    SELECT k.number FROM ledger_journal k WHERE k.merchant_id = $1 AND k.currency = c.currency AND k.counts_at ${test}::timestamptz
    ORDER BY k.counts_at ${order}, k.number ${order} LIMIT 1) at)`;
const firstSince = (from: string): string => `j.number >= ${numberAt('min', `>= ${from}`, 'ASC')}`;
const lastUntil = (to: string): string => `j.number <= ${numberAt('max', `<= ${to}`, 'DESC')}`;

/** Most transactions are these. */
const CHARGED = 'order_charge';

/** A statement's frame. */
export interface StatementOutline {
  merchantId: string;
  currency: string;
  /** As it was asked, else the first entry; null: there is none. */
  start: Date | null;
  to: Date;
  opening: Money;
  closing: Money;
  entries: number;
  /** Numbers of the first and last journal. */
  first: string | null;
  last: string | null;
}

interface SpanRow {
  entries: number;
  change: string;
  first: string | null;
  last: string | null;
  start: Date | null;
}

/** What a merchant reads of the ledger: transactions, and statements whose opening and lines are their closing. */
@Injectable()
export class StatementService {
  constructor(
    private readonly db: DataSource,
    private readonly shown: ShownBalances,
    private readonly clock: Clock,
  ) {}

  /** One of the merchant's transactions, by its journal. @throws NotFound */
  async transaction(db: Db, merchantId: string, journalId: string): Promise<TransactionView> {
    const row = await one<TransactionRow>(db, `${TRANSACTION} AND j.id = $2`, [merchantId, journalId]);
    if (row === null) throw new NotFound('journal');
    return viewOf(row);
  }

  /** Newest first. */
  async transactions(
    merchantId: string,
    query: TransactionsQuery,
    { limit, after }: PageRequest,
  ): Promise<Page<TransactionView>> {
    const { clauses, params } = filtersOf(
      [merchantId],
      [
        ['j.number <', after?.[0]],
        ['j.type =', query.type],
        ['j.currency =', query.currency],
        ['j.counts_at >=', query.from],
        ['j.counts_at <=', query.to],
      ],
    );
    const { type = CHARGED } = query;
    if (query.from !== undefined) clauses.push(firstSince(`$${params.push(query.from)}`));
    if (query.to !== undefined) clauses.push(lastUntil(`$${params.push(query.to)}`));
    if (type !== CHARGED) clauses.push(`j.type <> '${CHARGED}'`); // there is an index of those
    const found = await rows<TransactionRow>(
      asMerchant(this.db, merchantId),
      `${[TRANSACTION, ...clauses].join(' AND ')} ORDER BY j.number DESC LIMIT $${params.push(limit + 1)}`,
      params,
    );
    return page(found, limit, viewOf, (row) => [row.number]);
  }

  /**
   * A statement without its lines: both ends inclusive, the opening and the lines are the closing. The same whenever it is
   * asked, as journals never count for an instant before the one before them; what is written later does not belong to it.
   * @throws InvalidFields no currency was named and the wallet has several; `from` is after `to`
   */
  async outline(merchantId: string, query: StatementQuery): Promise<StatementOutline> {
    const to = query.to === undefined ? this.clock.now() : new Date(query.to);
    const from = query.from === undefined ? null : new Date(query.from);
    if (from !== null && from > to) throw invalidField('/from', 'range', '`from` must not be after `to`.');
    const currency = query.currency ?? (await this.onlyCurrency(merchantId));
    const span = await one<SpanRow>(
      asMerchant(this.db, merchantId),
      `SELECT count(*)::int AS entries, coalesce(sum(amount_minor), 0) AS change, min(number) AS first, max(number) AS last,
         min(counts_at) AS start
       FROM ledger_journal WHERE merchant_id = $1 AND type IS NOT NULL AND currency = $2
         AND ($3::timestamptz IS NULL OR counts_at >= $3) AND ($4::timestamptz IS NULL OR counts_at <= $4)`,
      [merchantId, currency, from, query.to === undefined ? null : to],
    );
    const { entries = 0, change = '0', first = null, last = null, start = null } = span ?? {};
    const opening = await this.opening(merchantId, currency, first, from);
    const closing = opening.plus(Money.ofMinor(change, currency));
    return { merchantId, currency, start: from ?? start, to, opening, closing, entries, first, last };
  }

  /** The lines of an outline, oldest first (ties by journal number), read in parts as they are asked for. */
  async *lines({
    merchantId,
    currency,
    first,
    last,
  }: StatementOutline): AsyncGenerator<TransactionView[], void, undefined> {
    if (first === null || last === null) return;
    for (let next = first; ;) {
      const found = await rows<TransactionRow>(
        asMerchant(this.db, merchantId),
        `${TRANSACTION} AND j.currency = $2 AND j.number >= $3::bigint AND j.number <= $4::bigint ORDER BY j.number LIMIT $5`,
        [merchantId, currency, next, last, LINES_A_PART],
      );
      if (found.length > 0) yield found.map(viewOf);
      const end = found.at(-1);
      if (end === undefined || found.length < LINES_A_PART) return;
      next = (BigInt(end.number) + 1n).toString();
    }
  }

  private async onlyCurrency(merchantId: string): Promise<string> {
    const [only, ...others] = await this.shown.of(merchantId);
    if (only === undefined || others.length > 0)
      throw invalidField('/currency', 'required', 'Name the currency: the wallet has more than one.');
    return only.currency;
  }

  /** @param first number of the first journal of the period; null: there is none */
  private async opening(merchantId: string, currency: string, first: string | null, from: Date | null): Promise<Money> {
    const before = await one<{ minor: string }>(
      asMerchant(this.db, merchantId),
      first === null
        ? `SELECT balance_after_minor AS minor FROM ledger_journal WHERE merchant_id = $1 AND currency = $2 AND counts_at < $3
           ORDER BY counts_at DESC, number DESC LIMIT 1`
        : `SELECT balance_after_minor - amount_minor AS minor FROM ledger_journal WHERE merchant_id = $1 AND currency = $2 AND number = $3`,
      [merchantId, currency, first ?? from],
    );
    return Money.ofMinor(before?.minor ?? 0n, currency);
  }
}

function viewOf(row: TransactionRow): TransactionView {
  const { currency } = row;
  return {
    id: idOut('jnl', row.id),
    type: row.type,
    amount: Money.ofMinor(row.amount_minor, currency).toJSON(),
    balance_after: Money.ofMinor(row.balance_after_minor, currency).toJSON(),
    bucket_changes: bucketChanges(row.legs, currency),
    cause: causeOut({ type: row.cause_type, id: row.cause_id }),
    explanation: linesOf(row.details, currency).map(({ text, amount }) => ({ text, amount: amount.toJSON() })),
    created_at: instant(row.counts_at),
  };
}

const bucketOf = (account: number): 'cash' | 'promotional' | null =>
  account === CASH ? 'cash' : account >= FIRST_LOT ? 'promotional' : null;

/** A hold moves cash to held; a capture takes from held; a release moves it back. */
function bucketChanges(legs: readonly Leg[], currency: string): BucketChangeView[] {
  const changes = { cash: 0n, held: 0n, promotional: 0n };
  for (const [phase, debit, credit, minor] of legs) {
    const amount = BigInt(minor);
    if (phase !== 'direct') changes.held += phase === 'hold' ? amount : -amount;
    if (phase === 'hold') changes.cash -= amount;
    if (phase === 'release') changes.cash += amount;
    if (phase !== 'direct') continue;
    const from = bucketOf(debit);
    const to = bucketOf(credit);
    if (from !== null) changes[from] -= amount;
    if (to !== null) changes[to] += amount;
  }
  return Object.entries(changes)
    .filter(([, minor]) => minor !== 0n)
    .map(([bucket, minor]) => ({ bucket, amount: Money.ofMinor(minor, currency).toJSON() }));
}
