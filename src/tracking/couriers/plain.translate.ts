import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, finest, type Meaning, type Phrase } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf, zoneOfText } from './places.translate.ts';
import { backAtSender, orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, flagAt, isFields, isNothing, joined, list, textAt } from './shape.translate.ts';
import { readDateAndTime, readTime, type TimeHints } from './time.translate.ts';

/** A source whose answer is a list of parcels with a list of lines each: all that is to be known is where things lie. */
export interface Plain {
  source: string;
  /** Where the parcels lie; the payload itself where nothing is there. */
  parcels: readonly string[];
  number: readonly string[];
  aliases?: readonly string[];
  /** Where a parcel's lines lie; several are read one after the other. */
  events: readonly string[];
  code: readonly string[];
  text: readonly string[];
  /** One field, or a date and a clock time apart. */
  time: readonly string[];
  clock?: readonly string[];
  place?: readonly string[];
  /** Vocabularies of the status map, the finest first. */
  tables: readonly string[];
  phrases: readonly Phrase[];
  /** The summary: codes, then words. */
  header?: readonly string[];
  /** A list of steps with marks for where the parcel has been and where it is: its lines, where it has no others. */
  steps?: { list: string; reached: string; now: string; code: string };
  /** The courier's home, where no offset was sent and the place does not tell. */
  zone: string | null;
  order?: 'dmy' | 'mdy';
  /** Flags of a parcel or a line that goes back. */
  returning?: readonly string[];
  newestFirst?: boolean;
}

/** A translator for a source that is no more than its description. */
export function plain(form: Plain): Translator {
  return {
    source: form.source,
    read(payload) {
      const body = first(payload, ...form.parcels) ?? payload;
      const found = list(body).filter((parcel) => isFields(parcel) && hasParcel(form, parcel));
      const parcels = found.map((parcel) => readParcel(form, parcel, null));
      return orNothing(parcels.length > 0 ? parcels : keyed(form, body));
    },
  };
}

/** Parcels that lie under their numbers. */
function keyed(form: Plain, body: unknown): ReadShipment[] {
  const entries = isFields(body) ? Object.entries(body) : [];
  return entries
    .filter(([key, parcel]) => /\d{4}/.test(key) && isFields(parcel) && hasParcel(form, parcel))
    .map(([key, parcel]) => readParcel(form, parcel, key));
}

function hasParcel(form: Plain, parcel: unknown): boolean {
  const lists = form.steps === undefined ? form.events : [...form.events, form.steps.list];
  return textAt(parcel, ...form.number) !== null || lists.some((path) => !isNothing(at(parcel, path)));
}

function readParcel(form: Plain, parcel: unknown, key: string | null): ReadShipment {
  const events = linesOf(form, parcel);
  return shipment({
    number: textAt(parcel, ...form.number) ?? key,
    aliases: (form.aliases ?? []).map((path) => textAt(parcel, path)),
    header: headerOf(form, parcel),
    events: backAtSender(events.map((event) => readLine(form, event, flagged(form, parcel)))),
    newestFirst: form.newestFirst ?? true,
  });
}

function linesOf({ events, steps }: Plain, parcel: unknown): unknown[] {
  // names match whatever their case is, so two paths may lead to the same lines
  const told = [...new Set(events.flatMap((path) => list(at(parcel, path))))].filter(isFields);
  if (told.length > 0 || steps === undefined) return told;
  return list(at(parcel, steps.list)).filter((step) => flagAt(step, steps.reached));
}

function headerOf(form: Plain, parcel: unknown): Meaning | undefined {
  const { steps } = form;
  const now = steps === undefined ? [] : list(at(parcel, steps.list)).filter((step) => flagAt(step, steps.now));
  const said = [
    ...(form.header ?? []).map((path) => textAt(parcel, path)),
    ...now.map((step) => textAt(step, steps?.code ?? '')),
  ].filter((text) => text !== null);
  const meanings = said.flatMap((text) => [
    ...form.tables.map((table) => byCode(table, text)),
    byPhrase(form.phrases, text),
  ]);
  return finest(...meanings);
}

/** Ekart's note on what it brings back. */
const RETURN_NOTE = 'marked_as_rto';

function flagged(form: Plain, value: unknown): boolean {
  return (form.returning ?? []).some(
    (path) => flagAt(value, path) || textAt(value, path)?.toLowerCase() === RETURN_NOTE,
  );
}

function readLine(form: Plain, event: unknown, turned: boolean): EventDraft {
  const [code, text] = [textAt(event, ...form.code), textAt(event, ...form.text)];
  const place = joined([...new Set((form.place ?? []).map((path) => textAt(event, path)))]);
  const meaning = meaningOf(form, code, text);
  const back = turned || flagged(form, event);
  return {
    time: timeOf(form, event, place),
    code,
    text,
    meaning: back ? asReturn(meaning) : meaning,
    place,
    ...(back ? { direction: 'rto' as const } : {}),
  };
}

function timeOf(form: Plain, event: unknown, place: string | null): EventDraft['time'] {
  const country = textAt(event, 'location.countryCode', 'country', 'countryCode', 'scanData.country');
  const offset = textAt(event, 'timeZone', 'time_zone', 'timezone');
  const hints: TimeHints = {
    zone: zoneOf({ country }) ?? form.zone ?? zoneOfText(place, 'country'),
    offset,
    ...(form.order === undefined ? {} : { order: form.order }),
  };
  const [date, clock] = [textAt(event, ...form.time), textAt(event, ...(form.clock ?? []))];
  return clock === null ? readTime(date, hints) : readDateAndTime(date, clock, hints);
}

function meaningOf(form: Plain, code: string | null, text: string | null): Meaning | undefined {
  const phrase = finest(byPhrase(form.phrases, text), byPhrase(ENGLISH, text));
  if (phrase?.status === 'rto_delivered') return phrase;
  const tables = form.tables.map((table) => byCode(table, code));
  return finest(
    ...tables,
    phrase,
    ...form.tables.map((table) => byCode(table, text)),
    byPhrase(form.phrases, code),
    byPhrase(ENGLISH, code),
  );
}

/** On a parcel that its courier flags as going back, "delivered" is the sender's door and a scan is the way there. */
function asReturn(meaning: Meaning | undefined): Meaning | undefined {
  if (meaning?.status === 'delivered') return { status: 'rto_delivered', reason: null };
  return meaning?.status === 'in_transit' || meaning?.status === 'accepted'
    ? { status: 'rto_in_transit', reason: meaning.reason }
    : meaning;
}
