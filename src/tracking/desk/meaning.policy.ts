import type { CourierStatus, Direction, ReadEvent, ReadShipment } from '../canonical.translate.ts';
import { fold } from '../fold.policy.ts';

/** What staff say that a code means. */
export interface StaffMeaning {
  code: string;
  status: CourierStatus | null;
  reason: string | null;
}

/** A direction that only followed from the old status goes with it; one that the source itself said stays. */
export function directionOf(
  before: { status: string | null; direction: Direction },
  status: CourierStatus | null,
): Direction {
  if (before.direction === 'reverse') return before.direction;
  if (status?.startsWith('rto_') === true) return 'rto';
  return before.status?.startsWith('rto_') === true ? 'forward' : before.direction;
}

/** A shipment as it is kept: staff's word comes before the translator's. */
export function asMeant(shipment: ReadShipment, meanings: readonly StaffMeaning[]): ReadShipment {
  const events = shipment.events.map((event) => meant(event, meanings));
  if (events.every((event, index) => event === shipment.events[index])) return shipment;
  const now = fold(
    events.map((event, index) => ({ ...event, key: String(index), at: event.time.at, receivedAt: null })),
  );
  const { courierStatus, reason, direction } = now;
  if (courierStatus === null) return { ...shipment, events };
  const reverse = shipment.direction === 'reverse';
  return { ...shipment, events, status: courierStatus, reason, direction: reverse ? 'reverse' : direction };
}

function meant(event: ReadEvent, meanings: readonly StaffMeaning[]): ReadEvent {
  const found = meanings.find(({ code }) => code === (event.code ?? event.text));
  if (found === undefined) return event;
  const { status, reason } = found;
  return { ...event, status, reason, direction: directionOf(event, status), unmapped: false };
}
