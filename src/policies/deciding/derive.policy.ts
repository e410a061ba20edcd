import type { ClaimType } from './facts.policy.ts';
import type { ClaimTerms, Terms } from './terms.policy.ts';

/** What a policy says otherwise than the one it is based on. A list replaces the list it is based on. */
export interface Changes extends Pick<Terms, 'id' | 'title' | 'summary'> {
  languages?: Terms['languages'];
  cancellation?: Partial<Terms['cancellation']>;
  address_change?: Partial<Terms['address_change']>;
  tracking?: Partial<Terms['tracking']>;
  claims?: Partial<Record<ClaimType, Partial<ClaimTerms>>>;
  all_claims?: Partial<Terms['all_claims']>;
  returns?: Partial<Terms['returns']>;
  refund?: Partial<Terms['refund']>;
  settlement?: Partial<Terms['settlement']>;
}

/**
 * A policy that says what `changes` say, and what `base` says where they are silent: "What a preset does not mention is
 * decided as courier-proof does" (policies.md, "Exact readings"). The result stands on its own.
 */
export function basedOn(base: Terms, changes: Changes): Terms {
  const claims = { ...base.claims };
  for (const [type, change] of Object.entries(changes.claims ?? {}) as [ClaimType, Partial<ClaimTerms>][]) {
    claims[type] = { ...base.claims[type], ...change };
  }
  return {
    id: changes.id,
    title: changes.title,
    summary: changes.summary,
    languages: changes.languages ?? base.languages,
    cancellation: { ...base.cancellation, ...changes.cancellation },
    address_change: { ...base.address_change, ...changes.address_change },
    tracking: { ...base.tracking, ...changes.tracking },
    claims,
    all_claims: { ...base.all_claims, ...changes.all_claims },
    returns: { ...base.returns, ...changes.returns },
    refund: { ...base.refund, ...changes.refund },
    settlement: { ...base.settlement, ...changes.settlement },
  };
}
