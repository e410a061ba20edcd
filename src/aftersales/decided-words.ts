import type { Decision } from '../policies/policies.service.ts';
import { isPersons } from './deciding.ts';
import type { DecisionRecord } from './decision.store.ts';

/** What was decided of a case, in a sentence, and why: the policy's clause, or the note of the person who decided. */
export function decidedWords({ decision, credited, note }: DecisionRecord): string {
  const why = isPersons(decision) ? [note] : [decision.clauses[0]?.text, note];
  const given = credited.isPositive() ? credited.toString() : null;
  return [sentence(decision.outcome, given), ...why].filter((words) => words !== null && words !== undefined).join(' ');
}

function sentence(outcome: Decision['outcome'], credited: string | null): string {
  switch (outcome) {
    case 'refund':
      return credited === null ? 'Granted; nothing was left to give back.' : `Refunded: ${credited}.`;
    case 'store_credit':
      return credited === null ? 'Granted; nothing was left to give back.' : `Store credit: ${credited}.`;
    case 'reship':
      return 'Granted: the goods are sent again.';
    case 'accept':
      return 'Granted, once the goods are back.';
    case 'deny':
      return 'Denied.';
    case 'wait':
      return 'Waiting.';
    case 'needs_evidence':
      return 'Evidence is missing.';
    default:
      return 'A person looks at it.';
  }
}
