import type { TransitionTable } from '../kernel/transitions.ts';

export type MerchantStatus = 'active' | 'suspended' | 'closing' | 'closed';
export type MerchantSignal = 'suspend' | 'reinstate' | 'close' | 'finish_closing';

/** product.md, State machines: account. */
export const ACCOUNT: TransitionTable<MerchantStatus, MerchantSignal> = {
  active: { suspend: 'suspended', close: 'closing' },
  suspended: { reinstate: 'active' },
  closing: { finish_closing: 'closed' },
  closed: {},
};
