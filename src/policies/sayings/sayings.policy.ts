import type { ClaimType, NextStep, PackageStatus, ReceiptType } from '../deciding/facts.policy.ts';
import type { Terms } from '../deciding/terms.policy.ts';

/** A clause's sentence for people, and in a few words what it does. */
export interface Saying {
  text: string;
  effect: string;
}

/** What one claim type says about one of its tests; `answer` is what it ends in. */
export type ClaimAspect = 'answer' | 'tracking' | 'window' | 'exclusions' | 'all_packages' | 'evidence' | 'charge';

export type SimpleKey =
  | 'cancellation/at_once'
  | 'cancellation/intercept'
  | 'cancellation/too_late'
  | 'cancellation/stopped'
  | 'cancellation/after_dispatch'
  | 'address_change/at_once'
  | 'address_change/intercept'
  | 'address_change/too_late'
  | 'address_change/after_hours'
  | 'address_change/stopped'
  | 'address_change/after_dispatch'
  | 'tracking/before_hand_over'
  | 'tracking/under_way'
  | 'tracking/late'
  | 'tracking/rto_under_way'
  | 'tracking/delivered'
  | 'tracking/cancelled'
  | 'tracking/disputed'
  | 'receipts/rto'
  | 'receipts/rto_by_tracking'
  | 'receipts/rto_opened'
  | 'receipts/unauthorised'
  | 'receipts/return_code'
  | 'receipts/lost_on_the_way_back'
  | 'receipts/condition'
  | 'returns/accepted'
  | 'returns/window'
  | 'returns/before_delivery'
  | 'returns/refused'
  | 'returns/buyer_at_fault'
  | 'returns/administration_fee'
  | 'returns/exchange'
  | 'amount/share'
  | 'amount/cap'
  | 'amount/review_above'
  | 'amount/cannot_send_again'
  | 'amount/units_settled'
  | CountingKey
  | 'promises/wallet'
  | 'promises/reply'
  | 'promises/inactive'
  | 'promises/evidence_size'
  | 'promises/first_scan'
  | 'promises/rto_overdue'
  | 'promises/handled'
  | 'promises/claim_window'
  | 'promises/delivered_after_refund';

/** How days, shares and amounts are counted, in which order the tests are made, and what a person may do beside them. */
export type CountingKey =
  | 'counting/days'
  | 'counting/tests'
  | 'counting/shares'
  | 'counting/shipping'
  | 'counting/rounding'
  | 'counting/deductions'
  | 'counting/zero'
  | 'counting/way_back'
  | 'counting/other_packages'
  | 'operator/person';

/** One language's words for every clause. Everything that a term can change is read from the terms. */
export interface Sayings {
  simple: Readonly<Record<SimpleKey, (terms: Terms) => Saying>>;
  refundOn(terms: Terms, status: PackageStatus): Saying;
  claim(terms: Terms, type: ClaimType, aspect: ClaimAspect): Saying;
  returned(terms: Terms, type: ReceiptType): Saying;
  returnEvidence(terms: Terms, type: ReceiptType): Saying;
}

/** The clauses beside the decisions: times that are kept, what happens to money afterwards. */
export type Promises = Readonly<Record<Extract<SimpleKey, `promises/${string}`>, (terms: Terms) => Saying>>;

/** The clauses of the section "How we count". */
export type Counting = Readonly<Record<CountingKey, (terms: Terms) => Saying>>;

/** The advice beside a sentence, where it says more than the sentence does. */
export function beside(said: NextStep, advice: NextStep | null): NextStep | null {
  return advice === said ? null : advice;
}

/** "a, b and c" with the language's last joint. */
export function listed(words: readonly string[], joint: string): string {
  const [last = '', ...before] = [...words].reverse();
  return before.length === 0 ? last : `${before.reverse().join(', ')} ${joint} ${last}`;
}

/** `10 MB`, `512 kB`: binary, as file managers count. */
export function sizeWords(bytes: number): string {
  const [unit, size] = bytes >= 1_048_576 ? ['MB', bytes / 1_048_576] : ['kB', bytes / 1024];
  return `${size.toFixed(2).replace(/\.?0+$/, '')} ${unit}`;
}
