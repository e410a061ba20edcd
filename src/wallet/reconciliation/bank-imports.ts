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
import { BankReferenceUsed } from '../wallet.errors.ts';
import { insertLine, isSameLine, keepVerdict, review, type Line, type Verdict } from './bank-line.store.ts';
import { proofOf, readAmount, readPayoutId, readReference } from './bank-line.translate.ts';
import { ClearingAccounts } from './clearing.ts';
import { dateOf, ID_LENGTH, ProviderLines, STRIPE, stripeLine, textOf } from './provider-lines.ts';

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
  text: {
    headings: [
      ...['description', 'details', 'narrative', 'transaction details', 'buchungstext', 'note'],
      ...['text', 'message', 'purpose', 'payment details', 'communication'],
    ],
  },
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
    headings: ['id', 'transaction id', 'bank reference', 'bank_reference', 'transferwise id', 'fitid'],
  },
  /** The payer's own word for it, which may be the same each month, or NOTPROVIDED: nothing that tells lines apart. */
  endToEnd: { headings: ['kundenreferenz (end-to-end)', 'kundenreferenz', 'end to end id', 'end to end reference'] },
  state: { headings: ['state', 'status', 'transaction status', 'info', 'umsatzstatus', 'statut'] },
} satisfies Record<string, Column>;

/** How banks name the provider whose payouts come, or its id of one. */
const PROVIDER = /stripe|\bpo_\w+/i;

/** What banks and wallets write of money that is not there yet, or will never be. */
const NOT_BOOKED = /pending|vorgemerkt|en attente|revers|revert|declin|denied|refus|fail|cancel|abgelehnt|storniert/i;
/** Said where there is no id. */
const NO_ID = /^(notprovided|nonref|none|n\/?a|-+)$/i;

/** What one file has shown so far; a dry run leaves nothing else to see. */
interface Run {
  /** Rows that look alike. */
  alike: Map<string, number[]>;
  /** Top-ups that a row confirms. */
  confirmed: Map<string, number>;
}

/** Statements of the bank and reports of the provider, line by line: exact ones are confirmed, the rest goes to a person. */
@Injectable()
export class BankImports {
  constructor(
    private readonly imports: ImportsService,
    private readonly topUps: TopUpsService,
    private readonly provider: ProviderLines,
    private readonly clearing: ClearingAccounts,
    private readonly clock: Clock,
  ) {}

  async bank(actor: Actor, csv: Buffer, dryRun: boolean, currency: string | null): Promise<ImportRecord> {
    const run: Run = { alike: new Map(), confirmed: new Map() };
    const done = await this.imports.run(actor, { kind: 'bank', dryRun, csv, columns: BANK }, (tx, [row]) =>
      this.take(tx, bankLine(row, currency, run), (id, line) => this.ofBank(tx, id, line, run)),
    );
    if (!dryRun) await this.clearing.clearDue();
    return done;
  }

  async stripe(actor: Actor, csv: Buffer, dryRun: boolean): Promise<ImportRecord> {
    const done = await this.imports.run(actor, { kind: 'stripe', dryRun, csv, columns: STRIPE }, (tx, [row]) =>
      this.take(tx, stripeLine(row), (id, line) => this.provider.take(tx, id, line)),
    );
    if (!dryRun) await this.clearing.catchUp();
    return done;
  }

  private async take(
    tx: EntityManager,
    line: Line,
    judge: (id: string, line: Line) => Promise<Verdict>,
  ): Promise<Outcome> {
    const id = newId();
    if (!(await insertLine(tx, id, line, this.clock.now()))) {
      if (line.source === 'bank' && !(await isSameLine(tx, line)))
        throw invalidField('/id', 'id_used', `Another line has the id ${line.key}: give each its own, or none.`);
      return { status: 'unchanged', detail: 'It was imported before.' };
    }
    const verdict = await judge(id, line);
    await keepVerdict(tx, id, verdict);
    if (verdict.state === 'review')
      return { status: 'set_aside', detail: verdict.why, ...aboutTopUp(verdict.subjectId) };
    if (verdict.subject === null) return { status: 'imported', detail: `The provider’s payout ${verdict.payout}.` };
    const { kind, id: subject } = verdict.subject;
    return {
      status: verdict.isNews ? 'imported' : 'unchanged',
      subject: idOut(kind === 'top_up' ? 'top' : 'pay', subject),
      detail: verdict.isNews ? 'Confirmed.' : 'It was known already.',
    };
  }

  private async ofBank(tx: EntityManager, id: string, line: Line, run: Run): Promise<Verdict> {
    if (!line.amount.isPositive()) return this.outgoing(tx, id, line);
    const reference = readReference(line.text);
    const named = reference === null ? null : await topUpByReference(tx, reference);
    if (reference === null) return this.ofProvider(tx, id, line, 'no_reference');
    if (named === null) return review('unknown_reference');
    if (named.currency !== line.amount.currency) return review('currency', named);
    const asked = Money.ofMinor(named.received_minor ?? named.amount_minor, named.currency);
    const compared = line.amount.compare(asked);
    if (named.status === 'received') {
      if (named.bank_line_id !== null) return review('double', named);
      if (compared !== 0) return review(compared < 0 ? 'partial' : 'over', named);
      return this.link(tx, named, { id, amount: line.amount, isNews: false }); // finance confirmed it by hand before the statement came
    }
    if (named.status !== 'pending') return review('late', named);
    if ((run.confirmed.get(named.id) ?? line.row) !== line.row) return review('double', named); // in a dry run
    if (compared !== 0) return review(compared < 0 ? 'partial' : 'over', named);
    const came = { amount: line.amount, bankReference: line.proof, seenBy: 'statement' as const };
    try {
      await this.topUps.confirm(tx, named.id, came);
    } catch (error) {
      if (error instanceof BankReferenceUsed) return review('reference_used', named);
      throw error;
    }
    run.confirmed.set(named.id, line.row);
    return this.link(tx, named, { id, amount: line.amount, isNews: true });
  }

  /** Links it, and books what the clearing account waited for to the bank. */
  private async link(
    tx: EntityManager,
    topUp: TopUpRow,
    { id, amount, isNews }: { id: string; amount: Money; isNews: boolean },
  ): Promise<Verdict> {
    const { merchant_id: merchantId } = topUp;
    const subject = { kind: 'top_up' as const, id: topUp.id };
    await rows(tx, 'UPDATE top_up SET bank_line_id = $3 WHERE merchant_id = $1 AND id = $2', [
      ...[merchantId, topUp.id, id],
    ]);
    await this.clearing.ofLine(tx, { id, merchantId, subject, amount, clearing: 'bank_clearing' });
    return { state: 'matched', merchantId, subject, isNews };
  }

  /** A payout of the provider's, where the line is one. @param otherwise why a person has to look */
  private async ofProvider(tx: EntityManager, id: string, line: Line, otherwise: string): Promise<Verdict> {
    const payout = await this.clearing.payoutOn(tx, id, line);
    if (payout !== null) return { state: 'matched', merchantId: null, subject: null, payout };
    return review(PROVIDER.test(line.text) ? 'provider_payout' : otherwise); // its report has not come yet
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
    if (payout === null) return this.ofProvider(tx, id, line, 'outgoing');
    const { merchant_id: merchantId } = payout;
    const subject = { kind: 'payout' as const, id: payout.id };
    await rows(tx, 'UPDATE payout SET bank_line_id = $3 WHERE merchant_id = $1 AND id = $2', [
      ...[merchantId, payout.id, id],
    ]);
    await this.clearing.ofLine(tx, { id, merchantId, subject, amount: line.amount, clearing: 'payout_clearing' });
    return { state: 'matched', merchantId, subject, isNews: true };
  }
}

const aboutTopUp = (id: string | null): { subject?: string } => (id === null ? {} : { subject: idOut('top', id) });

async function topUpByReference(tx: EntityManager, reference: string): Promise<TopUpRow | null> {
  const found = await one<{ id: string }>(
    tx,
    `SELECT id FROM top_up WHERE reference = $1 AND method = 'bank_transfer'`,
    [reference],
  );
  return found === null ? null : lockTopUp(tx, found.id);
}

function bankLine({ row, cells }: CsvRow<keyof typeof BANK>, otherwise: string | null, { alike: all }: Run): Line {
  const currency = (cells.currency === '' ? (otherwise ?? '') : cells.currency).toUpperCase();
  if (!isCurrency(currency)) throw invalidField('/currency', 'currency', 'Neither the row nor ?currency= names one.');
  if (NOT_BOOKED.test(cells.state))
    throw invalidField('/state', 'not_booked', `It is said to be "${cells.state}": no money that is there.`);
  const bookedOn = dateOf(cells.date);
  const amount = signedAmount(cells, currency);
  const text = textOf(cells.reference, cells.text, cells.payer, cells.endToEnd);
  const id = cells.id.length > ID_LENGTH || NO_ID.test(cells.id) ? '' : cells.id;
  // without an id of the bank's, two lines that look alike on one day are two: the second of them is number 2 in every file
  const print = createHash('sha256')
    .update(JSON.stringify([bookedOn, amount.toJSON(), text]))
    .digest('hex');
  const alike = all.get(print) ?? [];
  if (!alike.includes(row)) alike.push(row);
  all.set(print, alike);
  const key = id === '' ? `${print}:${alike.indexOf(row) + 1}` : id;
  const proof = proofOf({ key, text });
  const provider = { payment: null, category: null, payout: null, paid: null };
  return { row, source: 'bank', key, proof, bookedOn, amount, fee: Money.zero(currency), text, ...provider };
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
