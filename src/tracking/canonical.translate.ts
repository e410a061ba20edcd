/** What a courier says of a parcel: one word of ours for a thousand of theirs. Source: tracking.md, Canonical model. */
export const COURIER_STATUSES = [
  'unknown',
  'label_created',
  'pickup_failed',
  'accepted',
  'in_transit',
  'out_for_delivery',
  'attempt_failed',
  'available_for_pickup',
  'exception',
  'damaged',
  'delivered',
  'rto_initiated',
  'rto_in_transit',
  'rto_delivered',
  'lost',
  'destroyed',
  'seized_by_customs',
  'delivery_failed',
  'cancelled',
  'expired',
] as const;

export type CourierStatus = (typeof COURIER_STATUSES)[number];

/** `forward` to the buyer, `rto` the same parcel on its way back, `reverse` a buyer's return with a label of its own. */
export type Direction = 'forward' | 'rto' | 'reverse';

/** A time as it was sent, and what is known of it. */
export interface ReadTime {
  /** The source's own text; the only part of a time that identifies an event. */
  raw: string | null;
  /** The wall clock's reading, `2024-11-23T13:10:00`; null where the text holds no date. */
  local: string | null;
  /** The offset sent (`-06:00`), or the zone assumed from the place or the courier's home; null: unknown. */
  zone: string | null;
  /** UTC, known only where the zone is. */
  at: Date | null;
}

/** One line of a parcel's history. */
export interface ReadEvent {
  time: ReadTime;
  code: string | null;
  text: string | null;
  /** Null: the line says nothing about where the parcel stands, or its code is not mapped yet. */
  status: CourierStatus | null;
  reason: string | null;
  direction: Direction;
  place: string | null;
  /** Position in the source's history, 0 the oldest. */
  sequence: number;
  /** For order only: UTC, or the reading in the zone of its neighbours, or as if it were UTC. */
  orderAt: Date | null;
  /** The code or text is new to us: shown to staff as `needs_mapping`. */
  unmapped: boolean;
}

/** What one payload says about one parcel. */
export interface ReadShipment {
  number: string | null;
  /** Other numbers of the same parcel: the last mile's, the sender's own. */
  aliases: readonly string[];
  /** Who carries it, in the source's words, where it is an aggregator. */
  carrier: string | null;
  status: CourierStatus;
  reason: string | null;
  direction: Direction;
  /** In the order in which they were sent. */
  events: readonly ReadEvent[];
  /** Tells shipments apart that share a number: local date, and place or country. */
  shippedOn: string | null;
  destination: string | null;
}

export function isCourierStatus(text: string): text is CourierStatus {
  return (COURIER_STATUSES as readonly string[]).includes(text);
}

/** The map's words for a reason that have one of the canonical list. Source: tracking.md, Canonical model. */
const REASONS: Readonly<Record<string, string>> = {
  address: 'address_incorrect',
  customs_rejected: 'customs_hold',
  self_collect: 'other',
  recipient_issue: 'other',
  delivery_exception: 'other',
  undeliverable: 'other',
  unknown_outcome: 'other',
};

/** "Returned to sender" is what happens, not why: the cause comes from the trouble before it. */
export function canonicalReason(reason: string | null): string | null {
  if (reason === null || reason === 'returned_to_sender') return null;
  return REASONS[reason] ?? reason;
}
