import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, explained, finest, type Meaning, says } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf } from './places.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, flagAt, isFields, joined, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

/**
 * EasyPost: a Tracker (poll), an Event whose `result` is one (webhook), or a list of them.
 * A finished return reads `delivered` with "Delivered, To Original Sender"; `return_to_sender` is only its start, and
 * already says finalized; `is_return` is a return label, no RTO. Source: tracking.md, Traps.
 */
export const easypost: Translator = {
  source: 'easypost',
  read(payload) {
    return orNothing(trackersOf(payload).map(readTracker));
  },
};

function trackersOf(payload: unknown): unknown[] {
  const body = first(payload, 'result', 'trackers', 'tracker') ?? payload;
  return list(body).filter((tracker) => isFields(tracker) && textAt(tracker, 'tracking_code', 'status') !== null);
}

function readTracker(tracker: unknown): ReadShipment {
  return shipment({
    number: textAt(tracker, 'tracking_code'),
    carrier: textAt(tracker, 'carrier'),
    header: meaningOf(textAt(tracker, 'status'), textAt(tracker, 'status_detail'), null),
    events: list(at(tracker, 'tracking_details')).map(readDetail),
    newestFirst: false,
    reverse: flagAt(tracker, 'is_return'),
    destination: textAt(tracker, 'carrier_detail.destination_location'),
  });
}

function readDetail(detail: unknown): EventDraft {
  const text = textAt(detail, 'message', 'description');
  const place = at(detail, 'tracking_location');
  const [city, region, country] = [textAt(place, 'city'), textAt(place, 'state'), textAt(place, 'country')];
  return {
    time: readTime(textAt(detail, 'datetime'), { zone: zoneOf({ region, country }) }),
    code: joined([textAt(detail, 'status'), textAt(detail, 'status_detail')], '/'),
    text,
    meaning: meaningOf(textAt(detail, 'status'), textAt(detail, 'status_detail'), text),
    place: joined([city, region, textAt(place, 'zip'), country]),
  };
}

/** Statuses that the detail refines; the others are EasyPost's own last word. */
const COARSE = new Set(['in_transit', 'failure', 'unknown', 'pre_transit', 'return_to_sender']);

function meaningOf(status: string | null, detail: string | null, text: string | null): Meaning | undefined {
  const coarse = byCode('easypost.status', status);
  const fine = detail === null || detail === 'unknown' ? undefined : byCode('easypost.status_detail', detail);
  const said = byPhrase(ENGLISH, text);
  if (said?.status === 'rto_delivered') return said;
  const word = status?.toLowerCase() ?? '';
  if (word === 'return_to_sender') return returning(fine, said, coarse);
  if (word === 'failure') return explained(said, said?.status === 'seized_by_customs' ? said : fine, coarse);
  if (word === 'delivered' && said?.status === 'available_for_pickup') return said; // an access point is no door
  const refined = COARSE.has(word) && says(fine) && fine.status !== 'delivered' ? fine : undefined;
  return says(coarse) ? explained(said, refined, coarse) : finest(fine, said, coarse);
}

function returning(
  fine: Meaning | undefined,
  said: Meaning | undefined,
  coarse: Meaning | undefined,
): Meaning | undefined {
  const onItsWay = fine?.status === 'rto_in_transit' ? fine : coarse;
  return onItsWay === undefined ? undefined : { ...onItsWay, reason: said?.reason ?? fine?.reason ?? onItsWay.reason };
}
