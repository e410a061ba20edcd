import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, explained, type Meaning } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOfText } from './places.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, isFields, joined, list, textAt } from './shape.translate.ts';
import { offsetZone, readTime } from './time.translate.ts';

/**
 * Ship24: `{trackings: […]}` (webhook, only the new events), `{data: {trackings: […]}}` (poll). `datetime` puts a Z on
 * a local time; only utcOffset makes it an instant. One parcel may have two numbers (last-mile label).
 */
export const ship24: Translator = {
  source: 'ship24',
  read(payload) {
    const body = first(payload, 'trackings', 'data.trackings', 'data.tracking', 'data') ?? payload;
    return orNothing(list(body).filter(isTracking).map(readTracking));
  },
};

function isTracking(value: unknown): boolean {
  return isFields(value) && (at(value, 'tracker') !== undefined || at(value, 'shipment') !== undefined);
}

function readTracking(tracking: unknown): ReadShipment {
  const parcel = at(tracking, 'shipment');
  return shipment({
    number: textAt(tracking, 'tracker.trackingNumber', 'shipment.trackingNumbers.tn'),
    aliases: list(at(parcel, 'trackingNumbers')).map((n) => textAt(n, 'tn')),
    carrier: joined([...new Set(list(at(tracking, 'events')).map((event) => textAt(event, 'courierCode')))], ' + '),
    header: meaningOf(parcel),
    events: list(at(tracking, 'events')).map((event) => readEvent(event, lastWordOf(parcel))),
    destination: textAt(parcel, 'destinationCountryCode'),
  });
}

/** What two letters at the end of a place are: a state only where the parcel goes through America. */
function lastWordOf(parcel: unknown): 'state' | 'country' {
  const ends = [textAt(parcel, 'originCountryCode'), textAt(parcel, 'destinationCountryCode')];
  return ends.every((country) => country !== null && country !== 'US' && country !== 'CA') ? 'country' : 'state';
}

function readEvent(event: unknown, last: 'state' | 'country'): EventDraft {
  const place = textAt(event, 'location');
  const offset = textAt(event, 'utcOffset');
  const zone = offsetZone(offset) ?? zoneOfText(place, last);
  return {
    time: readTime(textAt(event, 'occurrenceDatetime', 'datetime'), { ignoreOffset: true, zone }),
    code: textAt(event, 'statusCode', 'statusMilestone'),
    text: textAt(event, 'status'),
    meaning: meaningOf(event),
    place,
  };
}

function meaningOf(said: unknown): Meaning | undefined {
  const phrase = byPhrase(ENGLISH, textAt(said, 'status'));
  if (phrase?.status === 'rto_delivered') return phrase;
  const fine = byCode('ship24.statusCode', textAt(said, 'statusCode'));
  const coarse = byCode('ship24.milestone', textAt(said, 'statusMilestone'));
  return explained(phrase, fine, coarse);
}
