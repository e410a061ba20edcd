import type { ClaimTerms, ReturnSettlement, Terms } from '../deciding/terms.policy.ts';

/** A claim about what was in the parcel: once it is delivered, with a photo, refunded for the units it is about. */
const contents: ClaimTerms = {
  proof: 'delivered',
  proven_by: [],
  proven_when_late: false,
  late_delivery_counts: false,
  window_days: 'claim_window',
  review_until_days: null,
  exclusions: [],
  all_packages_delivered: false,
  evidence: ['photo'],
  evidence_any: [],
  answer: 'remedy',
  remedies: ['refund'],
  amount: 'affected',
  keep_goods: true,
  next_step: null,
};

/** A claim that the parcel did not come: the courier's tracking proves it, or the days since hand-over. */
const nonDelivery: ClaimTerms = {
  ...contents,
  proof: 'non_delivery',
  proven_by: ['rto_delivered', 'delivery_failed', 'lost'],
  proven_when_late: true,
  evidence: [],
  amount: 'package',
  keep_goods: false,
};

const short: ClaimTerms = { ...contents, all_packages_delivered: true, remedies: ['refund', 'reship'] };
const unproven: ClaimTerms = { ...contents, proof: 'none', evidence: [], amount: 'package', keep_goods: false };

/** Goods that come back on the operator's account: everything that was paid for them. */
export const inFull: ReturnSettlement = {
  way_back: 'operator',
  evidence: [],
  refund_shipping: true,
  deduct_return_shipping: false,
  deduct_postage_if_free_shipping: false,
};

/** Everything shipped is sold; the courier's tracking is the only proof. Source: policies.md, courier-proof. */
export const courierProof: Terms = {
  id: 'courier-proof',
  languages: ['en'],
  title: { en: 'Courier-proof' },
  summary: { en: "Everything shipped is sold. The courier's tracking is the only proof." },
  cancellation: {
    until: 'picking',
    intercept: true,
    after_dispatch: 'deny',
    advice: 'ask_buyer_to_refuse_delivery',
  },
  address_change: { within_hours: null, until: 'labelled', intercept: true, after_dispatch: null },
  tracking: {
    refund_on: ['rto_delivered', 'delivery_failed', 'lost'],
    late_after_days: 20,
    first_scan_due_hours: 72,
    rto_overdue_days: 30,
    delivered_is_final: true,
    rto_inspection: { unopened: true, original_label: true },
  },
  claims: {
    damaged: contents,
    defective: { ...contents, evidence: [], evidence_any: ['photo', 'video'] },
    wrong_item: contents,
    short_quantity: short,
    missing_item: short,
    not_received: nonDelivery,
    late: { ...nonDelivery, late_delivery_counts: true },
    lost: nonDelivery,
    seized: { ...unproven, answer: 'review', remedies: [] },
    customs_charge: { ...unproven, answer: 'deny', remedies: [], amount: 'charge' },
    change_of_mind: { ...unproven, answer: 'deny', remedies: [], next_step: 'own_store_policy' },
  },
  all_claims: {
    reply_within: { working_days: 3 },
    close_when_inactive_days: 30,
    evidence_max_bytes: 10_485_760,
    review_above: [],
  },
  returns: {
    accepted: [],
    refused_next_step: 'own_store_policy',
    window_days: 30,
    authorisation: 'none',
    code_valid_days: null,
    condition: 'original',
    condition_free: ['damaged', 'defective'],
    exchange: false,
    lost_needs_shipping_receipt: false,
    settle: { quality: inFull, wrong_item: inFull, change_of_mind: inFull, damaged: inFull, defective: inFull },
    buyer_at_fault: null,
    administration_fee: null,
    process_within_working_days: null,
  },
  refund: { to: 'wallet', shipping: { cancellation: true, undelivered: true, claim: true } },
  settlement: { claim_window_days: 30, delivered_after_refund: 'keep' },
};
