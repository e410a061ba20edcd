import type { TransitionTable } from '../kernel/transitions.ts';

export type TopUpStatus = 'pending' | 'received' | 'failed' | 'expired';
export type TopUpSignal = 'receive' | 'pay' | 'fail' | 'expire';

/**
 * product.md, State machines. A bank transfer that comes late is adjusted, or a new top-up is made; a provider's word, or
 * a line of the bank's statement, that the money is there counts whatever was said before.
 */
export const TOP_UP: TransitionTable<TopUpStatus, TopUpSignal> = {
  pending: { receive: 'received', pay: 'received', fail: 'failed', expire: 'expired' },
  received: {},
  failed: { pay: 'received' },
  expired: { pay: 'received' },
};
