import type { TransitionTable } from '../../kernel/transitions.ts';

export type PayoutStatus = 'requested' | 'approved' | 'paid' | 'rejected';
export type PayoutSignal = 'approve' | 'pay' | 'reject';

/** product.md, State machines: payout. One that was approved can still be rejected: banks send money back. */
export const PAYOUT: TransitionTable<PayoutStatus, PayoutSignal> = {
  requested: { approve: 'approved', reject: 'rejected' },
  approved: { pay: 'paid', reject: 'rejected' },
  paid: {},
  rejected: {},
};
