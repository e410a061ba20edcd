import { Choice, Id, InstantField, Int, List, Text, TextList } from '../../http/fields.ts';
import { ListQuery } from '../../http/lists.ts';
import { instant } from '../../kernel/clock.ts';
import { idOut, idOutOrNull } from '../../kernel/ids.ts';
import { COURIER_STATUSES, type CourierStatus } from '../canonical.translate.ts';
import type { ReadAgain } from '../inbox.ts';
import type { Mapping, MappingRecord, UnmappedRow, UnreadableRow } from './desk.store.ts';
import type { Change, MappingEffect } from './mappings.ts';
import type { Rereading } from './rereading.ts';

export class DeskQuery extends ListQuery {}

export class UnreadableView {
  @Id('trm') message: string;
  @Text() source: string;
  @Choice(['webhook', 'poll', 'events']) kind: string;
  @Text({ nullable: true, description: 'Why it cannot be read.' }) reason: string | null;
  @Int({ description: 'How many times it came.' }) seen: number;
  @InstantField() received_at: string;
}

export class UnmappedView {
  @Text() source: string;
  @Text({ description: 'The code as the source writes it; its text where it has none.' }) code: string;
  @Text({ nullable: true }) description: string | null;
  @Int() events: number;
  @Int() packages: number;
  @Id('trm', { nullable: true, description: 'The newest message with it.' }) message: string | null;
  @InstantField() received_at: string;
}

export class ReadingView {
  @Id('trm') message: string;
  @Choice(['read', 'unreadable']) state: string;
  @Text({ nullable: true, description: 'Why it still cannot be read.' }) problem: string | null;
  @Int({ description: 'Events that were not seen before, of known packages.' }) accepted: number;
  @Int({ description: 'Known events whose meaning is another one now.' }) revised: number;
  @Int() unmatched: number;
}

export class ReadingsBody {
  @Text({ optional: true, max: 50, description: 'Of one source; left out: of all.' }) source?: string;
}

export class ReadingsView {
  @Int({ description: 'Messages that were read again, up to 200 at a call.' }) messages: number;
  @Int() unreadable: number;
  @Int() accepted: number;
  @Int() revised: number;
  @Int() unmatched: number;
}

export class StatusMappingQuery {
  @Text({ max: 50, example: 'ups' })
  source: string;

  @Text({ max: 500, example: 'ZZ', description: 'The code as the source writes it; its text where it has none.' })
  code: string;
}

export class StatusMappingPreviewBody {
  @Text({ max: 50 })
  source: string;

  @Text({ max: 500, description: 'The code as the source writes it; its text where it has none.' })
  code: string;

  @Choice(COURIER_STATUSES, { optional: true, description: 'Left out: the line says nothing of where the parcel is.' })
  status?: CourierStatus;

  @Text({ optional: true, max: 50 })
  reason?: string;
}

export class StatusMappingBody extends StatusMappingPreviewBody {
  @Text({ max: 64, description: 'Of the preview: what is published is what was seen.' })
  fingerprint: string;

  @Text({ optional: true, max: 500 })
  note?: string;
}

export class StatusMappingChangeView {
  @Id('pkg') package: string;
  @Text({ nullable: true }) status_now: string | null;
  @Text({ nullable: true }) status_then: string | null;
  @TextList({ description: 'Steps that would be told, and may move money.' }) tells: string[];
}

export class StatusMappingEffectView {
  @Int({ description: 'Events with this code.' }) events: number;
  @Int({ description: 'Packages that they are about.' }) packages: number;
  @List(() => StatusMappingChangeView, { description: 'Packages that would stand otherwise.' })
  changes: StatusMappingChangeView[];
  @Text() fingerprint: string;
}

export class StatusMappingView {
  @Text() source: string;
  @Text() code: string;
  @Choice(COURIER_STATUSES, { nullable: true }) status: string | null;
  @Text({ nullable: true }) reason: string | null;
  @Text({ nullable: true }) note: string | null;
  @Id('usr') by: string;
  @InstantField() created_at: string;
}

export class PublishedStatusMappingView extends StatusMappingEffectView {
  @Text() source: string;
  @Text() code: string;
  @Choice(COURIER_STATUSES, { nullable: true }) status: string | null;
  @Text({ nullable: true }) reason: string | null;
}

export function unreadableView({ id, source, kind, problem, seen, receivedAt }: UnreadableRow): UnreadableView {
  return { message: idOut('trm', id), source, kind, reason: problem, seen, received_at: instant(receivedAt) };
}

export function unmappedView(row: UnmappedRow): UnmappedView {
  const { source, code, description, events, packages } = row;
  const message = idOutOrNull('trm', row.messageId);
  return { source, code, description, events, packages, message, received_at: instant(row.receivedAt) };
}

export function readingView(id: string, { problem, counts, revised }: ReadAgain): ReadingView {
  const state = problem === null ? 'read' : 'unreadable';
  return { message: idOut('trm', id), state, problem, accepted: counts.accepted, revised, unmatched: counts.unmatched };
}

export function readingsView({ messages, unreadable, accepted, revised, unmatched }: Rereading): ReadingsView {
  return { messages, unreadable, accepted, revised, unmatched };
}

export function mappingOf({ source, code, status, reason }: StatusMappingPreviewBody): Mapping {
  return { source, code, status: status ?? null, reason: reason ?? null };
}

export function effectView({ events, packages, changes, fingerprint }: MappingEffect): StatusMappingEffectView {
  return { events, packages, changes: changes.map(changeView), fingerprint };
}

export function publishedView(mapping: Mapping, effect: MappingEffect): PublishedStatusMappingView {
  const { source, code, status, reason } = mapping;
  return Object.assign({}, effectView(effect), { source, code, status, reason });
}

export function mappingView({
  source,
  code,
  status,
  reason,
  note,
  byUser,
  createdAt,
}: MappingRecord): StatusMappingView {
  return { source, code, status, reason, note, by: idOut('usr', byUser), created_at: instant(createdAt) };
}

function changeView({ packageId, before, after, tells }: Change): StatusMappingChangeView {
  return { package: idOut('pkg', packageId), status_now: before, status_then: after, tells: [...tells] };
}
