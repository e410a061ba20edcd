import type { Money } from '../kernel/money.ts';
import type { Decision, Outcome } from '../policies/policies.service.ts';

/** A decision that a person made in place of the policy: the clause says so, and the note why. */
export function byPerson(outcome: Outcome, refund: Money | null, note: string): Decision {
  const effect =
    refund === null ? outcome.replaceAll('_', ' ') : `${outcome.replaceAll('_', ' ')} ${refund.toString()}`;
  return {
    ...{ outcome, refund: refund?.toJSON() ?? null, deductions: [], missing_evidence: [] },
    ...{ next_step: null, reconsider_at: null },
    clauses: [{ id: 'operator/person', text: note, effect }],
  };
}
