import type { TransitionTable } from '../kernel/transitions.ts';

export type TopUpStatus = 'pending' | 'received' | 'failed' | 'expired';
export type TopUpSignal = 'receive' | 'fail' | 'expire';

/** product.md, State machines. What comes late to an expired one is adjusted, or a new top-up is made. */
export const TOP_UP: TransitionTable<TopUpStatus, TopUpSignal> = {
  pending: { receive: 'received', fail: 'failed', expire: 'expired' },
  received: {},
  failed: {},
  expired: {},
};
