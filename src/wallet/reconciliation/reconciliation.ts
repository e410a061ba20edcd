import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { one, rows } from '../../database/sql.ts';
import { Clock, DAY_MS } from '../../kernel/clock.ts';
import { invalidField, NotFound } from '../../kernel/errors.ts';
import { idIn, idOut } from '../../kernel/ids.ts';
import { Money } from '../../kernel/money.ts';
import { step, type TransitionTable } from '../../kernel/transitions.ts';
import { accountName } from '../ledger/chart.ts';
import type { SeenBy } from '../bank-references.ts';
import { TopUpsService } from '../top-ups.service.ts';
import { proofOf } from './bank-line.translate.ts';
import { ClearingAccounts } from './clearing.ts';
import type {
  BankLineView,
  ClearingView,
  OpenItemView,
  ReconciliationView,
  ResolutionBody,
} from './reconciliation.dto.ts';

const MOST_ITEMS = 1_000;
type LineState = 'matched' | 'review' | 'resolved';

const BANK_LINE: TransitionTable<LineState, 'resolve'> = { matched: {}, review: { resolve: 'resolved' }, resolved: {} };

/** Numbers of psp_clearing, bank_clearing and payout_clearing in the chart. */
const CLEARING_NUMBERS = [11, 12, 13];

type Subject = 'top_up' | 'payout';

interface ItemRow {
  account: string;
  status: string;
  why: string | null;
  line: string | null;
  subject_kind: Subject | null;
  subject_id: string | null;
  ours: string | null;
  theirs: string | null;
  currency: string;
  text: string;
  date: string;
}

interface LineRow {
  id: string;
  key: string;
  state: LineState;
  amount_minor: string;
  currency: string;
  booked_on: string;
  text: string;
  subject_id: string | null;
  note: string | null;
}

/** Lines that a person has to look at; top-ups and payouts that no statement shows. */
const BANK_ITEMS = `
  SELECT CASE WHEN amount_minor < 0 THEN 'payout_clearing' ELSE 'bank_clearing' END AS account, 'missing_here' AS status, why, id AS line,
    CASE WHEN subject_id IS NOT NULL THEN 'top_up' END AS subject_kind, subject_id, NULL::bigint AS ours, amount_minor AS theirs,
    currency, text, booked_on AS day
  FROM bank_line WHERE state = 'review' AND source = 'bank'
  UNION ALL
  SELECT 'bank_clearing', 'missing_there', CASE WHEN EXISTS (SELECT 1 FROM top_up o WHERE o.bank_reference = t.bank_reference AND o.id <> t.id) THEN 'reference_twice' END,
    NULL, 'top_up', id, received_minor, NULL, currency, reference, (received_at AT TIME ZONE 'UTC')::date
  FROM top_up t WHERE status = 'received' AND method = 'bank_transfer' AND bank_line_id IS NULL
  UNION ALL
  SELECT 'payout_clearing', 'missing_there', NULL, NULL, 'payout', id, -amount_minor, NULL, currency, coalesce(bank_reference, ''), (ended_at AT TIME ZONE 'UTC')::date
  FROM payout WHERE status = 'paid' AND bank_line_id IS NULL`;

/** Not the payout itself. */
const PART_OF_PAYOUT = `(category IS NULL OR category NOT IN ('payout', 'payout_reversal'))`;

/**
 * A payout of the provider's that no statement of the bank shows. A payment at the provider is all of its lines:
 * charge, refunds, disputes, as the payer sees them; ours is what came less what went back.
 */
const PROVIDER_ITEMS = `
  SELECT 'psp_clearing' AS account,
    CASE WHEN p.id IS NULL THEN 'missing_here' WHEN l.theirs IS NULL THEN 'missing_there' ELSE 'differs' END AS status,
    CASE WHEN p.id IS NULL THEN coalesce(l.why, 'unknown_payment') END AS why, l.line, CASE WHEN p.id IS NOT NULL THEN 'top_up' END AS subject_kind, p.id AS subject_id,
    p.ours, l.theirs, coalesce(p.currency, l.currency) AS currency, coalesce(p.reference, l.text) AS text, coalesce(p.day, l.day) AS day
  FROM (SELECT coalesce(payment, id::text) AS payment, coalesce(paid_currency, currency) AS currency,
      sum(coalesce(paid_minor, amount_minor))::bigint AS theirs, min(booked_on) AS day, min(text) AS text, min(why) AS why,
      (array_agg(id ORDER BY booked_on, id) FILTER (WHERE state = 'review'))[1] AS line
    FROM bank_line WHERE source = 'stripe' AND state <> 'resolved' AND ${PART_OF_PAYOUT} GROUP BY 1, 2) l
  FULL JOIN (SELECT id, payment, currency, reference, received_minor - taken_minor - charged_back_minor AS ours, (received_at AT TIME ZONE 'UTC')::date AS day
    FROM top_up WHERE status = 'received' AND method <> 'bank_transfer') p ON p.payment = l.payment AND p.currency = l.currency
  WHERE p.ours IS DISTINCT FROM l.theirs OR l.line IS NOT NULL
  UNION ALL
  SELECT 'psp_clearing', 'missing_there', 'provider_payout', NULL, NULL, NULL, sum(amount_minor - fee_minor)::bigint, NULL, currency, payout, min(booked_on)
  FROM bank_line WHERE source = 'stripe' AND payout IS NOT NULL AND payout_line_id IS NULL AND ${PART_OF_PAYOUT} GROUP BY payout, currency`;

const ITEMS = `
  WITH item AS (${BANK_ITEMS} UNION ALL ${PROVIDER_ITEMS})
  SELECT account, status, why, line, subject_kind, subject_id, ours, theirs, currency, text, to_char(day, 'YYYY-MM-DD') AS date
  FROM item WHERE $1::char(3) IS NULL OR currency = $1 ORDER BY day, subject_id, line LIMIT $2`;

const MATCHED = `
  SELECT 'bank_clearing' AS account, currency, count(*) AS matched FROM top_up WHERE bank_line_id IS NOT NULL GROUP BY currency
  UNION ALL
  SELECT 'payout_clearing', currency, count(*) FROM payout WHERE bank_line_id IS NOT NULL GROUP BY currency
  UNION ALL
  SELECT 'psp_clearing', p.currency, count(*) FROM (SELECT payment, currency, received_minor - taken_minor - charged_back_minor AS ours
    FROM top_up WHERE status = 'received' AND payment IS NOT NULL) p
    JOIN (SELECT payment, coalesce(paid_currency, currency) AS currency, sum(coalesce(paid_minor, amount_minor)) AS theirs
      FROM bank_line WHERE source = 'stripe' GROUP BY 1, 2) l
      ON l.payment = p.payment AND l.currency = p.currency AND l.theirs = p.ours GROUP BY p.currency`;

/** The clearing accounts against what banks and providers say: what is not in both is listed with its age (wallet.md, Reconciliation). */
@Injectable()
export class Reconciliation {
  constructor(
    private readonly db: DataSource,
    private readonly topUps: TopUpsService,
    private readonly clearing: ClearingAccounts,
    private readonly clock: Clock,
  ) {}

  async report(currency: string | null): Promise<ReconciliationView> {
    const items = await rows<ItemRow>(asHouse(this.db), ITEMS, [currency, MOST_ITEMS]);
    const today = this.clock.now();
    return { accounts: await this.accounts(currency, items), items: items.map((item) => itemView(item, today)) };
  }

  /**
   * A person has dealt with a line: the top-up that it belongs to is credited with what came, or the line is closed.
   * @throws NotFound; @throws IllegalStep it was dealt with; @throws whatever confirming the top-up does
   */
  async resolve(
    tx: EntityManager,
    lineId: string,
    { top_up: topUp, another_payment: isAnother = false, note }: ResolutionBody,
    userId: string,
  ): Promise<BankLineView> {
    const line = await one<LineRow>(tx, 'SELECT * FROM bank_line WHERE id = $1 FOR UPDATE', [lineId]);
    if (line === null) throw new NotFound('bank line');
    const state = step(BANK_LINE, 'bank line', line.state, 'resolve');
    if (topUp !== undefined) await this.credit(tx, line, topUp, isAnother ? 'another_payment' : 'statement');
    await rows(
      tx,
      `UPDATE bank_line SET state = $6, note = $2, resolved_at = $3, resolved_by = $4, subject_id = coalesce($5, subject_id) WHERE id = $1`,
      [lineId, note, this.clock.now(), userId, topUp === undefined ? null : idIn('top', topUp), state],
    );
    const after = await one<LineRow>(
      tx,
      `SELECT *, to_char(booked_on, 'YYYY-MM-DD') AS booked_on FROM bank_line WHERE id = $1`,
      [lineId],
    );
    return lineView(after ?? line);
  }

  private async credit(tx: EntityManager, line: LineRow, topUp: string, seenBy: SeenBy): Promise<void> {
    const id = idIn('top', topUp);
    const amount = Money.ofMinor(line.amount_minor, line.currency);
    if (id === null) throw new NotFound('top-up');
    if (!amount.isPositive()) throw invalidField('/top_up', 'not_allowed', 'This line took money away.');
    await this.topUps.cameLate(tx, id, { amount, bankReference: proofOf(line), seenBy });
    const topUpRow = await one<{ merchant_id: string }>(
      tx,
      'UPDATE top_up SET bank_line_id = $2 WHERE id = $1 RETURNING merchant_id',
      [id, line.id],
    );
    const merchantId = topUpRow?.merchant_id ?? '';
    const subject = { kind: 'top_up' as const, id };
    await this.clearing.ofLine(tx, { id: line.id, merchantId, subject, amount, clearing: 'bank_clearing' });
  }

  private async accounts(currency: string | null, items: readonly ItemRow[]): Promise<ClearingView[]> {
    const balances = await rows<{ number: number; currency: string; posted: string }>(
      asHouse(this.db),
      `SELECT number, currency, sum(posted_minor) AS posted FROM ledger_account
       WHERE number = ANY ($1::int[]) AND ($2::char(3) IS NULL OR currency = $2) GROUP BY number, currency ORDER BY number, currency`,
      [CLEARING_NUMBERS, currency],
    );
    const matched = await rows<{ account: string; currency: string; matched: string }>(asHouse(this.db), MATCHED);
    return balances.map(({ number, currency: code, posted }) => {
      const account = accountName(number);
      const count = (status: string): number =>
        items.filter((i) => i.account === account && i.currency === code && i.status === status).length;
      const both = matched.find((m) => m.account === account && m.currency === code)?.matched ?? '0';
      return {
        ...{ account, currency: code, balance: Money.ofMinor(posted, code).toJSON() },
        ...{ matched: Number.parseInt(both, 10), missing_here: count('missing_here') },
        ...{ missing_there: count('missing_there'), differs: count('differs') },
      };
    });
  }
}

function itemView(row: ItemRow, today: Date): OpenItemView {
  const money = (minor: string | null) => (minor === null ? null : Money.ofMinor(minor, row.currency).toJSON());
  const age = Math.floor((today.getTime() - Date.parse(`${row.date}T00:00:00Z`)) / DAY_MS);
  return {
    ...{ account: row.account, status: row.status, why: row.why },
    ...{
      line: row.line === null ? null : idOut('bnk', row.line),
      subject: subjectOf(row.subject_kind, row.subject_id),
    },
    ...{ ours: money(row.ours), theirs: money(row.theirs), text: row.text, date: row.date, age_days: Math.max(0, age) },
  };
}

function lineView(row: LineRow): BankLineView {
  return {
    ...{ id: idOut('bnk', row.id), status: row.state, amount: Money.ofMinor(row.amount_minor, row.currency).toJSON() },
    ...{ date: row.booked_on, text: row.text, subject: subjectOf('top_up', row.subject_id), note: row.note },
  };
}

function subjectOf(kind: Subject | null, id: string | null): { type: string; id: string } | null {
  if (kind === null || id === null) return null;
  return { type: kind, id: idOut(kind === 'payout' ? 'pay' : 'top', id) };
}
