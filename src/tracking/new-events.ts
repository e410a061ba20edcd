import { createHash } from 'node:crypto';
import type { CourierStatus, ReadEvent, ReadShipment } from './canonical.translate.ts';
import { byPhrase } from './couriers/mapping.translate.ts';
import { ENGLISH } from './couriers/phrases.translate.ts';
import { readTime } from './couriers/time.translate.ts';
import { CANONICAL, isEarlierUse, numberKey, type Match } from './matching.policy.ts';
import type { NewEvent } from './tracking.store.ts';

/** An event that staff, a WMS or a simulated courier reports in our own words. */
export interface CanonicalEvent {
  /** A courier's code of ours. */
  courier: string;
  trackingNumber: string;
  status: CourierStatus;
  occurredAt: Date;
  /** As it was sent, with its offset: the local time that buyers are shown. */
  timeRaw?: string | null;
  description?: string | null;
  location?: string | null;
  /** The reporter's own; the same one is the same event. */
  eventId?: string | null;
  reason?: string | null;
}

/** A number longer than this is none. */
export const MAX_NUMBER = 100;

/** The same event twice in one message is one; the lower position counts. */
export function onceEach(events: readonly NewEvent[]): NewEvent[] {
  const byKey = new Map<string, NewEvent>();
  for (const event of events) {
    const known = byKey.get(event.eventKey);
    if (known === undefined || event.sequence < known.sequence) byKey.set(event.eventKey, event);
  }
  return [...byKey.values()];
}

function outcome(matched: Match | undefined, at: Date | null): Pick<NewEvent, 'route' | 'unmatchedWhy'> {
  if (matched === undefined || !('route' in matched))
    return { route: null, unmatchedWhy: matched?.why ?? 'unknown_number' };
  const { route } = matched;
  if (isEarlierUse(route, at)) return { route: null, unmatchedWhy: 'earlier_use' };
  return { route: { merchantId: route.merchantId, packageId: route.packageId }, unmatchedWhy: null };
}

/** Null: it has no number to keep it under. */
export function toEvent(
  source: string,
  shipment: ReadShipment,
  event: ReadEvent,
  matched: Match | undefined,
): NewEvent | null {
  const { number } = shipment;
  if (number === null || number.length > MAX_NUMBER) return null;
  const key = numberKey(number);
  return {
    numberKey: key,
    // made of what the courier sent, never of what we derive from it (tracking.md, Algorithm 4)
    eventKey: sha256(
      JSON.stringify([source, key, shipment.direction === 'reverse', said(source, event), event.time.raw, event.place]),
    ),
    source,
    number,
    carrier: shipment.carrier,
    status: event.status,
    reason: event.reason,
    direction: event.direction,
    code: event.code,
    description: event.text,
    place: event.place,
    timeRaw: event.time.raw,
    localTime: event.time.local,
    zone: event.time.zone,
    occurredAt: event.time.at,
    orderAt: event.orderAt,
    sequence: event.sequence,
    needsMapping: event.unmapped,
    ...outcome(matched, event.orderAt),
  };
}

/** Sources whose codes are so coarse that two events of one second and place may share them: the text counts too. */
const COARSE_CODES = new Set(['easypost', 'aftership', 'shippo', 'ship24', 'trackingmore', '17track', 'dhl_unified']);

/** The code or the text, as the courier sent it. */
function said(source: string, { code, text }: ReadEvent): string | null {
  return COARSE_CODES.has(source) && code !== null ? `${code}|${text ?? ''}` : (code ?? text);
}

export function canonicalEvent(event: CanonicalEvent, matched: Match | undefined): NewEvent {
  const { courier, trackingNumber, status, occurredAt, eventId = null, description = null, location = null } = event;
  const key = numberKey(trackingNumber);
  const at = occurredAt.toISOString();
  const identity = eventId === null ? [status, at, location, description] : [eventId];
  const phrase = byPhrase(ENGLISH, description);
  const time = readTime(event.timeRaw ?? at);
  return {
    numberKey: key,
    eventKey: sha256(JSON.stringify([CANONICAL, courier.toLowerCase(), key, ...identity])),
    source: CANONICAL,
    number: trackingNumber,
    carrier: courier,
    status,
    reason: event.reason ?? (phrase?.status === status ? phrase.reason : null),
    direction: status.startsWith('rto_') ? 'rto' : 'forward',
    code: status,
    description,
    place: location,
    timeRaw: time.raw,
    localTime: time.local,
    zone: time.zone,
    occurredAt,
    orderAt: occurredAt,
    sequence: 0,
    needsMapping: false,
    ...outcome(matched, occurredAt),
  };
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
