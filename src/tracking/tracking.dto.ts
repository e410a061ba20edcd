import { AnyObject, Choice, Flag, Id, InstantField, Int, List, LooseList, Text, TextList } from '../http/fields.ts';
import { ListQuery } from '../http/lists.ts';
import { instant, instantOrNull } from '../kernel/clock.ts';
import { idOut, idOutOrNull } from '../kernel/ids.ts';
import { COURIER_STATUSES, type CourierStatus, type ReadEvent, type ReadShipment } from './canonical.translate.ts';
import type { Counts } from './inbox.ts';
import type { CanonicalEvent } from './new-events.ts';
import type { Reading } from './sources.translate.ts';
import type { EventRecord, MessageRecord, UnmatchedRow } from './tracking.store.ts';

const DIRECTIONS = ['forward', 'rto', 'reverse'] as const;

export class CanonicalEventBody {
  @Text({ max: 50, description: "A courier's code." })
  courier: string;

  @Text({ max: 100 })
  tracking_number: string;

  @Choice(COURIER_STATUSES)
  status: CourierStatus;

  @InstantField({ asSent: true })
  occurred_at: string;

  @Text({ optional: true, max: 500 })
  description?: string;

  @Text({ optional: true, max: 200 })
  location?: string;

  @Text({ optional: true, max: 200, description: 'The same id is the same event, however often it comes.' })
  event_id?: string;
}

export class CanonicalEventsBody {
  /** Checked by `soundEvents`. */
  @LooseList(() => CanonicalEventBody, { min: 1, max: 1000 })
  events: object[];
}

export class CountsView {
  @Int({ description: 'New events of known packages.' })
  accepted: number;

  @Int({ description: 'Events that were known.' })
  duplicates: number;

  @Int({ description: 'New events whose number leads to no package yet.' })
  unmatched: number;
}

export class PreviewQuery {
  @Choice(['webhook', 'poll'], { optional: true })
  kind?: 'webhook' | 'poll';
}

export class TokenQuery {
  @Text({ optional: true, max: 500, description: 'For sources that can carry a secret only in the address.' })
  token?: string;
}

export class PreviewEventView {
  @InstantField({ nullable: true })
  occurred_at: string | null;

  @Text({ nullable: true })
  time_raw: string | null;

  @Choice(COURIER_STATUSES, { nullable: true })
  status: string | null;

  @Text({ nullable: true })
  reason: string | null;

  @Text({ nullable: true })
  code: string | null;

  @Text({ nullable: true })
  description: string | null;

  @Text({ nullable: true })
  location: string | null;
}

export class PreviewShipmentView {
  @Text({ nullable: true })
  tracking_number: string | null;

  @Choice(COURIER_STATUSES)
  status: string;

  @Text({ nullable: true })
  reason: string | null;

  @Choice(DIRECTIONS)
  direction: string;

  @List(() => PreviewEventView)
  events: PreviewEventView[];
}

export class PreviewView {
  @List(() => PreviewShipmentView)
  shipments: PreviewShipmentView[];

  @TextList({ description: 'Why the message cannot be read, and codes that are not mapped.' })
  problems: string[];
}

export class PackageEventView {
  @InstantField({ nullable: true, description: 'Null where the courier printed a local time whose zone is not known.' })
  occurred_at: string | null;

  @Text({ nullable: true, description: 'The time as the courier printed it.' })
  time_raw: string | null;

  @Choice(COURIER_STATUSES, { nullable: true })
  status: string | null;

  @Text({ nullable: true })
  reason: string | null;

  @Choice(DIRECTIONS)
  direction: string;

  @Text({ nullable: true })
  code: string | null;

  @Text({ nullable: true })
  description: string | null;

  @Text({ nullable: true })
  location: string | null;

  @Text()
  source: string;

  @Text()
  tracking_number: string;

  @InstantField()
  received_at: string;

  @Id('trm', { nullable: true, description: 'The raw message, for staff.' })
  message: string | null;
}

export class UnmatchedView {
  @Id('trm', { nullable: true })
  message: string | null;

  @Text()
  source: string;

  @Text()
  tracking_number: string;

  @Text({ nullable: true })
  courier: string | null;

  @Choice(['unknown_number', 'several_packages', 'several_shipments', 'earlier_use'])
  reason: string;

  @Int()
  events: number;

  @Choice(COURIER_STATUSES, { nullable: true, description: 'Of its newest event.' })
  status: string | null;

  @InstantField({ nullable: true })
  occurred_at: string | null;

  @InstantField()
  received_at: string;
}

export class UnmatchedQuery extends ListQuery {}

export class PackageEventsQuery extends ListQuery {}

export class TrackingMessageView {
  @Id('trm')
  id: string;

  @Text()
  source: string;

  @Choice(['webhook', 'poll', 'events'])
  kind: string;

  @Choice(['read', 'unreadable'])
  state: string;

  @Text({ nullable: true, description: 'Why it cannot be read.' })
  problem: string | null;

  @Text({ nullable: true })
  content_type: string | null;

  @AnyObject({ description: 'Those of an allow-list.' })
  headers: Readonly<Record<string, string>>;

  @Text({ min: 0, max: 1_500_000, description: 'As it came; base64 where it is no UTF-8.' })
  body: string;

  @Flag()
  base64: boolean;

  @Int({ description: 'How many times it came.' })
  seen: number;

  @Int()
  events: number;

  @InstantField()
  received_at: string;
}

export function canonicalEvent(body: CanonicalEventBody): CanonicalEvent {
  return {
    courier: body.courier,
    trackingNumber: body.tracking_number,
    status: body.status,
    occurredAt: new Date(body.occurred_at),
    timeRaw: body.occurred_at,
    description: body.description ?? null,
    location: body.location ?? null,
    eventId: body.event_id ?? null,
  };
}

export function countsView({ accepted, duplicates, unmatched }: Counts): CountsView {
  return { accepted, duplicates, unmatched };
}

export function previewView({ shipments, unreadable }: Reading): PreviewView {
  const unmapped = shipments.flatMap(({ events }) => events.filter((event) => event.unmapped));
  const codes = [
    ...new Set(unmapped.map(({ code, text }) => `needs_mapping: ${code ?? text ?? 'an event without code and text'}`)),
  ];
  return {
    shipments: shipments.map(previewShipment),
    problems: [...(unreadable === null ? [] : [`unreadable: ${unreadable}`]), ...codes],
  };
}

function previewShipment(shipment: ReadShipment): PreviewShipmentView {
  const { number, status, reason, direction, events } = shipment;
  return { tracking_number: number, status, reason, direction, events: events.map(previewEvent) };
}

function previewEvent({ time, status, reason, code, text, place }: ReadEvent): PreviewEventView {
  return {
    occurred_at: instantOrNull(time.at),
    time_raw: time.raw,
    status,
    reason,
    code,
    description: text,
    location: place,
  };
}

export function packageEventView(event: EventRecord): PackageEventView {
  const { status, reason, direction, code, description, place, source, number } = event;
  return {
    ...{
      occurred_at: instantOrNull(event.occurredAt),
      time_raw: event.timeRaw,
      status,
      reason,
      direction,
      code,
      description,
    },
    ...{ location: place, source, tracking_number: number, received_at: instant(event.receivedAt) },
    message: idOutOrNull('trm', event.messageId),
  };
}

export function unmatchedView(row: UnmatchedRow): UnmatchedView {
  return {
    ...{
      message: idOutOrNull('trm', row.messageId),
      source: row.source,
      tracking_number: row.number,
      courier: row.carrier,
    },
    ...{ reason: row.why, events: row.events, status: row.status },
    ...{ occurred_at: instantOrNull(row.occurredAt), received_at: instant(row.receivedAt) },
  };
}

export function messageView(message: MessageRecord): TrackingMessageView {
  const { id, source, kind, state, problem, contentType, headers, body, seen, events, receivedAt } = message;
  const utf8 = body.toString('utf8');
  const base64 = !Buffer.from(utf8, 'utf8').equals(body);
  return {
    ...{ id: idOut('trm', id), source, kind, state, problem, content_type: contentType, headers },
    ...{ body: base64 ? body.toString('base64') : utf8, base64, seen, events, received_at: instant(receivedAt) },
  };
}
