import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, explained, finest, type Meaning } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf } from './places.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, isFields, joined, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

/**
 * Shippo: a track (poll) or `{event, data: track}` (webhook). Its Z is printed on local times, so the place's zone is
 * read instead; object_id changes between polls and identifies nothing; RETURNED is both ends of a return.
 */
export const shippo: Translator = {
  source: 'shippo',
  read(payload) {
    const body = first(payload, 'data', 'results') ?? payload;
    return orNothing(list(body).filter(isTrack).map(readTrack));
  },
};

function isTrack(value: unknown): boolean {
  return isFields(value) && (textAt(value, 'tracking_number') !== null || at(value, 'tracking_status') !== undefined);
}

function readTrack(track: unknown): ReadShipment {
  const home = zoneOf({ region: textAt(track, 'address_to.state'), country: textAt(track, 'address_to.country') });
  const sameClock = textAt(track, 'address_from.state') === textAt(track, 'address_to.state');
  return shipment({
    number: textAt(track, 'tracking_number'),
    carrier: textAt(track, 'carrier'),
    header: meaningOf(at(track, 'tracking_status')),
    events: list(at(track, 'tracking_history')).map((event) => readEvent(event, sameClock ? home : null)),
    newestFirst: false,
    destination: textAt(track, 'address_to.city', 'address_to.country'),
  });
}

function readEvent(event: unknown, home: string | null): EventDraft {
  const [city, region, country] = [
    textAt(event, 'location.city'),
    textAt(event, 'location.state'),
    textAt(event, 'location.country'),
  ];
  return {
    time: readTime(textAt(event, 'status_date'), { ignoreOffset: true, zone: zoneOf({ region, country }) ?? home }),
    code: joined([textAt(event, 'status'), textAt(event, 'substatus.code')], '/'),
    text: textAt(event, 'status_details', 'substatus.text'),
    meaning: meaningOf(event),
    place: joined([city, region, textAt(event, 'location.zip'), country]),
  };
}

function meaningOf(said: unknown): Meaning | undefined {
  const status = textAt(said, 'status')?.toUpperCase() ?? null;
  const fine = byCode('shippo.substatus', textAt(said, 'substatus.code', 'substatus'));
  const coarse = byCode('shippo.status', status);
  const phrase = byPhrase(ENGLISH, textAt(said, 'status_details')) ?? byPhrase(ENGLISH, textAt(said, 'substatus.text'));
  if (phrase?.status === 'rto_delivered') return phrase;
  if (status === 'DELIVERED' && phrase?.status === 'available_for_pickup') return phrase; // an access point is no door
  if (status === 'DELIVERED' || status === 'RETURNED') return finest(coarse, fine, phrase);
  const useful = fine?.status === 'unknown' ? undefined : fine;
  return explained(phrase, useful, coarse?.status === 'unknown' ? (labelOnly(said) ?? coarse) : coarse);
}

/** "Pre-transit" of old answers is UNKNOWN with a sentence. */
function labelOnly(said: unknown): Meaning | undefined {
  const phrase = byPhrase(LABEL_SENTENCES, textAt(said, 'status_details'));
  return phrase ?? byPhrase(ENGLISH, textAt(said, 'status_details'));
}

const LABEL_SENTENCES = [
  [/the usps has received the electronic shipment information and is awaiting the item/, 'label_created'],
  [/the shipping label has been created and the usps is awaiting the item/, 'label_created'],
] as const;
