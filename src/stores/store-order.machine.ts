import type { TransitionTable } from '../kernel/transitions.ts';

/**
 * held: it cannot be placed yet, with the reason. placed: an order stands for it. cancelled: the store took it back; it
 * may come again where nothing was placed for it, as after a payment that failed at first.
 * passed_over: nothing of it is ours to send.
 */
export type StoreOrderStatus = 'held' | 'placed' | 'cancelled' | 'passed_over';

export const STORE_ORDER_STATUSES = ['held', 'placed', 'cancelled', 'passed_over'] as const;

export const STORE_ORDER: TransitionTable<StoreOrderStatus, 'place' | 'cancel' | 'pass_over' | 'reopen'> = {
  held: { place: 'placed', cancel: 'cancelled', pass_over: 'passed_over' },
  placed: { cancel: 'cancelled' },
  cancelled: { reopen: 'held' },
  passed_over: {},
};
