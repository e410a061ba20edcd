import { step, type TransitionTable } from '../../kernel/transitions.ts';

export const RETURN_STATUSES = [
  'requested',
  'denied',
  'authorised',
  'expired',
  'in_transit',
  'received',
  'refunded',
  'rejected',
] as const;
export type ReturnStatus = (typeof RETURN_STATUSES)[number];

/** `send`: the buyer's tracking number is known; goods may also arrive without one. */
export type ReturnSignal = 'authorise' | 'deny' | 'send' | 'expire' | 'receive' | 'refund' | 'reject';

/** Source: product.md, State machines. A code that was used in time does not expire on the way. */
export const RETURN: TransitionTable<ReturnStatus, ReturnSignal> = {
  requested: { authorise: 'authorised', deny: 'denied' },
  denied: {},
  authorised: { send: 'in_transit', receive: 'received', expire: 'expired' },
  expired: {},
  in_transit: { send: 'in_transit', receive: 'received' },
  received: { refund: 'refunded', reject: 'rejected' },
  refunded: {},
  rejected: {},
};

/** @throws IllegalStep with the state and the legal steps */
export function returnStep(status: ReturnStatus, signal: ReturnSignal): ReturnStatus {
  return step(RETURN, 'return', status, signal);
}

/** Something is still to be done about it. */
export function isOpenReturn(status: ReturnStatus): boolean {
  return Object.keys(RETURN[status]).length > 0;
}

/** Goods with its code may come. */
export function isAwaited(status: ReturnStatus): boolean {
  return 'receive' in RETURN[status];
}
