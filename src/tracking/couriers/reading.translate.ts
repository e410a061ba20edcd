import type { CourierStatus, Direction, ReadEvent, ReadShipment, ReadTime } from '../canonical.translate.ts';
import { canonicalReason } from '../canonical.translate.ts';
import { fold } from '../fold.policy.ts';
import { LANGUAGES } from './languages.translate.ts';
import { byPhrase, type Meaning } from './mapping.translate.ts';
import { others } from './shape.translate.ts';
import { NO_TIME } from './time.translate.ts';

export type Kind = 'webhook' | 'poll';

/** Reads one source's payloads: pure, never throws, whatever the payload is. */
export interface Translator {
  source: string;
  /** Parsed JSON or XML; anything at all. */
  read(payload: unknown, kind: Kind): ReadShipment[];
}

export interface EventDraft {
  time: ReadTime;
  code?: string | null;
  text?: string | null;
  /** Undefined: neither code nor phrase is known. */
  meaning: Meaning | undefined;
  place?: string | null;
  /** The source says so itself; else it follows from the status. */
  direction?: Direction;
}

export interface ShipmentDraft {
  number: string | null;
  aliases?: readonly (string | null)[];
  carrier?: string | null;
  /** The source's own summary: used only where the events say nothing. */
  header?: Meaning | undefined;
  events?: readonly EventDraft[];
  /** What its order is where the times do not tell. */
  newestFirst?: boolean;
  /** A buyer's return with its own label. */
  reverse?: boolean;
  shippedOn?: string | null;
  destination?: string | null;
}

/** An answer that finds nothing, or an error body: one shipment of which nothing is known. */
export function nothingKnown(number: string | null = null): ReadShipment {
  return shipment({ number });
}

/** The shipments found, or the one of which nothing is known. */
export function orNothing(shipments: ReadShipment[], number: string | null = null): ReadShipment[] {
  return shipments.length > 0 ? shipments : [nothingKnown(number)];
}

/** Completes what a translator read: order, directions, and the status by the same fold that packages follow. */
export function shipment(draft: ShipmentDraft): ReadShipment {
  const events = completed(draft);
  const now = fold(
    events.map((event, index) => ({ ...event, key: String(index), at: event.time.at, receivedAt: null })),
  );
  // the source's own summary speaks where the events say nothing, or where the newest one is in words that are new to us
  const header = now.courierStatus === null || newestIsUnmapped(events) ? (draft.header?.status ?? null) : null;
  const status = header ?? now.courierStatus ?? 'unknown';
  const reason = header === null ? now.reason : canonicalReason(draft.header?.reason ?? null);
  return {
    number: draft.number,
    aliases: others(draft.aliases ?? [], draft.number),
    carrier: draft.carrier ?? null,
    status,
    reason,
    direction: draft.reverse === true ? 'reverse' : now.direction === 'rto' || isReturn(status) ? 'rto' : 'forward',
    events,
    shippedOn: draft.shippedOn ?? null,
    destination: draft.destination ?? null,
  };
}

/** A line in words that are new to us, after the last one that says where the parcel is. */
function newestIsUnmapped(events: readonly ReadEvent[]): boolean {
  const known = Math.max(-1, ...events.filter((event) => event.status !== null).map((event) => event.sequence));
  return events.some((event) => event.unmapped && event.sequence > known);
}

const TURNED: ReadonlySet<CourierStatus | null> = new Set(['rto_initiated', 'rto_in_transit']);

/** Once it turned back, a plain "delivered" under the same number is the sender's door. */
export function backAtSender(events: readonly EventDraft[]): EventDraft[] {
  const turned = events.filter((e) => TURNED.has(e.meaning?.status ?? null)).map((e) => e.time.local ?? '');
  const start = turned.sort()[0];
  return events.map((event) => {
    const after = start !== undefined && (event.time.local ?? '') > start && event.meaning?.status === 'delivered';
    return after ? { ...event, meaning: { status: 'rto_delivered', reason: null } } : event;
  });
}

function isReturn(status: CourierStatus): boolean {
  return status.startsWith('rto_');
}

function completed(draft: ShipmentDraft): ReadEvent[] {
  const told = (draft.events ?? []).filter(isSomething);
  // where the source itself says that it is back, its last "delivered" is not the buyer's
  const drafts = draft.header?.status === 'rto_delivered' ? backAtSender(told) : told;
  const newestFirst = isNewestFirst(drafts, draft.newestFirst ?? true);
  const bare = drafts.map((event, index): ReadEvent => {
    const meaning = event.meaning ?? byPhrase(LANGUAGES, event.text ?? null); // a line in its country's own words
    const status = meaning?.status ?? null;
    const direction = event.direction ?? (status !== null && isReturn(status) ? 'rto' : 'forward');
    return {
      time: event.time,
      code: event.code ?? null,
      text: event.text ?? null,
      status,
      reason: meaning?.reason ?? null,
      direction: draft.reverse === true ? 'reverse' : direction,
      place: event.place ?? null,
      sequence: newestFirst ? drafts.length - 1 - index : index,
      orderAt: null,
      unmapped: meaning === undefined,
    };
  });
  return withOrder(bare);
}

/** Junk in a list of events is no event. */
function isSomething({ time, code, text, place, meaning }: EventDraft): boolean {
  return [time.raw, code, text, place, meaning?.status].some((part) => part !== null && part !== undefined);
}

/** By the times where they differ, else as the source is known to print. */
function isNewestFirst(drafts: readonly EventDraft[], otherwise: boolean): boolean {
  const times = drafts.map((event) => event.time.local).filter((local) => local !== null);
  const [start, end] = [times[0], times.at(-1)];
  if (start === undefined || end === undefined || start === end) return otherwise;
  return start > end;
}

/** A local reading without a zone is ordered by the zone of the event before it in the history, else of the next one. */
function withOrder(events: readonly ReadEvent[]): ReadEvent[] {
  const history = [...events].sort((a, b) => a.sequence - b.sequence);
  return events.map((event) => {
    const local = event.time.local;
    if (event.time.at !== null || local === null) return { ...event, orderAt: event.time.at };
    const known = history.filter((other) => other.time.at !== null);
    const near = known.filter((other) => other.sequence < event.sequence).at(-1) ?? known[0];
    return { ...event, orderAt: asIf(local, near?.time ?? NO_TIME) };
  });
}

function asIf(local: string, neighbour: ReadTime): Date {
  const reading = Date.parse(`${local}Z`);
  const ahead =
    neighbour.at === null || neighbour.local === null ? 0 : Date.parse(`${neighbour.local}Z`) - neighbour.at.getTime();
  return new Date(reading - ahead);
}
