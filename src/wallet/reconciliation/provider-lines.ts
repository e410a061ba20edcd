import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { one } from '../../database/sql.ts';
import type { Column, CsvRow } from '../../imports/imports.service.ts';
import { invalidField } from '../../kernel/errors.ts';
import { isCurrency, Money } from '../../kernel/money.ts';
import { ProviderFees } from '../card-payments/provider-fees.ts';
import { lockTopUp } from '../top-up.store.ts';
import { readAmount, readDate } from './bank-line.translate.ts';
import { review, type Line, type Verdict } from './bank-line.store.ts';

/** Stripe's itemised balance and payout reports. Source: Stripe, Report API, Balance and Payout reconciliation columns. */
export const STRIPE = {
  id: { headings: ['balance_transaction_id'], required: true },
  date: { headings: ['created', 'created_utc', 'created (utc)', 'available_on'], required: true },
  currency: { headings: ['currency'], required: true },
  gross: { headings: ['gross', 'amount'], required: true },
  fee: { headings: ['fee'] },
  category: { headings: ['reporting_category', 'type'] },
  payment: { headings: ['payment_intent_id', 'payment_intent'] },
  payout: { headings: ['automatic_payout_id', 'payout_id'] },
  source: { headings: ['source_id'] },
  paid: { headings: ['customer_facing_amount'] },
  paidCurrency: { headings: ['customer_facing_currency'] },
  text: { headings: ['description'] },
} satisfies Record<string, Column>;

type Cells = CsvRow<keyof typeof STRIPE>['cells'];

export const TEXT_LENGTH = 1_000;
export const ID_LENGTH = 200;

/** The provider's report, line by line: whose payment it is, what it cost, and what it was turned into. */
@Injectable()
export class ProviderLines {
  constructor(private readonly fees: ProviderFees) {}

  async take(tx: EntityManager, id: string, line: Line): Promise<Verdict> {
    const { payment, payout } = line;
    if (isPayout(line) && payout !== null) return { state: 'matched', merchantId: null, subject: null, payout };
    if (payment === null) return review('no_payment');
    const known = await one<{ id: string }>(tx, 'SELECT id FROM top_up WHERE payment = $1', [payment]);
    const topUp = known === null ? null : await lockTopUp(tx, known.id);
    if (topUp === null) return review('unknown_payment');
    const { amount, fee, paid, category } = line;
    const isPayment = category === null ? amount.isPositive() : category === 'charge' || category === 'payment';
    const isBooked = await this.fees.ofReport(tx, topUp, { id, amount, fee, paid, isPayment });
    if (!isBooked) return review('currency', topUp);
    return { state: 'matched', merchantId: topUp.merchant_id, subject: { kind: 'top_up', id: topUp.id }, isNews: true };
  }
}

export function isPayout({ category }: Pick<Line, 'category'>): boolean {
  return category === 'payout' || category === 'payout_reversal';
}

export function stripeLine({ row, cells }: CsvRow<keyof typeof STRIPE>): Line {
  const currency = currencyOf(cells.currency);
  if (cells.id === '' || cells.id.length > ID_LENGTH)
    throw invalidField('/balance_transaction_id', 'format', 'The row names no balance transaction.');
  const amount = readAmount(cells.gross, currency);
  if (amount === null) throw invalidField('/gross', 'format', `"${cells.gross}" is no amount in ${currency}.`);
  const fee = cells.fee === '' ? Money.zero(currency) : readAmount(cells.fee, currency);
  if (fee === null) throw invalidField('/fee', 'format', `"${cells.fee}" is no amount in ${currency}.`);
  const category = named(cells.category);
  return {
    ...{ row, source: 'stripe', key: cells.id, proof: cells.id, bookedOn: dateOf(cells.date), amount, fee, category },
    ...{ text: textOf(cells.category, cells.text), payment: named(cells.payment), paid: paidOf(cells, amount) },
    payout: named(isPayout({ category }) && cells.source !== '' ? cells.source : cells.payout),
  };
}

/** The report writes it without a sign of its own: what goes back is below zero as its line is. */
function paidOf(cells: Cells, amount: Money): Money | null {
  if (cells.paid === '' || cells.paidCurrency === '') return null;
  const currency = currencyOf(cells.paidCurrency);
  const paid = currency === amount.currency ? null : readAmount(cells.paid, currency);
  return paid !== null && paid.isNegative() !== amount.isNegative() ? paid.negated() : paid;
}

function currencyOf(text: string): string {
  const currency = text.toUpperCase();
  if (!isCurrency(currency)) throw invalidField('/currency', 'currency', `"${text}" is no currency.`);
  return currency;
}

const named = (cell: string): string | null => (cell === '' || cell.length > ID_LENGTH ? null : cell);

export function dateOf(text: string): string {
  const date = readDate(text);
  if (date === null) throw invalidField('/date', 'date', `"${text}" is no date.`);
  return date;
}

export function textOf(...parts: string[]): string {
  return parts
    .filter((part) => part !== '')
    .join(' | ')
    .slice(0, TEXT_LENGTH);
}
