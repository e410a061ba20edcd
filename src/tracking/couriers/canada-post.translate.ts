import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, finest, means, own, type Meaning, type Phrase } from './mapping.translate.ts';
import { ENGLISH, FRENCH } from './phrases.translate.ts';
import { zoneOf } from './places.translate.ts';
import { backAtSender, orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, isFields, joined, list, textAt } from './shape.translate.ts';
import { readDateAndTime } from './time.translate.ts';

/** Canada Post's own sentences, for identifiers that the map does not have. */
const SENTENCES: readonly Phrase[] = [
  [/.+[.;] item (is )?being returned to sender.*|item (is )?being returned to sender.*/, 'rto_initiated'],
  [/(item )?(successfully )?delivered to your .+|item (successfully )?delivered.*/, 'delivered'],
  [/item out for delivery.*/, 'out_for_delivery'],
  [/attempted delivery\. notice card left.*/, 'attempt_failed', 'recipient_not_home'],
  [/notice card left.*|item (is )?(available|ready) for pickup.*/, 'available_for_pickup'],
  [/item (is |has been )?(in customs|presented to customs|sent for a customs review|released (from|by) customs|cleared customs).*/, 'in_transit', 'customs_clearance'],
  [/(international )?(item|shipment) (has )?(arrived|been received|been forwarded|being forwarded|left|departed|entered).*/, 'in_transit'],
  [/item (processed|in transit|arrived|departed|re-?directed|forwarded|sent).*/, 'in_transit'],
  [/(item|shipment) (picked up|accepted).*/, 'accepted'],
  [/(electronic|order|shipment) information (submitted|received).*/, 'label_created'],
]; // prettier-ignore

/** Event types of the summary. */
const TYPES: Readonly<Record<string, Meaning>> = {
  INDUCTION: means('accepted'),
  DELIVERED: means('delivered'),
  OUT: means('out_for_delivery'),
  ATTEMPTED: means('attempt_failed'),
  INFO: means(null),
  TO_RETAIL: means('in_transit'),
  AT_RETAIL: means('available_for_pickup'),
};

/**
 * Canada Post: XML `tracking-detail` and `tracking-summary`, the web's `{pin, events}` (poll). "Signature image recorded" is no delivery, a final
 * notice that threatens a return is none; zones are printed as standard time in summer, so the province tells.
 */
export const canadaPost: Translator = {
  source: 'canada_post',
  read(payload) {
    const details = list(first(payload, 'tracking-detail', 'trackingDetail'));
    const summaries = list(first(payload, 'tracking-summary.pin-summary', 'pin-summary'));
    const web = list(payload).filter((item) => isFields(item) && list(at(item, 'events')).length > 0);
    return orNothing([...details.map(readDetail), ...summaries.map(readSummary), ...web.map(readWeb)]);
  },
};

function readDetail(detail: unknown): ReadShipment {
  return shipment({
    number: textAt(detail, 'pin'),
    aliases: [textAt(detail, 'original-pin')],
    events: backAtSender(list(at(detail, 'significant-events.occurrence')).map(readOccurrence)),
    destination: textAt(detail, 'destination-postal-id'),
  });
}

function readWeb(parcel: unknown): ReadShipment {
  const events = list(at(parcel, 'events')).map((event): EventDraft => {
    const place = at(event, 'locationAddr');
    const [city, region, country] = [textAt(place, 'city'), textAt(place, 'regionCd'), textAt(place, 'countryCd')];
    const [code, said] = [textAt(event, 'cd'), textAt(event, 'descEn', 'descFr')];
    const hints = { offset: textAt(event, 'datetime.zoneOffset'), zone: zoneOf({ region, country }) };
    return {
      time: readDateAndTime(textAt(event, 'datetime.date'), textAt(event, 'datetime.time'), hints),
      code,
      text: said,
      meaning: meaningOf(code, said),
      place: joined([city, region, country]),
    };
  });
  return shipment({ number: textAt(parcel, 'pin'), events: backAtSender(events) });
}

function readOccurrence(event: unknown): EventDraft {
  const [city, region] = [textAt(event, 'event-site'), textAt(event, 'event-province')];
  const country = region === null ? null : 'CA';
  const code = textAt(event, 'event-identifier');
  const said = textAt(event, 'event-description');
  return {
    time: readDateAndTime(textAt(event, 'event-date'), textAt(event, 'event-time'), {
      zone: zoneOf({ region, country }),
    }),
    code,
    text: said,
    meaning: meaningOf(code, said),
    place: joined([city, region]),
  };
}

function meaningOf(code: string | null, said: string | null): Meaning | undefined {
  const phrase = byPhrase(ENGLISH, said) ?? byPhrase(SENTENCES, said) ?? byPhrase(FRENCH, said);
  if (phrase?.status === 'rto_delivered') return phrase;
  // a leading zero is part of the code, and some interfaces drop it
  const known =
    byCode('canada_post.event-identifier', code) ??
    byCode('canada_post.event-identifier', code?.padStart(4, '0') ?? null);
  return finest(known, phrase);
}

function readSummary(summary: unknown): ReadShipment {
  const [date, clock] = (textAt(summary, 'event-date-time') ?? '').split(':');
  const type = textAt(summary, 'event-type');
  const said = textAt(summary, 'event-description');
  const event: EventDraft = {
    time: readDateAndTime(date === '' ? null : (date ?? null), clock ?? null),
    code: type,
    text: said,
    meaning: byPhrase(ENGLISH, said) ?? byPhrase(SENTENCES, said) ?? own(TYPES, type),
    place: textAt(summary, 'event-location'),
  };
  const empty = type === null && said === null;
  return shipment({
    number: textAt(summary, 'pin'),
    events: empty ? [] : [event],
    shippedOn: textAt(summary, 'mailed-on-date'),
  });
}
