import type { ClaimType, Remedy, Terms } from '../../policies/policies.service.ts';

type ClaimTerms = Terms['claims'][ClaimType];

function changed(terms: Terms, type: ClaimType, change: Partial<ClaimTerms>): Terms {
  return { ...terms, claims: { ...terms.claims, [type]: { ...terms.claims[type], ...change } } };
}

/**
 * The same policy when a person has granted the claim: no test is left, only what it is worth. A customs charge that was
 * not said is worth the package at the most.
 */
export function granted(terms: Terms, type: ClaimType, remedy: Remedy, charge: string | null): Terms {
  const { amount } = terms.claims[type];
  return changed({ ...terms, all_claims: { ...terms.all_claims, review_above: [] } }, type, {
    ...{ proof: 'none', window_days: 'lifetime', exclusions: [], all_packages_delivered: false },
    ...{ evidence: [], evidence_any: [], answer: 'remedy', remedies: [remedy] },
    amount: amount === 'charge' && charge === null ? 'package' : amount,
  });
}

/** Does the claim settle units of the goods? What customs charged is no part of them. */
export function isAboutUnits(type: ClaimType): boolean {
  return type !== 'customs_charge';
}

/** Claims about the whole package not having come. */
export const NON_DELIVERY: readonly ClaimType[] = ['not_received', 'late', 'lost'];

/** Is the claim about that? Then its refund has the cause that tracking's has. */
export function isNonDelivery(type: ClaimType): boolean {
  return NON_DELIVERY.includes(type);
}
