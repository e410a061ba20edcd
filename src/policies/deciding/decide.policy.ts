import { caseOf, type Case, type Ruling } from './case.policy.ts';
import { claim } from './claims.policy.ts';
import { addressChange, cancellation } from './dispatch.policy.ts';
import type { Decision, Facts } from './facts.policy.ts';
import { receipt, returnRequest } from './returns.policy.ts';
import type { Share } from './shares.policy.ts';
import type { Language, Terms } from './terms.policy.ts';
import { tracking } from './tracking.policy.ts';
import { clauseOf } from './clauses.policy.ts';

/**
 * What the operator owes: the one function through which all after-sales money goes. The same terms and facts always
 * give the same decision; it reads nothing else. Source: policies.md.
 * @param facts checked ones (facts.check.ts)
 * @param language of the clauses' texts; English where the policy does not stand in it
 */
export function decide(terms: Terms, facts: Facts, language: Language = 'en'): Decision {
  return decisionOf(terms, rule(caseOf(terms, facts)), language);
}

/** A decision with what its refund is made of, before deductions and the cap; null where it has none. */
export function explained(terms: Terms, facts: Facts): { decision: Decision; worth: Share | null } {
  const ruling = rule(caseOf(terms, facts));
  return { decision: decisionOf(terms, ruling, 'en'), worth: ruling.worth ?? null };
}

function decisionOf(terms: Terms, ruling: Ruling, language: Language): Decision {
  return {
    outcome: ruling.outcome,
    refund: ruling.refund?.toJSON() ?? null,
    deductions: ruling.deductions ?? [],
    missing_evidence: ruling.missingEvidence ?? [],
    next_step: ruling.nextStep ?? null,
    reconsider_at: ruling.reconsiderAt ?? null,
    clauses: ruling.clauses.map((key) => clauseOf(terms, key, language)),
  };
}

function rule(it: Case): Ruling {
  switch (it.facts.request.kind) {
    case 'cancellation':
      return cancellation(it);
    case 'address_change':
      return addressChange(it);
    case 'tracking':
      return tracking(it);
    case 'receipt':
      return receipt(it);
    case 'claim':
      return claim(it);
    case 'return':
      return returnRequest(it);
  }
}
