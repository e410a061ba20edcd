import type { EventRecord } from './tracking.records.ts';
import { CANONICAL } from './matching.policy.ts';
import { POLL_COURIERS } from './polling/poll-couriers.ts';
import { SIGNED_SOURCES } from './signatures.ts';

type Word = Pick<EventRecord, 'status' | 'source' | 'direction'>;

/** Whose word needs no other: signed messages, couriers that are asked, staff, the warehouse. */
const PROVEN: ReadonlySet<string> = new Set([
  ...SIGNED_SOURCES,
  ...POLL_COURIERS.map(({ source }) => source),
  ...[CANONICAL, 'warehouse'],
]);

function saysReturned({ status, direction }: Word): boolean {
  return status === 'rto_delivered' && direction !== 'reverse';
}

/** Does the courier itself say that the parcel is back at the sender? */
export function saidByCourier(events: readonly Word[]): boolean {
  return events.some((event) => saysReturned(event) && event.source !== 'warehouse');
}

/** Is it back by the word of sources alone that send no more than a token? Source: tracking.md, Sources to read. */
export function isUnproven(events: readonly Word[]): boolean {
  const back = events.filter(saysReturned);
  return back.length > 0 && !back.some(({ source }) => PROVEN.has(source));
}

/** Two say that it is back, of whom money may have waited for the second: the warehouse and a courier, a token and a proof. */
export function isConfirmed(events: readonly Word[]): boolean {
  const back = events.filter(saysReturned);
  const isReceived = events.some(({ source }) => source === 'warehouse');
  const byToken = back.some(({ source }) => !PROVEN.has(source));
  return (isReceived && saidByCourier(events)) || (byToken && !isUnproven(events));
}
