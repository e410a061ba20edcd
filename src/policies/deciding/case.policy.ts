import { plusDays, plusHours } from '../../kernel/clock.ts';
import { Money } from '../../kernel/money.ts';
import { decidingPackage, type Deduction, type FactPackage, type Facts } from './facts.policy.ts';
import type { MissingEvidence, NextStep, Outcome } from './facts.policy.ts';
import { PaidShares, unitsOf, type Share, type UnitRange } from './shares.policy.ts';
import type { Terms } from './terms.policy.ts';

/** The facts as the rules read them: the package that decides, its units, and what was paid for them. */
export interface Case {
  terms: Terms;
  facts: Facts;
  parcel: FactPackage;
  paid: PaidShares;
  /** Every unit of the package, or of the order where the facts name no package. */
  scope: UnitRange[];
}

export function caseOf(terms: Terms, facts: Facts): Case {
  const { currency, items, shipping_paid } = facts.order;
  const paid = new PaidShares({
    currency,
    shippingPaid: Money.parse(shipping_paid, currency),
    items: [...items]
      .sort((a, b) => a.line - b.line)
      .map(({ line, quantity, paid: amount }) => ({ line, quantity, paid: Money.parse(amount, currency) })),
  });
  const scope = facts.package === null ? paid.allUnits() : (unitsOf(facts.packages).get(facts.package) ?? []);
  return { terms, facts, parcel: decidingPackage(facts), paid, scope };
}

/** What a rule found; `decide` makes the decision of it. */
export interface Ruling {
  outcome: Outcome;
  /** Keys of the clauses that were applied; the first one decided. */
  clauses: [string, ...string[]];
  refund?: Money;
  /** What the refund is made of, before deductions and the cap. */
  worth?: Share;
  deductions?: Deduction[];
  missingEvidence?: MissingEvidence[];
  nextStep?: NextStep | null;
  reconsiderAt?: string | null;
}

export function deny(clause: string, nextStep: NextStep | null = null): Ruling {
  return { outcome: 'deny', clauses: [clause], nextStep };
}

export function review(clause: string): Ruling {
  return { outcome: 'review', clauses: [clause] };
}

export function intercept(clause: string): Ruling {
  return { outcome: 'intercept', clauses: [clause] };
}

export function accept(clause: string, nextStep: NextStep | null = null): Ruling {
  return { outcome: 'accept', clauses: [clause], nextStep };
}

/** @param reconsiderAt the instant strictly after which a sweep decides again, null where an event does */
export function wait(clause: string, nextStep: NextStep, reconsiderAt: string | null = null): Ruling {
  return { outcome: 'wait', clauses: [clause], nextStep, reconsiderAt };
}

/** Is `at` strictly later than `start` and so many days? An unknown start never passes. */
export function passedDays(start: string | null, days: number, at: string): boolean {
  return start !== null && Date.parse(at) > plusDays(new Date(start), days).getTime();
}

export function passedHours(start: string, hours: number, at: string): boolean {
  return Date.parse(at) > plusHours(new Date(start), hours).getTime();
}

/** `start` and so many days, in UTC, with fractions of a second where the start is written with them. */
export function edgeOf(start: string, days: number): string {
  const text = plusDays(new Date(start), days).toISOString();
  return /\.\d/.test(start) ? text : text.replace('.000Z', 'Z');
}

/** Where lateness begins: null before hand-over, and where the policy knows no lateness. */
export function lateEdge({ terms, parcel }: Case): string | null {
  const { late_after_days: days } = terms.tracking;
  return parcel.handed_over_at === null || days === null ? null : edgeOf(parcel.handed_over_at, days);
}

/** Was the package at this instant past the policy's limit, counted from hand-over? */
export function isLate({ terms, parcel }: Case, at: string | null): boolean {
  const { late_after_days: days } = terms.tracking;
  return at !== null && days !== null && passedDays(parcel.handed_over_at, days, at);
}
