import type { MoneyJson } from '../../kernel/money.ts';
import type { ClaimType, Evidence, NextStep, PackageStatus, ReceiptType, Remedy, ReturnType } from './facts.policy.ts';

/**
 * Everything that a policy can say: the parameters of policies.md ("What a policy can say"). Plain JSON, immutable once
 * published, stored and served as it is, so its keys are spelled as the API spells them. terms.schema.ts validates it.
 */
export interface Terms {
  /** The policy's code; the first part of every clause's id. */
  id: string;
  /** In which languages its page stands. */
  languages: Language[];
  title: Texts;
  summary: Texts;
  cancellation: CancellationTerms;
  address_change: AddressChangeTerms;
  tracking: TrackingTerms;
  claims: Record<ClaimType, ClaimTerms>;
  all_claims: AllClaimsTerms;
  returns: ReturnTerms;
  refund: RefundTerms;
  settlement: SettlementTerms;
}

export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/** English always; the others where the policy's page has them. */
export interface Texts {
  en: string;
  fr?: string;
}

/** The stages of the warehouse that a rule can end at. `planned` ends it at once: it never holds. */
export const STAGES = ['planned', 'picking', 'packed', 'labelled', 'handed_over'] as const;
export type Stage = (typeof STAGES)[number];

export interface CancellationTerms {
  /** Cancelled at once and refunded before this stage. */
  until: Stage;
  /** From there to hand-over: ask the warehouse to stop it; else denied. */
  intercept: boolean;
  after_dispatch: 'deny' | 'return';
  advice: NextStep | null;
}

export interface AddressChangeTerms {
  /** Hours from placement in which it is changed at once; null is no limit. Later, before hand-over, a person looks. */
  within_hours: number | null;
  /** Changed at once before this stage. */
  until: Stage;
  intercept: boolean;
  /** The advice that goes with the denial after hand-over. */
  after_dispatch: NextStep | null;
}

export interface TrackingTerms {
  /** These refund by themselves. */
  refund_on: PackageStatus[];
  /** x 24 h from hand-over; null is never late. */
  late_after_days: number | null;
  /** A package without a first scan is shown after so many hours. */
  first_scan_due_hours: number;
  /** How long a delivery usually takes, as the page says it; it decides nothing. */
  delivery_working_days?: { min: number; max: number } | null;
  /** An RTO that was begun and not seen to arrive alerts after so many days. */
  rto_overdue_days: number;
  delivered_is_final: boolean;
  /** What a parcel that came back must show to be refunded without a person. */
  rto_inspection: { unopened: boolean; original_label: boolean };
}

export const EXCLUSIONS = [
  'misuse',
  'minor_variation',
  'fault_merchant',
  'fault_buyer',
  'order_label_found',
  'express',
] as const;
export type Exclusion = (typeof EXCLUSIONS)[number];

/**
 * What the courier's tracking must say before a claim is looked at. `none`: nothing. `delivered`: else it waits.
 * `not_delivered`: a delivered package is denied. `non_delivery`: one of `proven_by`, or lateness, else it waits;
 * delivered is denied.
 */
export type Proof = 'none' | 'delivered' | 'not_delivered' | 'non_delivery';

export interface ClaimTerms {
  proof: Proof;
  /** With `non_delivery`: statuses that prove it. */
  proven_by: PackageStatus[];
  /** With `non_delivery`: more than `late_after_days` since hand-over proves it too. */
  proven_when_late: boolean;
  /** With `non_delivery`: a delivery later than that proves it as well. */
  late_delivery_counts: boolean;
  /** x 24 h from delivery; `claim_window` is the settlement's, `lifetime` has no end. */
  window_days: number | 'claim_window' | 'lifetime';
  /** After the window a person looks until then (from delivery); null: denied. */
  review_until_days: number | 'unlimited' | null;
  exclusions: Exclusion[];
  all_packages_delivered: boolean;
  /** All of these. */
  evidence: Evidence[];
  /** One of these; none is needed where the list is empty. */
  evidence_any: Evidence[];
  answer: 'remedy' | 'return_goods' | 'review' | 'deny';
  /** In order of preference. */
  remedies: Remedy[];
  /** What it is about: the affected units, by severity, the whole package, or the charge that the receipt shows. */
  amount: 'affected' | 'severity' | 'package' | 'charge';
  /** The goods that were wrong stay with the buyer. */
  keep_goods: boolean;
  next_step: NextStep | null;
}

export interface AllClaimsTerms {
  /** Working days in the operator's calendar, or hours that count weekends. */
  reply_within: { working_days: number } | { hours: number };
  close_when_inactive_days: number;
  evidence_max_bytes: number;
  /** From these amounts (one a currency) a person looks. */
  review_above: MoneyJson[];
}

export interface ReturnTerms {
  /** None: the operator takes no returns. */
  accepted: ReturnType[];
  /** Advice with the denial of what is not accepted. */
  refused_next_step: NextStep | null;
  /** x 24 h from delivery. */
  window_days: number;
  authorisation: 'none' | 'approval' | 'code';
  /** With `code`: x 24 h from its issue. */
  code_valid_days: number | null;
  condition: 'original' | 'any';
  /** Types whose goods need not be in original condition. */
  condition_free: ReceiptType[];
  /** A return may ask for the goods again in place of money. */
  exchange: boolean;
  /** Goods lost on the way back need a `shipping_receipt`, else denied. */
  lost_needs_shipping_receipt: boolean;
  /** How each type is paid when the goods have arrived. */
  settle: Record<ReceiptType, ReturnSettlement>;
  /** In place of the type's own where the buyer is at fault. */
  buyer_at_fault: ReturnSettlement | null;
  /** An amount is an order's, and of orders in its currency alone. */
  administration_fee: { percent: string } | MoneyJson | null;
  process_within_working_days: number | null;
}

export interface ReturnSettlement {
  way_back: 'operator' | 'buyer';
  /** What must be there when the goods arrive. */
  evidence: Evidence[];
  refund_shipping: boolean;
  /** `shipping_paid`, or `shipping_cost` where shipping was free, is taken off. */
  deduct_return_shipping: boolean;
  /** `shipping_cost` is taken off where shipping was free. */
  deduct_postage_if_free_shipping: boolean;
}

export interface RefundTerms {
  to: 'wallet';
  /** Is the shipping refunded with the goods, per cause? */
  shipping: { cancellation: boolean; undelivered: boolean; claim: boolean };
}

export interface SettlementTerms {
  /** x 24 h from delivery; a package is settled then. */
  claim_window_days: number;
  delivered_after_refund: 'keep' | 'take_back' | 'review';
}

/**
 * Is a cancellation after dispatch a return like another? Where the policy takes goods back for a change of mind, which
 * is what a cancelled order's goods carry (policies.md, "Exact readings").
 */
export function cancelledByReturnRules({ cancellation, returns }: Terms): boolean {
  return cancellation.after_dispatch === 'return' && returns.accepted.includes('change_of_mind');
}

/** Can what the courier says ever prove such a claim? Where it cannot, the claim only waits, or is denied. */
export function isProvable({ tracking }: Terms, claim: ClaimTerms): boolean {
  if (claim.proof !== 'non_delivery' || claim.proven_by.length > 0) return true;
  return tracking.late_after_days !== null && (claim.proven_when_late || claim.late_delivery_counts);
}

/** Does the time since hand-over alone prove such a claim, whatever tracking says short of delivered? */
export function provenByDays({ tracking, claims }: Terms, type: ClaimType): boolean {
  const { proof, proven_when_late: late, answer } = claims[type];
  return proof === 'non_delivery' && late && answer === 'remedy' && tracking.late_after_days !== null;
}

/** Does the policy ever ask for goods back? */
export function takesGoodsBack(terms: Terms): boolean {
  return (
    terms.returns.accepted.length > 0 ||
    terms.cancellation.after_dispatch === 'return' ||
    Object.values(terms.claims).some((claim) => claim.answer === 'return_goods')
  );
}

/**
 * Days from delivery after which nothing can be asked any more: the claim window, or a claim's or return's own that
 * ends later. Windows without an end do not hold up the settlement. Source: policies.md, "Exact readings".
 */
export function settlementDays(terms: Terms): number {
  const own = Object.values(terms.claims).flatMap((claim) => [claim.window_days, claim.review_until_days]);
  const days = own.filter((d) => typeof d === 'number');
  if (terms.returns.accepted.length > 0) days.push(terms.returns.window_days);
  return Math.max(terms.settlement.claim_window_days, ...days);
}
