import { Decimal } from 'decimal.js';
import currencyCodes from 'currency-codes';

/** Money as the API shows it: a decimal string with exactly the currency's minor digits. */
export interface MoneyJson {
  amount: string;
  currency: string;
}

const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP, toExpNeg: -60, toExpPos: 60 });
/** PostgreSQL's bigint holds nine of them: room for a sum. */
const LARGEST_MINOR = 10n ** 18n;
const AMOUNT = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/** The amount's text was not a decimal number with the currency's minor digits, or the currency is not one. */
export class NotMoney extends Error {}

/** ISO 4217's codes for metals, funds, tests and no currency at all: nobody pays with them. */
const NOT_PAID_WITH = /^X(XX|TS|AU|AG|PT|PD|BA|BB|BC|BD|DR|SU|UA)$/;

/** By code; the package looks through its list for each. */
const DIGITS: ReadonlyMap<string, number> = new Map(
  currencyCodes.data.filter(({ code }) => !NOT_PAID_WITH.test(code)).map(({ code, digits }) => [code, digits]),
);

/**
 * Minor digits of an ISO 4217 currency: 2 for USD, 0 for JPY, 3 for KWD.
 * @throws NotMoney the code is not an ISO currency
 */
export function minorDigits(currency: string): number {
  const found = DIGITS.get(currency);
  if (found === undefined) throw new NotMoney(`${currency} is not an ISO 4217 currency code.`);
  return found;
}

export function isCurrency(code: string): boolean {
  return DIGITS.has(code);
}

/**
 * Shares of `total` in proportion to the weights, by largest remainder: they add up to `total` exactly. What is left
 * over goes to the largest remainders, equal ones to the earliest. All weights zero: shares alike.
 * @param total minor units, zero or more
 * @param weights zero or more each
 */
export function largestRemainder(total: bigint, weights: readonly bigint[]): bigint[] {
  if (weights.length === 0) return [];
  if (total < 0n || weights.some((w) => w < 0n))
    throw new RangeError('A split needs a total and weights of zero or more.');
  const sum = weights.reduce((a, b) => a + b, 0n);
  const parts = sum === 0n ? weights.map(() => 1n) : weights;
  const whole = sum === 0n ? BigInt(weights.length) : sum;
  const shares = parts.map((w) => (total * w) / whole);
  let left = total - shares.reduce((a, b) => a + b, 0n);
  const byRemainder = parts
    .map((w, index) => ({ index, remainder: (total * w) % whole }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of byRemainder) {
    if (left === 0n) break;
    shares[index] = (shares[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return shares;
}

/** An amount in one currency, held as integer minor units. Immutable; arithmetic across currencies throws. */
export class Money {
  private constructor(
    /** Minor units: cents of USD, yen of JPY, fils of KWD. */
    readonly minor: bigint,
    readonly currency: string,
  ) {}

  /** @param minor minor units; a string as PostgreSQL's bigint arrives */
  static ofMinor(minor: bigint | string, currency: string): Money {
    return new Money(BigInt(minor), currency);
  }

  static zero(currency: string): Money {
    return new Money(0n, currency);
  }

  /**
   * Reads a decimal string with exactly the currency's minor digits, `12.34` for USD.
   * @throws NotMoney other digits, another form, an unknown currency, more than 10^18 minor units
   */
  static parse(amount: string, currency: string): Money {
    const digits = minorDigits(currency);
    if (!AMOUNT.test(amount)) throw new NotMoney(`"${amount}" is not a decimal amount such as "12.34".`);
    const decimals = amount.split('.')[1]?.length ?? 0;
    if (decimals !== digits)
      throw new NotMoney(`${currency} is written with ${digits} decimals; "${amount}" has ${decimals}.`);
    const minor = BigInt(amount.replace('.', ''));
    if (minor > LARGEST_MINOR || minor < -LARGEST_MINOR) {
      const most = new Money(LARGEST_MINOR, currency).toString();
      throw new NotMoney(`${amount} is more than can be booked; ${most} is the most.`);
    }
    return new Money(minor, currency);
  }

  static fromJson(json: MoneyJson): Money {
    return Money.parse(json.amount, json.currency);
  }

  static sum(amounts: readonly Money[], currency: string): Money {
    return amounts.reduce((a, b) => a.plus(b), Money.zero(currency));
  }

  plus(other: Money): Money {
    return new Money(this.minor + this.same(other).minor, this.currency);
  }

  minus(other: Money): Money {
    return new Money(this.minor - this.same(other).minor, this.currency);
  }

  negated(): Money {
    return new Money(-this.minor, this.currency);
  }

  times(count: number | bigint): Money {
    return new Money(this.minor * BigInt(count), this.currency);
  }

  /** Multiplies by a decimal factor ("0.40"), rounded half up to the minor unit. */
  timesHalfUp(factor: string): Money {
    const product = new Exact(this.minor.toString()).times(new Exact(factor));
    return new Money(BigInt(product.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toFixed(0)), this.currency);
  }

  /** `percent` of the amount ("12.5" is an eighth), rounded half up to the minor unit. */
  percentHalfUp(percent: string): Money {
    return this.timesHalfUp(new Exact(percent).dividedBy(100).toFixed());
  }

  /** Shares in proportion to the weights that add up to the amount exactly; see largestRemainder. */
  split(weights: readonly bigint[]): Money[] {
    return largestRemainder(this.minor, weights).map((minor) => new Money(minor, this.currency));
  }

  /** Shares over `count` units, evenly; the earliest units take what is left over. */
  splitEvenly(count: number): Money[] {
    return this.split(Array.from({ length: count }, () => 1n));
  }

  /** -1, 0 or 1. */
  compare(other: Money): number {
    const { minor } = this.same(other);
    return this.minor < minor ? -1 : this.minor > minor ? 1 : 0;
  }

  atMost(limit: Money): Money {
    return this.compare(limit) > 0 ? limit : this;
  }

  atLeastZero(): Money {
    return this.minor < 0n ? Money.zero(this.currency) : this;
  }

  isZero(): boolean {
    return this.minor === 0n;
  }

  isPositive(): boolean {
    return this.minor > 0n;
  }

  isNegative(): boolean {
    return this.minor < 0n;
  }

  /** The decimal string alone: `12.34`. */
  get amount(): string {
    const digits = minorDigits(this.currency);
    const sign = this.minor < 0n ? '-' : '';
    const text = (this.minor < 0n ? -this.minor : this.minor).toString().padStart(digits + 1, '0');
    return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
  }

  toJSON(): MoneyJson {
    return { amount: this.amount, currency: this.currency };
  }

  toString(): string {
    return `${this.amount} ${this.currency}`;
  }

  private same(other: Money): Money {
    if (other.currency !== this.currency)
      throw new TypeError(`${this.currency} and ${other.currency} cannot be mixed.`);
    return other;
  }
}
