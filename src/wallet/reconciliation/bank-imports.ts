import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { one, rows } from '../../database/sql.ts';
import type { Actor } from '../../http/actor.ts';
import {
  ImportsService,
  type Column,
  type CsvRow,
  type ImportRecord,
  type Outcome,
} from '../../imports/imports.service.ts';
import { Clock } from '../../kernel/clock.ts';
import { invalidField } from '../../kernel/errors.ts';
import { idIn, idOut, newId } from '../../kernel/ids.ts';
import { isCurrency, Money } from '../../kernel/money.ts';
import { lockTopUp, type TopUpRow } from '../top-up.store.ts';
import { TopUpsService } from '../top-ups.service.ts';
import { readAmount, readDate, readPayoutId, readReference } from './bank-line.translate.ts';

/** Headings of banks' exports in English, German and French, and of Wise, Revolut and PayPal. */
const BANK = {
  date: {
    headings: [
      'date',
      'booking date',
      'value date',
      'transaction date',
      'completed date',
      'date completed (utc)',
      'buchungstag',
      'buchungsdatum',
      'valutadatum',
      'date operation',
    ],
    required: true,
  },
  amount: { headings: ['amount', 'betrag', 'umsatz', 'montant', 'net'] },
  credit: { headings: ['credit', 'credit amount', 'paid in', 'money in', 'haben', 'gutschrift'] },
  debit: { headings: ['debit', 'debit amount', 'paid out', 'money out', 'soll', 'belastung'] },
  currency: { headings: ['currency', 'payment currency', 'waehrung', 'währung', 'devise'] },
  reference: {
    headings: [
      'reference',
      'payment reference',
      'remittance information',
      'verwendungszweck',
      'memo',
      'libelle',
      'libellé',
    ],
  },
  text: { headings: ['description', 'details', 'narrative', 'transaction details', 'buchungstext', 'note'] },
  payer: {
    headings: [
      'payer',
      'payer name',
      'counterparty',
      'name',
      'beguenstigter/zahlungspflichtiger',
      'name zahlungsbeteiligter',
    ],
  },
  id: {
    headings: [
      'id',
      'transaction id',
      'bank reference',
      'bank_reference',
      'transferwise id',
      'kundenreferenz (end-to-end)',
      'end to end id',
      'fitid',
    ],
  },
} satisfies Record<string, Column>;

/** Stripe's itemised balance and payout reports. */
const STRIPE = {
  id: { headings: ['balance_transaction_id'], required: true },
  date: { headings: ['created', 'created_utc', 'created (utc)', 'available_on'], required: true },
  currency: { headings: ['currency'], required: true },
  gross: { headings: ['gross', 'amount'], required: true },
  fee: { headings: ['fee'] },
  category: { headings: ['reporting_category', 'type'] },
  payment: { headings: ['payment_intent_id', 'payment_intent'] },
  text: { headings: ['description'] },
} satisfies Record<string, Column>;

const PROOF_LENGTH = 140;
const TEXT_LENGTH = 1_000;
const ID_LENGTH = 200;

/** What one file has shown so far; a dry run leaves nothing else to see. */
interface Run {
  /** Rows that look alike. */
  alike: Map<string, number[]>;
  /** Top-ups that a row confirms. */
  confirmed: Map<string, number>;
}

/** A line as it was read. */
interface Line {
  row: number;
  source: 'bank' | 'stripe';
  key: string;
  /** As the confirmation of a top-up keeps it. */
  proof: string;
  bookedOn: string;
  amount: Money;
  fee: Money;
  text: string;
  payment: string | null;
}

/** What a line turned out to be: matched with what, or why a person has to look. */
type Verdict =
  | { state: 'matched'; merchantId: string; subject: { kind: 'top_up' | 'payout'; id: string }; isNews: boolean }
  | { state: 'review'; why: string; merchantId: string | null; subjectId: string | null };

/** Statements of the bank and reports of the provider, line by line: exact ones are confirmed, the rest goes to a person. */
@Injectable()
export class BankImports {
  constructor(
    private readonly imports: ImportsService,
    private readonly topUps: TopUpsService,
    private readonly clock: Clock,
  ) {}

  bank(actor: Actor, csv: Buffer, dryRun: boolean, currency: string | null): Promise<ImportRecord> {
    const run: Run = { alike: new Map(), confirmed: new Map() };
    return this.imports.run(actor, { kind: 'bank', dryRun, csv, columns: BANK }, (tx, [row]) =>
      this.take(tx, bankLine(row, currency, run), run),
    );
  }

  stripe(actor: Actor, csv: Buffer, dryRun: boolean): Promise<ImportRecord> {
    return this.imports.run(actor, { kind: 'stripe', dryRun, csv, columns: STRIPE }, (tx, [row]) =>
      this.take(tx, stripeLine(row), { alike: new Map(), confirmed: new Map() }),
    );
  }

  private async take(tx: EntityManager, line: Line, run: Run): Promise<Outcome> {
    const id = newId();
    const fresh = await rows(
      tx,
      `INSERT INTO bank_line (id, source, key, booked_on, amount_minor, currency, fee_minor, text, payment, state, why, imported_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'review', 'new', $10) ON CONFLICT ON CONSTRAINT bank_line_once DO NOTHING RETURNING id`,
      [
        ...[id, line.source, line.key, line.bookedOn, line.amount.minor, line.amount.currency],
        ...[line.fee.minor, line.text, line.payment, this.clock.now()],
      ],
    );
    if (fresh.length === 0) return { status: 'unchanged', detail: 'It was imported before.' };
    const verdict = line.source === 'stripe' ? await this.ofProvider(tx, line) : await this.ofBank(tx, id, line, run);
    await this.keep(tx, id, verdict);
    if (verdict.state === 'review') return { status: 'set_aside', detail: verdict.why };
    const { kind, id: subject } = verdict.subject;
    return {
      status: verdict.isNews ? 'imported' : 'unchanged',
      subject: idOut(kind === 'top_up' ? 'top' : 'pay', subject),
      detail: verdict.isNews ? 'Confirmed.' : 'It was known already.',
    };
  }

  private async keep(tx: EntityManager, id: string, verdict: Verdict): Promise<void> {
    const matched = verdict.state === 'matched';
    const subjectId = matched ? verdict.subject.id : verdict.subjectId;
    await rows(tx, 'UPDATE bank_line SET state = $2, why = $3, merchant_id = $4, subject_id = $5 WHERE id = $1', [
      id,
      verdict.state,
      matched ? null : verdict.why,
      verdict.merchantId,
      subjectId,
    ]);
  }

  private async ofBank(tx: EntityManager, id: string, line: Line, run: Run): Promise<Verdict> {
    if (!line.amount.isPositive()) return this.outgoing(tx, id, line);
    const reference = readReference(line.text);
    const named = reference === null ? null : await topUpByReference(tx, reference);
    if (named === null) return review(reference === null ? 'no_reference' : 'unknown_reference');
    if (named.currency !== line.amount.currency) return review('currency', named);
    const asked = Money.ofMinor(named.received_minor ?? named.amount_minor, named.currency);
    const compared = line.amount.compare(asked);
    if (named.status === 'received') {
      if (named.bank_line_id !== null) return review('double', named);
      if (compared !== 0) return review(compared < 0 ? 'partial' : 'over', named);
      return this.link(tx, id, named, false); // finance confirmed it by hand before the statement came
    }
    if (named.status !== 'pending') return review('late', named);
    if ((run.confirmed.get(named.id) ?? line.row) !== line.row) return review('double', named); // in a dry run
    if (compared !== 0) return review(compared < 0 ? 'partial' : 'over', named);
    run.confirmed.set(named.id, line.row);
    await this.topUps.confirm(tx, named.id, { amount: line.amount, bankReference: line.proof });
    return this.link(tx, id, named, true);
  }

  private async link(tx: EntityManager, id: string, topUp: TopUpRow, isNews: boolean): Promise<Verdict> {
    await rows(tx, 'UPDATE top_up SET bank_line_id = $3 WHERE merchant_id = $1 AND id = $2', [
      ...[topUp.merchant_id, topUp.id, id],
    ]);
    return { state: 'matched', merchantId: topUp.merchant_id, subject: { kind: 'top_up', id: topUp.id }, isNews };
  }

  /** A payout that was told to be paid: by the id or the bank's reference that finance wrote. */
  private async outgoing(tx: EntityManager, id: string, line: Line): Promise<Verdict> {
    const named = readPayoutId(line.text);
    const payoutId = named === null ? null : idIn('pay', named);
    const payout = await one<{ merchant_id: string; id: string }>(
      tx,
      `SELECT merchant_id, id FROM payout WHERE status = 'paid' AND bank_line_id IS NULL AND amount_minor = $1 AND currency = $2
         AND (id = $3 OR (bank_reference <> '' AND position(lower(bank_reference) IN lower($4)) > 0)) LIMIT 1 FOR UPDATE`,
      [-line.amount.minor, line.amount.currency, payoutId, `${line.text} ${line.key}`],
    );
    if (payout === null) return review('outgoing');
    await rows(tx, 'UPDATE payout SET bank_line_id = $3 WHERE merchant_id = $1 AND id = $2', [
      ...[payout.merchant_id, payout.id, id],
    ]);
    return {
      state: 'matched',
      merchantId: payout.merchant_id,
      subject: { kind: 'payout', id: payout.id },
      isNews: true,
    };
  }

  /** Lines of a payment are held against it all together when they are read (reconciliation): here it is only found. */
  private async ofProvider(tx: EntityManager, { payment }: Line): Promise<Verdict> {
    const topUp = await one<{ merchant_id: string; id: string }>(
      tx,
      'SELECT merchant_id, id FROM top_up WHERE payment = $1',
      [payment],
    );
    if (topUp === null) return review(payment === null ? 'no_payment' : 'unknown_payment');
    return { state: 'matched', merchantId: topUp.merchant_id, subject: { kind: 'top_up', id: topUp.id }, isNews: true };
  }
}

async function topUpByReference(tx: EntityManager, reference: string): Promise<TopUpRow | null> {
  const found = await one<{ id: string }>(
    tx,
    `SELECT id FROM top_up WHERE reference = $1 AND method = 'bank_transfer'`,
    [reference],
  );
  return found === null ? null : lockTopUp(tx, found.id);
}

function review(why: string, topUp: TopUpRow | null = null): Verdict {
  return { state: 'review', why, merchantId: topUp?.merchant_id ?? null, subjectId: topUp?.id ?? null };
}

function bankLine({ row, cells }: CsvRow<keyof typeof BANK>, otherwise: string | null, { alike: all }: Run): Line {
  const currency = (cells.currency === '' ? (otherwise ?? '') : cells.currency).toUpperCase();
  if (!isCurrency(currency)) throw invalidField('/currency', 'currency', 'Neither the row nor ?currency= names one.');
  const bookedOn = dateOf(cells.date);
  const amount = signedAmount(cells, currency);
  const text = textOf(cells.reference, cells.text, cells.payer);
  const id = cells.id.length > ID_LENGTH ? '' : cells.id;
  // without an id of the bank's, two lines that look alike on one day are two: the second of them is number 2 in every file
  const print = createHash('sha256')
    .update(JSON.stringify([bookedOn, amount.toJSON(), text]))
    .digest('hex');
  const alike = all.get(print) ?? [];
  if (!alike.includes(row)) alike.push(row);
  all.set(print, alike);
  const key = id === '' ? `${print}:${alike.indexOf(row) + 1}` : id;
  const proof = (id === '' ? text : id).slice(0, PROOF_LENGTH);
  return { row, source: 'bank', key, proof, bookedOn, amount, fee: Money.zero(currency), text, payment: null };
}

function signedAmount(cells: Readonly<Record<'amount' | 'credit' | 'debit', string>>, currency: string): Money {
  const plain = cells.amount === '' ? null : readAmount(cells.amount, currency);
  const credit = cells.credit === '' ? null : readAmount(cells.credit, currency);
  const debit = cells.debit === '' ? null : readAmount(cells.debit, currency);
  const amount =
    plain ?? (credit?.isZero() === false ? credit : debit === null || debit.isNegative() ? debit : debit.negated());
  if (amount === null || amount.isZero()) throw invalidField('/amount', 'format', 'The row names no amount.');
  return amount;
}

function dateOf(text: string): string {
  const date = readDate(text);
  if (date === null) throw invalidField('/date', 'date', `"${text}" is no date.`);
  return date;
}

function textOf(...parts: string[]): string {
  return parts
    .filter((part) => part !== '')
    .join(' | ')
    .slice(0, TEXT_LENGTH);
}

function stripeLine({ row, cells }: CsvRow<keyof typeof STRIPE>): Line {
  const currency = cells.currency.toUpperCase();
  if (!isCurrency(currency)) throw invalidField('/currency', 'currency', `"${cells.currency}" is no currency.`);
  if (cells.id === '' || cells.id.length > ID_LENGTH)
    throw invalidField('/balance_transaction_id', 'format', 'The row names no balance transaction.');
  const amount = readAmount(cells.gross, currency);
  if (amount === null) throw invalidField('/gross', 'format', `"${cells.gross}" is no amount in ${currency}.`);
  const fee = readAmount(cells.fee === '' ? '0' : cells.fee, currency) ?? Money.zero(currency);
  return {
    ...{ row, source: 'stripe', key: cells.id, proof: cells.id, bookedOn: dateOf(cells.date), amount, fee },
    ...{ text: textOf(cells.category, cells.text) },
    payment: cells.payment === '' || cells.payment.length > ID_LENGTH ? null : cells.payment,
  };
}
