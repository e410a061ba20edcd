import type { OrderStatus } from './order.machine.ts';

/** How far a package has got, as far as its order cares. */
export type PackageStage = 'planned' | 'in_fulfilment' | 'shipped' | 'ended' | 'cancelled';

const IN_FULFILMENT = new Set(['picking', 'packed', 'labelled']);
const ENDED = new Set(['delivered', 'rto_delivered', 'delivery_failed', 'lost']);

/** @param status a package's status of product.md's machine */
export function stageOf(status: string): PackageStage {
  if (status === 'planned' || status === 'cancelled') return status;
  if (IN_FULFILMENT.has(status)) return 'in_fulfilment';
  return ENDED.has(status) ? 'ended' : 'shipped';
}

/**
 * An order's status follows from its packages': cancelled when all of them are, completed when all others have ended,
 * shipped when all others have left, in fulfilment when one is being worked on. Money and settlement are the order's own.
 * @param own what is stored: `awaiting_funds`, `settled` and `cancelled` stay
 */
export function statusFrom(
  own: OrderStatus,
  packages: readonly { status: string; settledAt?: Date | null }[],
): OrderStatus {
  if (own === 'awaiting_funds' || own === 'settled' || own === 'cancelled') return own;
  // A parcel that was paid back as late has come to its end here, wherever the courier still has it.
  const stages = packages
    .map(({ status, settledAt }) => ({ stage: stageOf(status), isSettled: settledAt instanceof Date }))
    .map(({ stage, isSettled }) => (stage === 'shipped' && isSettled ? 'ended' : stage))
    .filter((stage) => stage !== 'cancelled');
  if (stages.length === 0) return 'cancelled';
  if (stages.every((stage) => stage === 'ended')) return 'completed';
  if (stages.every((stage) => stage === 'ended' || stage === 'shipped')) return 'shipped';
  return stages.some((stage) => stage !== 'planned') ? 'in_fulfilment' : 'paid';
}

const WAY: readonly OrderStatus[] = ['paid', 'in_fulfilment', 'shipped', 'completed'];

/** What an order is told to have become: each step of the way, too, where its packages were heard of late. */
export function stepsTo(from: OrderStatus, to: OrderStatus): OrderStatus[] {
  const steps = WAY.slice(WAY.indexOf(from) + 1, WAY.indexOf(to) + 1);
  return steps.length === 0 ? [to] : steps;
}
