import type { Money } from '../../kernel/money.ts';
import type { Contra, Use } from './chart.ts';
import type { Cause, ExplanationLine } from './verbs.ts';

/** What every movement says of itself. */
export interface Movement {
  merchantId: string;
  /** Moves money once, for ever; up to 150 characters. The same key with another request is refused. */
  key: string;
  cause: Cause;
  /** By the product's clock. */
  at: Date;
}

export interface Explained extends Movement {
  /** More than zero, unless said otherwise. */
  amount: Money;
  /** Lines that add up to `amount`. */
  explanation: readonly ExplanationLine[];
}

export interface Charge extends Explained {
  type: Use;
  contra: Contra;
  /** Raises a payout blocker of this cause in the same round trip. */
  blocks?: string;
}

/** `short`: nothing was written, and the same key may try again. `available` is all that could have paid for it. */
export type Charged = { status: 'charged'; journalId: string | null } | { status: 'short'; available: Money };

export interface Refund extends Explained {
  /** Key of the charge. */
  charge: string;
  packageId: string | null;
  /** `cancellation`, `undelivered`, `claim:<id>` or `return:<id>`: once for each package. */
  causeKind: string;
  /** What was paid for the package: its refunds together never exceed it. */
  paidForPackage: Money | null;
}

/**
 * `amount` is what came back, which is less than asked where a cap was reached. `already`: this key, or this cause for
 * this package, was refunded before (amount of then), or nothing is left to refund (amount 0, no journal).
 */
export interface Refunded {
  status: 'refunded' | 'already';
  journalId: string | null;
  amount: Money;
  /** What of it came back into expired promotional credit and lapsed at once. */
  lapsed: Money;
}

export interface Settlement extends Movement {
  charge: string;
  /** To goods_revenue and shipping_revenue; together at most what is left of the charge in progress. */
  goods: Money;
  shipping: Money;
  /** Clears the payout blocker of this cause in the same round trip. */
  unblocks?: string;
}

/** A promotional lot: lower rank is spent first, then what expires sooner. */
export interface LotTerms {
  rank: number;
  expiresAt: Date | null;
  paysFor: readonly Use[];
}

export interface TopUp extends Explained {
  clearing: 'psp_clearing' | 'bank_clearing';
  /** `explanation` adds up to amount and bonus together. */
  bonus?: LotTerms & { amount: Money };
}

export interface Hold extends Movement {
  amount: Money;
  /** Where it goes when it is captured. */
  contra: Contra;
  /** What it is set aside for, as the merchant reads it. */
  text: string;
}

export type Held = { status: 'held'; journalId: string } | { status: 'short'; available: Money };

export interface HoldEnd extends Movement {
  /** Key of the hold. */
  hold: string;
  currency: string;
  /** Null: all that is left of it. */
  amount: Money | null;
  /** Adds up to what is taken, below zero; left out: the ledger's own words. */
  explanation?: readonly ExplanationLine[];
}

export interface Balance {
  currency: string;
  /** Cash that is not held. */
  available: Money;
  /** Cash set aside for payouts and disputes. */
  held: Money;
  /** Promotional credit that has not expired. */
  promotional: Money;
}

export interface Blocker {
  cause: string;
  since: Date;
  /** When it is expected to be cleared; null: not known. */
  until: Date | null;
}
