import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, explained, type Meaning, says } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf, zoneOfText } from './places.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, isFields, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

/**
 * TrackingMore (and Tracktry, its v2): `{data: {items: […]}}`, `{data: […]}` or one object, webhook and poll alike.
 * Events lie in origin_info and destination_info, `trackinfo`, with names in either spelling. `pickup` is out for
 * delivery or ready for collection: the substatus tells.
 */
export const trackingmore: Translator = {
  source: 'trackingmore',
  read(payload) {
    const body = first(payload, 'data.items', 'data.accepted', 'data.success', 'items', 'data') ?? payload;
    return orNothing(list(body).filter(isItem).map(readItem));
  },
};

function isItem(value: unknown): boolean {
  return isFields(value) && textAt(value, 'tracking_number') !== null;
}

function readItem(item: unknown): ReadShipment {
  const legs = [at(item, 'origin_info.trackinfo'), at(item, 'destination_info.trackinfo'), at(item, 'trackinfo')];
  return shipment({
    number: textAt(item, 'tracking_number'),
    aliases: [textAt(item, 'origin_info.ReferenceNumber'), textAt(item, 'last_mile_tracking_number')],
    carrier: textAt(item, 'carrier_code', 'courier_code'),
    header: meaningOf(textAt(item, 'delivery_status', 'status'), textAt(item, 'substatus'), null),
    events: legs.flatMap((leg) => list(leg)).map(readEvent),
    destination: textAt(item, 'destination_country', 'destination', 'destination_info.courier_code'),
  });
}

function readEvent(event: unknown): EventDraft {
  const text = textAt(event, 'StatusDescription', 'tracking_detail', 'checkpoint_delivery_status_description');
  const place = textAt(event, 'Details', 'location', 'city');
  const raw = textAt(event, 'checkpoint_date', 'Date');
  return {
    time: readTime(raw, {
      zone:
        zoneOf({ region: textAt(event, 'state'), country: textAt(event, 'country_iso2') }) ??
        zoneOfText(place, 'country'),
    }),
    code: textAt(
      event,
      'checkpoint_delivery_substatus',
      'substatus',
      'checkpoint_delivery_status',
      'checkpoint_status',
    ),
    text,
    meaning: meaningOf(
      textAt(event, 'checkpoint_delivery_status', 'checkpoint_status'),
      textAt(event, 'checkpoint_delivery_substatus', 'substatus'),
      text,
    ),
    place,
  };
}

function meaningOf(status: string | null, substatus: string | null, text: string | null): Meaning | undefined {
  const phrase = byPhrase(ENGLISH, text);
  if (phrase?.status === 'rto_delivered') return phrase;
  const fine = byCode('trackingmore.substatus', substatus);
  // "returned to sender" and "returning" disagree in the vendor's own pages: the start is certain, the arrival is not
  if (substatus === 'exception010') return { status: 'rto_initiated', reason: fine?.reason ?? null };
  const coarse = byCode('trackingmore.status', status);
  if (fine?.status === 'label_created' && says(phrase)) return phrase; // notfound001 also sits on pickup scans
  return explained(phrase, fine, coarse);
}
