import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, explained, finest, means, type Meaning } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf } from './places.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, flagAt, isFields, joined, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

/**
 * AfterShip: `{msg: tracking}` (webhook), `{data: {tracking}}` or `{data: {trackings: […]}}` (poll), a bare tracking.
 * The subtag decides, the tag only where it is missing. After a subtag of return a "Delivered" is the sender's
 * (return_to_sender says so); a merchant may set "lost" himself, which is no courier's word.
 */
export const aftership: Translator = {
  source: 'aftership',
  read(payload) {
    const body = first(payload, 'msg', 'data.trackings', 'data.tracking', 'tracking', 'trackings', 'data') ?? payload;
    return orNothing(list(body).filter(isTracking).map(readTracking));
  },
};

/** A line that a person entered is shown, and moves nothing. Source: tracking.md, Traps, a merchant-set state. */
const MERCHANTS_OWN = /^(user|merchant|manual|customer|seller|store)/i;

function isTracking(value: unknown): boolean {
  return isFields(value) && textAt(value, 'tracking_number', 'tag', 'subtag') !== null;
}

function readTracking(tracking: unknown): ReadShipment {
  const returned = flagAt(tracking, 'return_to_sender');
  return shipment({
    number: textAt(tracking, 'tracking_number'),
    aliases: list(at(tracking, 'additional_tracking_numbers')).map((n) => textAt({ n }, 'n')),
    carrier: textAt(tracking, 'slug'),
    header: meaningOf(tracking, returned),
    events: list(at(tracking, 'checkpoints')).map((checkpoint) => readCheckpoint(checkpoint, returned)),
    newestFirst: false,
    reverse: textAt(tracking, 'shipment_direction')?.toLowerCase() === 'return',
    shippedOn: textAt(tracking, 'shipment_pickup_date'),
    destination: textAt(
      tracking,
      'destination_country_iso3',
      'courier_destination_country_iso3',
      'destination_country_region',
    ),
  });
}

function readCheckpoint(checkpoint: unknown, returned: boolean): EventDraft {
  const [city, region] = [textAt(checkpoint, 'city'), textAt(checkpoint, 'state')];
  const country = textAt(checkpoint, 'country_iso3', 'country_region', 'country_name');
  return {
    time: readTime(textAt(checkpoint, 'checkpoint_time'), { zone: zoneOf({ region, country }) }),
    code: textAt(checkpoint, 'subtag', 'tag'),
    text: textAt(checkpoint, 'message', 'subtag_message'),
    meaning: MERCHANTS_OWN.test(textAt(checkpoint, 'source') ?? '') ? means(null) : meaningOf(checkpoint, returned),
    place: textAt(checkpoint, 'location') ?? joined([city, region, country]),
  };
}

function meaningOf(said: unknown, returned: boolean): Meaning | undefined {
  const fine = byCode('aftership.subtag', textAt(said, 'subtag'));
  const coarse = byCode('aftership.tag', textAt(said, 'tag'));
  const vendors = byPhrase(ENGLISH, textAt(said, 'subtag_message'));
  const phrase = byPhrase(ENGLISH, textAt(said, 'message')) ?? vendors;
  if (phrase?.status === 'rto_delivered') return phrase;
  const meaning = explained(phrase, fine, coarse);
  // the flag is set by subtags 010 and 011 only, so what was delivered after them came back
  if (meaning?.status === 'delivered' && returned) return { status: 'rto_delivered', reason: meaning.reason };
  // the vendor's own words say "Returned to sender" beside a subtag that says no more than why
  const turned = [phrase, returned ? vendors : undefined].find((words) => words?.status === 'rto_initiated');
  if (meaning?.status === 'exception' && turned !== undefined) return finest(turned, meaning);
  return meaning;
}
