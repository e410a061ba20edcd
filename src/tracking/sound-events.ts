import { isInstant, List } from '../http/fields.ts';
import { StrictPipe } from '../http/validation.ts';
import { COURIER_STATUSES } from './canonical.translate.ts';
import { CanonicalEventBody } from './tracking.dto.ts';

/** As the request's body is written; each event with all of its rules. */
class StrictEventsBody {
  @List(() => CanonicalEventBody)
  events: CanonicalEventBody[];
}

const STRICT = new StrictPipe();
const STATUSES: ReadonlySet<unknown> = new Set(COURIER_STATUSES);
/** Longest texts; the same as the fields of CanonicalEventBody have. */
const NEEDED = { courier: 50, tracking_number: 100 };
const OPTIONAL = { description: 500, location: 200, event_id: 200 };
const KNOWN: ReadonlySet<string> = new Set([...Object.keys({ ...NEEDED, ...OPTIONAL }), 'status', 'occurred_at']);

/**
 * Events of a request, checked. Up to a thousand come at once and nearly all are sound, which a plain look sees at a
 * tenth of the price; where one may not be, the fields' own rules decide and name what is wrong.
 * @throws InvalidFields
 */
export async function soundEvents(events: readonly object[]): Promise<readonly CanonicalEventBody[]> {
  if (events.every(isSound)) return events;
  const checked = await STRICT.transform({ events }, { type: 'body', metatype: StrictEventsBody });
  return (checked as StrictEventsBody).events;
}

/** True only of what the fields' rules let pass. */
export function isSound(event: object): event is CanonicalEventBody {
  const given = event as Readonly<Record<string, unknown>>;
  return (
    Object.keys(given).every((name) => KNOWN.has(name)) &&
    STATUSES.has(given['status']) &&
    isInstant(given['occurred_at']) &&
    Object.entries(NEEDED).every(([name, max]) => isText(given[name], max)) &&
    Object.entries(OPTIONAL).every(([name, max]) => given[name] === undefined || isText(given[name], max))
  );
}

function isText(value: unknown, max: number): boolean {
  return typeof value === 'string' && value.length <= max && value.trim() !== '';
}
