import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, explained, finest, type Meaning } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf, zoneOfText } from './places.translate.ts';
import { nothingKnown, orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, isFields, joined, list, textAt } from './shape.translate.ts';
import { readDateAndTime, readTime } from './time.translate.ts';

/**
 * 17TRACK v2: `{event, data: {number, carrier, track_info}}` (webhook), `{code, data: {accepted: [{number, track_info}]}}`
 * (poll). v1 (`track`, `track.e`, `z0/z1/z2`) is read for its status and events too. Events of several providers may
 * tell of the same scan. Exception may be no more than age: only the sub-status decides.
 */
export const seventeen: Translator = {
  source: '17track',
  read(payload) {
    const known = list(first(payload, 'data.accepted', 'data') ?? payload).filter(isTrack);
    const refused = list(at(payload, 'data.rejected')).map((item) => nothingKnown(textAt(item, 'number')));
    return orNothing([...known.map(readTrack), ...refused]);
  },
};

function isTrack(value: unknown): boolean {
  return isFields(value) && textAt(value, 'number') !== null;
}

function readTrack(data: unknown): ReadShipment {
  const info = at(data, 'track_info');
  const v1 = at(data, 'track');
  const providers = list(at(info, 'tracking.providers'));
  const told = providers.flatMap((provider) => list(at(provider, 'events')));
  const events = (told.length > 0 ? told : list(at(info, 'latest_event'))).filter(isFields).map(readEvent);
  return shipment({
    number: textAt(data, 'number'),
    aliases: [textAt(info, 'misc_info.local_number'), textAt(info, 'misc_info.reference_number')],
    carrier: textAt(data, 'carrier') ?? textAt(providers[0], 'provider.name'),
    header: headerOf(info) ?? byCode('17track.v1_e', textAt(v1, 'e')),
    events: [...events, ...v1Events(v1)],
    destination: textAt(info, 'shipping_info.recipient_address.country'),
  });
}

function headerOf(info: unknown): Meaning | undefined {
  const latest = at(info, 'latest_status');
  return finest(
    byCode('17track.sub_status', textAt(latest, 'sub_status')),
    byCode('17track.status', textAt(latest, 'status')),
  );
}

function readEvent(event: unknown): EventDraft {
  const place =
    textAt(event, 'location') ??
    joined([textAt(event, 'address.city'), textAt(event, 'address.state'), textAt(event, 'address.country')]);
  const zone =
    zoneOf({ region: textAt(event, 'address.state'), country: textAt(event, 'address.country') }) ??
    zoneOfText(place, 'country');
  return {
    time: timeOf(event, zone),
    code: textAt(event, 'sub_status', 'stage'),
    text: textAt(event, 'description', 'description_translation.description'),
    meaning: eventMeaning(event),
    place,
  };
}

/** time_iso carries the offset; time_utc is the instant; time_raw has what the courier printed. */
function timeOf(event: unknown, zone: string | null): EventDraft['time'] {
  const raw = at(event, 'time_raw');
  const iso = textAt(event, 'time_iso', 'time_utc');
  if (iso !== null) return readTime(iso, { zone });
  const [date, clock, offset] = [textAt(raw, 'date'), textAt(raw, 'time'), textAt(raw, 'timezone')];
  return date === null ? readTime(textAt(event, 'time_raw'), { zone }) : readDateAndTime(date, clock, { zone, offset });
}

function eventMeaning(event: unknown): Meaning | undefined {
  const phrase =
    byPhrase(ENGLISH, textAt(event, 'description')) ??
    byPhrase(ENGLISH, textAt(event, 'description_translation.description'));
  if (phrase?.status === 'rto_delivered') return phrase;
  const fine = byCode('17track.sub_status', damagedToo(textAt(event, 'sub_status')));
  return explained(phrase, fine, byCode('17track.milestone', textAt(event, 'stage')));
}

function damagedToo(subStatus: string | null): string | null {
  return subStatus === 'Exception_Damaged' ? 'Exception_Damage' : subStatus;
}

/** v1: z0 the newest, z1 the origin's, z2 the destination's lines; `a` time, `c` and `d` place, `z` text. */
function v1Events(track: unknown): EventDraft[] {
  const both = [...list(at(track, 'z2')), ...list(at(track, 'z1'))];
  const lines = (both.length > 0 ? both : list(at(track, 'z0'))).filter(isFields);
  return lines.map((line): EventDraft => {
    const place = joined([textAt(line, 'c'), textAt(line, 'd')]);
    const text = textAt(line, 'z');
    return {
      time: readTime(textAt(line, 'a'), { zone: zoneOfText(place, 'country') }),
      text,
      meaning: byPhrase(ENGLISH, text),
      place,
    };
  });
}
