import { payReturn, refundAll } from './amount.policy.ts';
import { accept, deny, passedDays, review, type Case, type Ruling } from './case.policy.ts';
import { EVIDENCE, RECEIPT_TYPES, type ReceiptType, type ReturnType } from './facts.policy.ts';
import { takesGoodsBack, type ReturnSettlement } from './terms.policy.ts';

/** May the goods be sent back? Source: policies.md, "Returns" of each preset. */
export function returnRequest(it: Case): Ruling {
  const { terms, parcel, facts } = it;
  const { accepted, refused_next_step, window_days, authorisation } = terms.returns;
  if (parcel.disputed) return review('tracking/disputed');
  if (!accepted.includes(facts.request.type as ReturnType)) return deny('returns/refused', refused_next_step);
  if (parcel.status !== 'delivered') return deny('returns/before_delivery');
  if (passedDays(parcel.delivered_at, window_days, facts.request.at)) return deny('returns/window');
  return accept('returns/accepted', authorisation === 'code' ? 'request_return_code' : 'return_goods');
}

/**
 * A parcel came back. With a type it is an authorised return; without one an undelivered package is RTO, and a delivered
 * one came unauthorised. Where the policy takes nothing back, only RTO is left.
 * Source: policies.md, "Exact readings" and each preset's receipts.
 */
export function receipt(it: Case): Ruling {
  const { terms, parcel, facts } = it;
  if (parcel.disputed) return review('tracking/disputed');
  const type = RECEIPT_TYPES.find((t) => t === facts.request.type) ?? null;
  if (type !== null && takesGoodsBack(terms)) return authorisedReturn(it, type);
  return parcel.status === 'delivered' ? deny('receipts/unauthorised', terms.returns.refused_next_step) : rto(it);
}

function rto(it: Case): Ruling {
  const { unopened, original_label } = it.terms.tracking.rto_inspection;
  const seen = it.facts.inspection;
  const sound = (!unopened || seen?.unopened === true) && (!original_label || seen?.original_label === true);
  if (sound) return refundAll(it, 'undelivered', 'receipts/rto');
  // The courier's word that it brought the parcel back is the proof, whatever state it is in.
  if (it.parcel.status === 'rto_delivered') return refundAll(it, 'undelivered', 'receipts/rto_by_tracking');
  return review('receipts/rto_opened');
}

function authorisedReturn(it: Case, type: ReceiptType): Ruling {
  const { returns } = it.terms;
  const seen = it.facts.inspection;
  if (returns.authorisation === 'code' && seen?.return_code !== 'valid') return deny('receipts/return_code');
  const lost = seen?.condition === 'missing';
  const byReceipt = lost && returns.lost_needs_shipping_receipt;
  if (byReceipt && !it.facts.evidence.includes('shipping_receipt')) return deny('receipts/lost_on_the_way_back');
  const sound = seen?.condition === 'original' || returns.condition_free.includes(type) || returns.condition === 'any';
  if (!sound) return review(byReceipt ? 'receipts/lost_on_the_way_back' : 'receipts/condition');
  const settle = settlementOf(it, type);
  const missing = EVIDENCE.filter((kind) => settle.evidence.includes(kind) && !it.facts.evidence.includes(kind));
  if (missing.length > 0) {
    return { outcome: 'needs_evidence', clauses: [`returns/${type}/evidence`], missingEvidence: missing };
  }
  const buyers = settle === returns.buyer_at_fault && settle !== returns.settle[type];
  return payReturn(it, settle, buyers ? 'returns/buyer_at_fault' : `returns/${type}`);
}

/** The buyer's own doing is settled in its own way where the policy says so. */
function settlementOf({ terms, facts }: Case, type: ReceiptType): ReturnSettlement {
  const { buyer_at_fault: buyers, settle } = terms.returns;
  return facts.request.fault === 'buyer' && buyers !== null ? buyers : settle[type];
}
