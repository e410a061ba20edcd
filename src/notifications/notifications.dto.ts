import { AnyObject, Choice, Id, InstantField, Int, List, QueryInt, Text, TextList } from '../http/fields.ts';
import { ListQuery } from '../http/lists.ts';
import { EVENT_FILTERS, EVENT_NAMES } from './event-subjects.ts';
import { LANGUAGES, CHOSEN_KINDS, MODES, type Language, type ChosenKind, type Mode } from './mails/letter-kinds.ts';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];
export const ENDPOINT_STATUSES = ['enabled', 'disabled'] as const;
export type EndpointStatus = (typeof ENDPOINT_STATUSES)[number];

const FILTERS = 'Names of events, `order.*` for every event of a noun, `*` for all.';

export class NewEndpointBody {
  @Text({ max: 2_000, example: 'https://shop.example/webhooks', description: 'https, a public address.' })
  url: string;

  @TextList({ min: 1, max: 100, choices: EVENT_FILTERS, description: FILTERS })
  events: string[];
}

export class EndpointChangeBody {
  @Text({ optional: true, max: 2_000 })
  url?: string;

  @TextList({ optional: true, min: 1, max: 100, choices: EVENT_FILTERS, description: FILTERS })
  events?: string[];

  @Choice(ENDPOINT_STATUSES, { optional: true, description: 'What happens while it is disabled is sent on request.' })
  status?: EndpointStatus;
}

export class EndpointView {
  @Id('whe') id: string;
  @Text({ max: 2_000 }) url: string;
  @TextList() events: string[];
  @Choice(ENDPOINT_STATUSES) status: EndpointStatus;
  @Choice(['asked', 'gone', 'failing'], {
    nullable: true,
    description: 'asked: by you; gone: it answered 410; failing: nothing was delivered for 3 days.',
  })
  disabled_reason: string | null;
  @InstantField({ nullable: true }) disabled_at: string | null;
  @InstantField({ nullable: true, description: 'Since when every try has failed.' }) failing_since: string | null;
  @InstantField() created_at: string;
}

export class NewEndpointView extends EndpointView {
  @Text({ description: 'Signs every webhook to it; shown this once.', example: 'whsec_…' }) secret: string;
}

export class RangeBody {
  @InstantField({ description: 'Inclusive.' }) from: string;
  @InstantField({ description: 'Inclusive.' }) to: string;
}

export class RangeView {
  @Int({ description: 'Events that are sent again.' }) events: number;
}

export class AttemptView {
  @Int({ min: 1 }) number: number;
  @InstantField() at: string;
  @Int({ nullable: true, description: 'null while it is under way, or when its process died.' })
  duration_ms: number | null;
  @Int({ nullable: true }) status_code: number | null;
  @Text({ nullable: true, description: 'Why there was no answer.' }) error: string | null;
  @AnyObject({ description: 'Without the signature.' }) request_headers: object;
  @AnyObject({ nullable: true }) response_headers: object | null;
  @Text({ nullable: true, description: 'Its beginning.' }) response_body: string | null;
}

export class DeliveryView {
  @Id('whd') id: string;
  @Id('whe') endpoint: string;
  @Id('evt') event: string;
  @Choice([...EVENT_NAMES, 'webhook.test']) type: string;
  @Choice(DELIVERY_STATUSES) status: DeliveryStatus;
  @List(() => AttemptView, { description: 'Oldest first; the last 50.' }) attempts: AttemptView[];
  @InstantField({ nullable: true }) next_attempt_at: string | null;
  @InstantField() created_at: string;
  @InstantField({ nullable: true }) delivered_at: string | null;
}

export class DeliveryQuery extends ListQuery {
  @Id('whe', { optional: true }) endpoint?: string;
  @Choice(DELIVERY_STATUSES, { optional: true }) status?: DeliveryStatus;
}

export class EventView {
  @Id('evt') id: string;
  @Choice(EVENT_NAMES) type: string;
  @InstantField() created_at: string;
  @Int({ min: 1, description: 'One by one among the merchant’s events, without a gap.' }) sequence: number;
  @AnyObject({ description: 'The object as the API showed it, without ship_to.' }) data: object;
}

export class EventQuery {
  @Text({
    optional: true,
    max: 100,
    description: '`next_cursor` of the page before, or the id or the sequence of an event: what came after it.',
  })
  after?: string;

  @Text({ optional: true, max: 100, description: 'The same, under the name that it has in other lists.' })
  cursor?: string;

  @Text({ optional: true, max: 1_000, description: 'Names of events, with commas between them; `order.*` is one.' })
  type?: string;

  @QueryInt({ optional: true, min: 1, max: 100 })
  limit?: number;

  @QueryInt({ optional: true, max: 30, description: 'Seconds to wait for an event where there is none yet.' })
  wait?: number;

  @Id('mer', { optional: true, description: 'Staff: whose events; the operator’s own where nothing is said.' })
  merchant?: string;
}

export class OneEventQuery {
  @Id('mer', { optional: true, description: 'Staff: whose event.' })
  merchant?: string;
}

export class ConfirmationView {
  @Id('ord') order: string;
  @Text({ description: 'The address that it was mailed to.' }) sent_to: string;
}

export class PreferenceBody {
  @Choice(CHOSEN_KINDS, { description: 'monthly_statement is sent at once or not at all.' }) type: ChosenKind;
  @Choice(MODES, { description: 'now: at once; digest: with others at 06:00 UTC; off: not at all.' }) mode: Mode;
}

export class PreferencesBody {
  @Choice(LANGUAGES, { optional: true, description: 'By the merchant’s country where nobody has said.' })
  language?: Language;

  @List(() => PreferenceBody, { optional: true, max: 100, description: 'What is left out stays.' })
  preferences?: PreferenceBody[];
}

export class PreferencesView {
  @Id('usr') user: string;
  @Text({ description: 'Where letters go.' }) email: string;
  @Choice(LANGUAGES) language: Language;
  @List(() => PreferenceBody) preferences: PreferenceBody[];
}
