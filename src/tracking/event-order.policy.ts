import type { CourierStatus, Direction } from './canonical.translate.ts';

/** One event as the fold needs it. */
export interface FoldEvent {
  /** Made of what the courier sent; equal keys are the same event. */
  key: string;
  status: CourierStatus | null;
  reason: string | null;
  direction: Direction;
  /** UTC where it is known. */
  at: Date | null;
  /** For order only, see ReadEvent.orderAt; null sorts first. */
  orderAt: Date | null;
  /** When we first had it; a time after it is in the future and is clamped to it for order. */
  receivedAt: Date | null;
  sequence: number;
}

/** The usual order of a parcel's life: decides between events of the same instant. */
const RANK: readonly CourierStatus[] = [
  'unknown',
  'expired',
  'cancelled',
  'label_created',
  'pickup_failed',
  'accepted',
  'in_transit',
  'out_for_delivery',
  'attempt_failed',
  'available_for_pickup',
  'exception',
  'damaged',
  'delivery_failed',
  'rto_initiated',
  'rto_in_transit',
  'seized_by_customs',
  'destroyed',
  'lost',
  'delivered',
  'rto_delivered',
];

/** Equal keys become one event: the earliest receipt and the lowest position count, whichever came first. */
export function merged(events: readonly FoldEvent[]): FoldEvent[] {
  const byKey = new Map<string, FoldEvent>();
  for (const event of events) {
    const known = byKey.get(event.key);
    byKey.set(event.key, known === undefined ? event : merge(known, event));
  }
  return [...byKey.values()];
}

function merge(a: FoldEvent, b: FoldEvent): FoldEvent {
  return {
    ...(compareTexts(JSON.stringify(a), JSON.stringify(b)) <= 0 ? a : b),
    orderAt: earlier(a.orderAt, b.orderAt),
    receivedAt: earlier(a.receivedAt, b.receivedAt),
    sequence: Math.min(a.sequence, b.sequence),
  };
}

export function earlier(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a <= b ? a : b;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By when it happened, then as the courier sent it, then as a parcel's life goes. */
export function inOrder(events: readonly FoldEvent[]): FoldEvent[] {
  return [...events].sort(
    (a, b) =>
      moment(a) - moment(b) ||
      asSent(a) - asSent(b) ||
      a.sequence - b.sequence ||
      rank(a) - rank(b) ||
      compareTexts(a.key, b.key),
  );
}

/** Milliseconds; an event without a time comes before all others. */
function moment(event: FoldEvent): number {
  if (event.orderAt === null) return 0;
  return Math.min(event.orderAt.getTime(), event.receivedAt?.getTime() ?? Infinity);
}

/** Milliseconds as the courier printed them, also in the future: distances between events are measured with these. */
export function asSent(event: FoldEvent): number {
  return event.orderAt?.getTime() ?? 0;
}

function rank(event: FoldEvent): number {
  return event.status === null ? -1 : RANK.indexOf(event.status);
}
