/**
 * What is known when a policy decides, and what it answers: the two documents of policies.md ("Facts", "Decision").
 * Both are stored as they are, so their keys are spelled as the API spells them.
 */

export const PACKAGE_STATUSES = [
  'planned',
  'picking',
  'packed',
  'labelled',
  'handed_over',
  'in_transit',
  'out_for_delivery',
  'delivered',
  'attempt_failed',
  'available_for_pickup',
  'exception',
  'rto_initiated',
  'rto_in_transit',
  'rto_delivered',
  'delivery_failed',
  'lost',
  'cancelled',
] as const;
export type PackageStatus = (typeof PACKAGE_STATUSES)[number];

export const REQUEST_KINDS = ['cancellation', 'address_change', 'tracking', 'receipt', 'claim', 'return'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

export const CLAIM_TYPES = [
  'damaged',
  'defective',
  'wrong_item',
  'short_quantity',
  'missing_item',
  'not_received',
  'late',
  'lost',
  'seized',
  'customs_charge',
  'change_of_mind',
] as const;
export type ClaimType = (typeof CLAIM_TYPES)[number];

export const RETURN_TYPES = ['quality', 'wrong_item', 'change_of_mind'] as const;
export type ReturnType = (typeof RETURN_TYPES)[number];

/** Why goods that were asked back arrive: a return, a claim that wants the goods first, or a cancellation. */
export const RECEIPT_TYPES = ['quality', 'wrong_item', 'change_of_mind', 'damaged', 'defective'] as const;
export type ReceiptType = (typeof RECEIPT_TYPES)[number];

export type CaseType = ClaimType | ReturnType | ReceiptType;

export const REMEDIES = ['refund', 'reship', 'store_credit'] as const;
export type Remedy = (typeof REMEDIES)[number];

export const FAULTS = ['operator', 'courier', 'merchant', 'buyer'] as const;
export type Fault = (typeof FAULTS)[number];

export const SERVICES = ['standard', 'express'] as const;

/** In the order in which a decision lists what is missing. */
export const EVIDENCE = [
  'photo',
  'video',
  'description',
  'order_number',
  'receipt',
  'shipping_receipt',
  'return_tracking',
] as const;
export type Evidence = (typeof EVIDENCE)[number];

export const CONDITIONS = ['original', 'used', 'damaged', 'missing'] as const;
export const RETURN_CODES = ['valid', 'expired', 'unknown'] as const;

export interface FactRequest {
  kind: RequestKind;
  type: CaseType | null;
  /** RFC 3339; every window is measured to this instant. */
  at: string;
  preferred_remedy: Remedy | null;
  fault: Fault | null;
  minor_variation: boolean;
  misuse: boolean;
  order_label_found: boolean | null;
  /** customs_charge: what the receipt shows, in the order's currency. */
  charge: string | null;
}

export interface FactItem {
  line: number;
  quantity: number;
}

export interface FactOrder {
  placed_at: string;
  currency: string;
  service: (typeof SERVICES)[number];
  shipping_paid: string;
  shipping_cost: string;
  /** `paid` is for the whole line, after every discount. */
  items: (FactItem & { paid: string })[];
}

export interface FactPackage {
  id: string;
  status: PackageStatus;
  reason: string | null;
  disputed: boolean;
  handed_over_at: string | null;
  delivered_at: string | null;
  returned_at: string | null;
  items: FactItem[];
}

export interface Inspection {
  unopened: boolean | null;
  original_label: boolean | null;
  condition: (typeof CONDITIONS)[number] | null;
  return_code: (typeof RETURN_CODES)[number] | null;
}

export interface Facts {
  request: FactRequest;
  order: FactOrder;
  packages: FactPackage[];
  /** The package that the request is about; null is the whole order. */
  package: string | null;
  /** Claims and returns; `severity` is a decimal from 0 to 1, null is 1. */
  affected: (FactItem & { severity: string | null })[];
  evidence: Evidence[];
  inspection: Inspection | null;
  already_refunded: string;
  /** Units of the package (of the order, where `package` is null) that earlier cases have settled: each is paid once. */
  settled?: FactItem[];
  /** false: none are left, or no courier goes there. Null or left out: not said, they can be. */
  can_send_again?: boolean | null;
}

export type Outcome =
  'refund' | 'reship' | 'store_credit' | 'accept' | 'intercept' | 'deny' | 'wait' | 'needs_evidence' | 'review';

export const NEXT_STEPS = [
  'ask_buyer_to_refuse_delivery',
  'all_packages_must_be_delivered',
  'wait_for_rto_delivered',
  'wait_for_courier',
  'return_goods',
  'request_return_code',
  'own_store_policy',
  'reship_at_merchants_cost',
] as const;
export type NextStep = (typeof NEXT_STEPS)[number];

export type MissingEvidence = Evidence | 'order_label_found';

export interface Deduction {
  kind: 'administration_fee' | 'return_shipping' | 'outbound_shipping';
  amount: string;
}

/** One rule that was applied: `courier-proof/claims/damaged`, in words, and what it does. */
export interface Clause {
  id: string;
  text: string;
  effect: string;
}

export interface Decision {
  outcome: Outcome;
  refund: { amount: string; currency: string } | null;
  deductions: Deduction[];
  missing_evidence: MissingEvidence[];
  next_step: NextStep | null;
  /** For `wait`: a sweep decides again strictly after this instant. */
  reconsider_at: string | null;
  /** Never empty; the first one decided. */
  clauses: Clause[];
}

/** How far a package has got; the furthest speaks for a whole order. A cancelled one has gone nowhere. */
const PROGRESS: Readonly<Record<PackageStatus, number>> = {
  cancelled: -1,
  planned: 0,
  picking: 1,
  packed: 2,
  labelled: 3,
  handed_over: 4,
  in_transit: 5,
  exception: 6,
  out_for_delivery: 7,
  attempt_failed: 8,
  available_for_pickup: 9,
  rto_initiated: 10,
  rto_in_transit: 11,
  lost: 12,
  delivery_failed: 13,
  rto_delivered: 14,
  delivered: 15,
};

export function progress(status: PackageStatus): number {
  return PROGRESS[status];
}

/** Has the courier got it, or had it? */
export function isDispatched(status: PackageStatus): boolean {
  return PROGRESS[status] >= PROGRESS.handed_over;
}

export function isRtoUnderWay(status: PackageStatus): boolean {
  return status === 'rto_initiated' || status === 'rto_in_transit';
}

/** Nothing more will be delivered of it: such a package does not hold up a claim that needs the whole order. */
export function isEnded(status: PackageStatus): boolean {
  return ['delivered', 'cancelled', 'lost', 'delivery_failed', 'rto_delivered'].includes(status);
}

/**
 * The package that decides: the one asked about, or for a whole order the one that has got furthest (the earliest of
 * equals).
 * @throws RangeError the facts name no such package; checked facts always have it
 */
export function decidingPackage(facts: Facts): FactPackage {
  const asked = facts.packages.filter((p) => facts.package === null || p.id === facts.package);
  const [first, ...others] = asked;
  if (first === undefined) throw new RangeError('The facts hold no package to decide about.');
  return others.reduce((far, p) => (progress(p.status) > progress(far.status) ? p : far), first);
}
