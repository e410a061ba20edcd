import type { TransitionTable } from '../kernel/transitions.ts';

export type OrderStatus =
  'awaiting_funds' | 'paid' | 'in_fulfilment' | 'shipped' | 'completed' | 'settled' | 'cancelled';

/** What happens to an order: money came, its packages moved on, nothing can be claimed any more, all of it was cancelled. */
export type OrderSignal = 'pay' | 'start' | 'ship' | 'complete' | 'settle' | 'cancel';

/** product.md, State machines. Steps of the packages may be skipped: a scan can be the first that is heard. */
export const ORDER: TransitionTable<OrderStatus, OrderSignal> = {
  awaiting_funds: { pay: 'paid', cancel: 'cancelled' },
  paid: { start: 'in_fulfilment', ship: 'shipped', complete: 'completed', cancel: 'cancelled' },
  in_fulfilment: { ship: 'shipped', complete: 'completed', cancel: 'cancelled' },
  shipped: { complete: 'completed' },
  completed: { settle: 'settled' },
  settled: {},
  cancelled: { settle: 'settled' },
};
