import { minorDigits, Money } from '../../kernel/money.ts';

/** With separators; what is longer is no sum of money. */
const LONGEST = 18;

/** Signs of a top-up's reference; banks and people drop its dashes and change its case. */
const REFERENCE = /WB([2-9ABCDEFGHJKMNPQRSTVWXYZ]{5})([2-9ABCDEFGHJKMNPQRSTVWXYZ]{5})/;
/** A line without an id of the bank's is known by what it says, and its place among those that look alike. */
const PRINT = /^[0-9a-f]{64}:\d+$/;
const PROOF_LENGTH = 140;
const PAYOUT = /PAY([0-7][0-9A-HJKMNP-TV-Z]{25})/;

/**
 * An amount as banks write it: `1,234.56`, `1.234,56`, `-12,00`, `(12.00)`, `12.00-`, `1'234.5`.
 * A single separator before three digits groups thousands, unless nothing but a zero is before it, or the currency has
 * three digits itself.
 * @returns null where it is none
 */
export function readAmount(text: string, currency: string): Money | null {
  const bare = text.replaceAll(/[\s'’\u00A0\u202F]/g, '').replace(/^[A-Z]{3}|[A-Z]{3}$|[€$£¥]/g, '');
  const negative = /^\(.*\)$|^[-−]|[-−]$/.test(bare);
  const digits = bare.replaceAll(/[()+−-]/g, '');
  if (!/^\d{1,3}([.,]?\d{3})*([.,]\d{1,4})?$|^\d+([.,]\d{1,4})?$/.test(digits)) return null;
  if (digits.length > LONGEST) return null;
  const exponent = minorDigits(currency);
  const point = decimalPoint(digits, exponent);
  if (point === null) return null;
  const whole = (point < 0 ? digits : digits.slice(0, point)).replaceAll(/[.,]/g, '');
  const fraction = point < 0 ? '' : digits.slice(point + 1);
  if (fraction.slice(exponent).replaceAll('0', '') !== '') return null; // finer than the currency
  const minor = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0'));
  return Money.ofMinor(negative ? -minor : minor, currency);
}

/** Where the decimal separator stands, -1 where there is none, null where the groups make no number. */
function decimalPoint(digits: string, exponent: number): number | null {
  const last = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
  if (last < 0) return -1;
  const sign = digits.charAt(last);
  const after = digits.length - last - 1;
  const others = digits.slice(0, last);
  if (others.includes(sign)) return after === 3 ? -1 : null; // 1.234.567
  if (after === 3 && exponent !== 3 && others !== '0' && !/[.,]/.test(others)) return -1; // 1,234, but not 0,500
  return last;
}

/** Their beginnings in English, German, French and Dutch, without accents. */
const MONTHS = [
  ...[/^jan/, /^fe[bv]/, /^m(ar|aer|rz|rt)/, /^a[pv]r/, /^m(ay|ai|ei)/, /^jui?n/],
  ...[/^jui?l/, /^(aug|aou)/, /^sep/, /^o[ck]t/, /^nov/, /^de[cz]/],
];

/**
 * `2026-05-01`, `20260501`, `01.05.2026`, `01/05/2026`, `05/31/2026`, `1 May 2026`, `01-MAI-26`, `May 1, 2026`, with or
 * without a time. Day first where both can be.
 */
export function readDate(text: string): string | null {
  const iso = /^(\d{4})([-/.]?)(\d{2})\2(\d{2})(?!\d)/.exec(text);
  if (iso !== null) return dateOf(iso[1], iso[3], iso[4]);
  const short = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)/.exec(text);
  if (short === null) return inWords(text);
  const [, first = '', second = '', year = ''] = short;
  return dateOf(full(year), second, first) ?? dateOf(full(year), first, second);
}

function inWords(text: string): string | null {
  const plain = text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const dayFirst = /^(\d{1,2})[-/. ]*([a-z]{3,})[-/. ]*(\d{4}|\d{2})(?!\d)/.exec(plain);
  const [, day, word, year] = dayFirst ?? [];
  const [, wordFirst, dayNext, yearNext] = /^([a-z]{3,})\.? (\d{1,2}),? (\d{4})(?!\d)/.exec(plain) ?? [];
  const month = MONTHS.findIndex((begins) => begins.test(word ?? wordFirst ?? '')) + 1;
  return month === 0 ? null : dateOf(full(year ?? yearNext ?? ''), String(month), day ?? dayNext);
}

const full = (year: string): string => (year.length === 2 ? `20${year}` : year);

function dateOf(year = '', month = '', day = ''): string | null {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const read = new Date(`${date}T00:00:00Z`);
  return year >= '1970' && !Number.isNaN(read.getTime()) && read.toISOString().startsWith(date) ? date : null;
}

/** The reference of a top-up in what the payer wrote, as it is stored. */
export function readReference(text: string): string | null {
  const found = REFERENCE.exec(bareOf(text));
  return found === null ? null : `WB-${found[1] ?? ''}-${found[2] ?? ''}`;
}

/** The id of a payout in what we wrote to the bank. */
export function readPayoutId(text: string): string | null {
  const found = PAYOUT.exec(bareOf(text));
  return found === null ? null : `pay_${(found[1] ?? '').toLowerCase()}`;
}

/** What the bank calls the payment of a line, as the confirmation of a top-up keeps it. */
export function proofOf({ key, text }: { key: string; text: string }): string {
  return (PRINT.test(key) ? text : key).slice(0, PROOF_LENGTH);
}

const bareOf = (text: string): string => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
