import { payClaim } from './amount.policy.ts';
import { accept, deny, isLate, lateEdge, passedDays, review, wait, type Case, type Ruling } from './case.policy.ts';
import { EVIDENCE, isDispatched, isEnded, type ClaimType, type MissingEvidence, type Remedy } from './facts.policy.ts';
import type { ClaimTerms, Exclusion } from './terms.policy.ts';

/**
 * A claim goes through its tests in the order of policies.md ("Decision"): tracking proof, window, exclusions, package
 * completeness, evidence, remedy, amount. The first test that does not pass decides. An exclusion goes before a window
 * that ends in review: misuse is denied "at any time".
 */
export function claim(it: Case): Ruling {
  const type = it.facts.request.type as ClaimType;
  const terms = it.terms.claims[type];
  if (it.parcel.disputed) return review('tracking/disputed');
  if (terms.answer === 'deny') return deny(`claims/${type}`, terms.next_step); // always: no test could help it
  const window = windowOf(it, terms);
  return (
    proof(it, type, terms) ??
    (window === 'over' ? deny(`claims/${type}/window`) : null) ??
    exclusion(it, type, terms) ??
    (window === 'review' ? review(`claims/${type}/window`) : null) ??
    completeness(it, type, terms) ??
    evidence(it, type, terms) ??
    remedy(it, type, terms)
  );
}

/** What the courier's tracking must have said; null where it has. */
function proof(it: Case, type: ClaimType, terms: ClaimTerms): Ruling | null {
  const clause = `claims/${type}/tracking`;
  const { status } = it.parcel;
  const delivered = status === 'delivered';
  switch (terms.proof) {
    case 'none':
      return null;
    case 'delivered':
      return delivered ? null : wait(clause, 'wait_for_courier');
    case 'not_delivered':
      if (delivered) return deniedAsDelivered(it, clause);
      if (status === 'cancelled') return deny('tracking/cancelled');
      return isDispatched(status) ? null : wait(clause, 'wait_for_courier');
    case 'non_delivery':
      if (delivered && terms.late_delivery_counts && isLate(it, it.parcel.delivered_at)) return null;
      if (delivered) return deniedAsDelivered(it, clause);
      if (status === 'cancelled') return deny('tracking/cancelled');
      if (terms.proven_by.includes(status)) return null;
      if (terms.proven_when_late && isLate(it, it.facts.request.at)) return null;
      return wait(clause, 'wait_for_courier', terms.proven_when_late ? lateEdge(it) : null);
  }
}

/** Tracking says delivered: the end of it, unless the policy lets a person look. */
function deniedAsDelivered(it: Case, clause: string): Ruling {
  return it.terms.tracking.delivered_is_final ? deny(clause) : review(clause);
}

function windowOf(it: Case, terms: ClaimTerms): 'open' | 'review' | 'over' {
  const { window_days: own, review_until_days: reviewed } = terms;
  if (own === 'lifetime') return 'open';
  const { delivered_at } = it.parcel;
  const { at } = it.facts.request;
  const days = own === 'claim_window' ? it.terms.settlement.claim_window_days : own;
  if (it.parcel.status !== 'delivered' || !passedDays(delivered_at, days, at)) return 'open';
  if (reviewed === null) return 'over';
  return reviewed === 'unlimited' || !passedDays(delivered_at, reviewed, at) ? 'review' : 'over';
}

function exclusion(it: Case, type: ClaimType, terms: ClaimTerms): Ruling | null {
  return terms.exclusions.some((e) => holds(it, e)) ? deny(`claims/${type}/exclusions`) : null;
}

function holds({ facts }: Case, exclusion: Exclusion): boolean {
  const { request, order } = facts;
  switch (exclusion) {
    case 'misuse':
      return request.misuse;
    case 'minor_variation':
      return request.minor_variation;
    case 'fault_merchant':
      return request.fault === 'merchant';
    case 'fault_buyer':
      return request.fault === 'buyer';
    case 'order_label_found':
      return request.order_label_found === true;
    case 'express':
      return order.service === 'express';
  }
}

/** Something missing may still be in another package of the order. */
function completeness(it: Case, type: ClaimType, terms: ClaimTerms): Ruling | null {
  const complete = !terms.all_packages_delivered || it.facts.packages.every((p) => isEnded(p.status));
  return complete ? null : wait(`claims/${type}/all_packages`, 'all_packages_must_be_delivered');
}

/** Everything that is missing, at once; of kinds of which one is enough, all where none is there. */
function evidence(it: Case, type: ClaimType, terms: ClaimTerms): Ruling | null {
  const there = it.facts.evidence;
  const anyThere = terms.evidence_any.length === 0 || terms.evidence_any.some((kind) => there.includes(kind));
  const wanted = anyThere ? terms.evidence : [...terms.evidence, ...terms.evidence_any];
  const missing: MissingEvidence[] = EVIDENCE.filter((kind) => wanted.includes(kind) && !there.includes(kind));
  if (terms.exclusions.includes('order_label_found') && it.facts.request.order_label_found === null) {
    missing.push('order_label_found');
  }
  if (missing.length === 0) return null;
  return {
    outcome: 'needs_evidence',
    clauses: [`claims/${type}/evidence`, `claims/${type}`],
    missingEvidence: missing,
  };
}

function remedy(it: Case, type: ClaimType, terms: ClaimTerms): Ruling {
  const clause = `claims/${type}`;
  if (terms.answer === 'review') return review(clause);
  if (terms.answer === 'return_goods') return accept(clause, terms.next_step ?? 'return_goods');
  if (terms.amount === 'charge' && it.facts.request.charge === null) return review(`${clause}/charge`);
  // What the courier's tracking proved is cited with what comes of it.
  const proven = terms.proof === 'non_delivery' ? [`${clause}/tracking`] : [];
  const wanted = chosen(it, terms.remedies);
  if (wanted !== 'reship' || it.facts.can_send_again !== false) {
    return payClaim(it, wanted, terms.amount, [clause, ...proven]);
  }
  const others = terms.remedies.filter((r) => r !== 'reship');
  return payClaim(it, chosen(it, others), terms.amount, ['amount/cannot_send_again', clause, ...proven]);
}

/** What the merchant prefers where the policy offers it, else the policy's first. */
function chosen({ facts }: Case, remedies: readonly Remedy[]): Remedy {
  const preferred = remedies.find((r) => r === facts.request.preferred_remedy);
  return preferred ?? remedies[0] ?? 'refund';
}
