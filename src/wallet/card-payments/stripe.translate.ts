import { minorDigits, Money } from '../../kernel/money.ts';

/** How a message names what it is about. */
interface Named {
  /** Our top-up, where the message names it. */
  reference: string | null;
  /** The provider's page, where it was paid on one. */
  session: string | null;
  payment: string | null;
}

/** What the provider said of one payment, in the wallet's words. */
export type PaymentFact =
  | (Named & { kind: 'paid'; amount: Money })
  /** The buyer has finished, the money comes later or not. */
  | (Named & { kind: 'processing' })
  /** No money comes. */
  | (Named & { kind: 'failed' | 'expired' })
  /** One try of a card was refused: a checkout goes on, a charge of a saved card does not. */
  | (Named & { kind: 'declined' })
  | { kind: 'refund'; payment: string; id: string; amount: Money; failed: boolean }
  /** All that was refunded of the payment so far. */
  | { kind: 'refunded'; payment: string; total: Money }
  | { kind: 'dispute'; payment: string; id: string; amount: Money; state: DisputeState; fee: Money | null };

export type DisputeState = 'open' | 'won' | 'lost';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Digits of the amounts that Stripe sends and takes, which differ from ISO 4217 for some. Source: Stripe,
 * Supported currencies, "Zero-decimal currencies" and "Special cases" (ISK and UGX are written with two digits).
 */
const NO_DIGITS = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));
const THREE_DIGITS = new Set('BHD JOD KWD OMR TND'.split(' '));

const stripeDigits = (currency: string): number => (NO_DIGITS.has(currency) ? 0 : THREE_DIGITS.has(currency) ? 3 : 2);

/** @returns null where Stripe cannot take the amount: too large, or finer than its digits */
export function toStripe(money: Money): number | null {
  const shift = stripeDigits(money.currency) - minorDigits(money.currency);
  const factor = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && money.minor % factor !== 0n) return null;
  const amount = shift < 0 ? money.minor / factor : money.minor * factor;
  return amount > 99_999_999n ? null : Number.parseInt(amount.toString(), 10); // eight digits are the most it takes
}

/** @returns null where it is no amount of that currency */
export function fromStripe(amount: unknown, currency: unknown): Money | null {
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || typeof currency !== 'string') return null;
  const code = currency.toUpperCase();
  const shift = minorDigits(code) - stripeDigits(code);
  const factor = 10n ** BigInt(Math.abs(shift));
  return Money.ofMinor(shift < 0 ? BigInt(amount) / factor : BigInt(amount) * factor, code);
}

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
/** An id, or the object that was expanded in its place. */
const idOf = (value: unknown): string | null => textOf(value) ?? textOf(fieldsOf(value)['id']);

/** @returns null for what says nothing of a top-up */
export function readStripe(type: string, object: unknown): PaymentFact | null {
  const fields = fieldsOf(object);
  if (type.startsWith('checkout.session.')) return ofSession(type, fields);
  if (type.startsWith('payment_intent.')) return ofIntent(type, fields);
  if (type === 'charge.refunded') return ofCharge(fields);
  if (type.startsWith('refund.') || type === 'charge.refund.updated') return ofRefund(fields);
  if (type.startsWith('charge.dispute.')) return ofDispute(fields);
  return null;
}

function ofSession(type: string, session: Fields): PaymentFact | null {
  const payment = idOf(session['payment_intent']);
  const named = { reference: textOf(session['client_reference_id']) ?? topUpOf(session), session: idOf(session['id']) };
  const about = { ...named, payment };
  if (type === 'checkout.session.expired') return { kind: 'expired', ...about };
  if (type === 'checkout.session.async_payment_failed') return { kind: 'failed', ...about };
  if (type !== 'checkout.session.completed' && type !== 'checkout.session.async_payment_succeeded') return null;
  const isPaid = session['payment_status'] === 'paid' || type === 'checkout.session.async_payment_succeeded';
  if (!isPaid) return { kind: 'processing', ...about };
  const amount = fromStripe(session['amount_total'], session['currency']);
  return amount === null ? null : { kind: 'paid', ...about, amount };
}

function ofIntent(type: string, intent: Fields): PaymentFact | null {
  const about = { reference: topUpOf(intent), session: null, payment: idOf(intent['id']) };
  if (type === 'payment_intent.payment_failed') return { kind: 'declined', ...about };
  if (type !== 'payment_intent.succeeded') return null;
  const amount = fromStripe(intent['amount_received'], intent['currency']);
  return amount === null ? null : { kind: 'paid', ...about, amount };
}

const topUpOf = (fields: Fields): string | null => textOf(fieldsOf(fields['metadata'])['top_up']);

function ofCharge(charge: Fields): PaymentFact | null {
  const payment = idOf(charge['payment_intent']);
  const total = fromStripe(charge['amount_refunded'], charge['currency']);
  return payment === null || total === null ? null : { kind: 'refunded', payment, total };
}

function ofRefund(refund: Fields): PaymentFact | null {
  const payment = idOf(refund['payment_intent']);
  const id = textOf(refund['id']);
  const amount = fromStripe(refund['amount'], refund['currency']);
  if (payment === null || id === null || amount === null) return null;
  const failed = refund['status'] === 'failed' || refund['status'] === 'canceled';
  return { kind: 'refund', payment, id, amount, failed };
}

/** An inquiry (`warning_…`) takes no money: it is told when it becomes a dispute. */
function ofDispute(dispute: Fields): PaymentFact | null {
  const payment = idOf(dispute['payment_intent']);
  const id = textOf(dispute['id']);
  const amount = fromStripe(dispute['amount'], dispute['currency']);
  const status = textOf(dispute['status']) ?? '';
  if (payment === null || id === null || amount === null || status.startsWith('warning_')) return null;
  const state = status === 'won' || status === 'lost' ? status : 'open';
  return { kind: 'dispute', payment, id, amount, state, fee: feeOf(dispute['balance_transactions']) };
}

/** What the provider takes for the dispute itself; null where none is named. */
function feeOf(transactions: unknown): Money | null {
  const [first] = Array.isArray(transactions) ? (transactions as unknown[]) : [];
  const fee = fromStripe(fieldsOf(first)['fee'], fieldsOf(first)['currency']);
  return fee?.isPositive() === true ? fee : null;
}
