import type { TransitionTable } from '../../kernel/transitions.ts';

export type ClaimStatus = 'needs_evidence' | 'waiting' | 'in_review' | 'approved' | 'denied' | 'closed' | 'withdrawn';

/**
 * What happens to a claim: the policy asks for more, waits or calls a person; somebody decides; the merchant appeals or
 * takes it back; nothing more is to come of it.
 */
export type ClaimSignal = 'ask' | 'wait' | 'review' | 'approve' | 'deny' | 'appeal' | 'withdraw' | 'close';

const open = { approve: 'approved', deny: 'denied', withdraw: 'withdrawn', close: 'closed' } as const;

/** product.md, State machines. An open claim is closed where its package was settled otherwise, or nothing was shown. */
export const CLAIM: TransitionTable<ClaimStatus, ClaimSignal> = {
  needs_evidence: { ...open, ask: 'needs_evidence', wait: 'waiting', review: 'in_review' },
  waiting: { ...open, ask: 'needs_evidence', wait: 'waiting', review: 'in_review' },
  in_review: { ...open, ask: 'needs_evidence', wait: 'waiting', review: 'in_review' },
  approved: { close: 'closed' },
  denied: { appeal: 'in_review', close: 'closed' },
  closed: {},
  withdrawn: {},
};

export const CLAIM_STATUSES = Object.keys(CLAIM) as ClaimStatus[];

/** Somebody still has to answer: the merchant, the courier or a person. */
export function isOpen(status: ClaimStatus): boolean {
  return status === 'needs_evidence' || status === 'waiting' || status === 'in_review';
}

/** Denied, and not looked at by a person at the merchant's word yet: once (product.md, State machines). */
export function mayBeAppealed({ status, appealedAt }: { status: ClaimStatus; appealedAt: Date | null }): boolean {
  return status === 'denied' && appealedAt === null;
}

/** What a decision makes of a claim. @param outcome as policies.md names it */
export function signalOf(outcome: string): ClaimSignal {
  switch (outcome) {
    case 'needs_evidence':
      return 'ask';
    case 'wait':
      return 'wait';
    case 'review':
      return 'review';
    case 'deny':
      return 'deny';
    default:
      return 'approve'; // refund, reship, store_credit, and accept: the goods are asked back first
  }
}
