import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, finest, means, type Meaning, own } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf } from './places.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, isFields, joined, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

/** Event codes and summary statuses of Amazon Shipping that the map leaves out. Source: Amazon Shipping API, EventCode. */
const MORE: Readonly<Record<string, Meaning>> = {
  ArrivedAtCarrierFacility: means('in_transit'),
  AvailableForPickup: means('available_for_pickup'),
  AwaitingCustomerPickup: means('available_for_pickup'),
  Delayed: means('in_transit', 'delayed'),
  DeliveryAttempted: means('attempt_failed'),
  Destroyed: means('destroyed', 'destroyed'),
  InTransit: means('in_transit'),
  LabelCreated: means('label_created'),
  Lost: means('lost', 'lost'),
  NotPickedUp: means('pickup_failed'),
  PickedUp: means('accepted'),
  PickupCancelled: means('cancelled'),
  PreTransit: means('label_created'),
  Rejected: means('attempt_failed', 'refused'),
  ReturnInitiated: means('rto_initiated'),
  ReturnSubmitted: means('rto_initiated'),
  ReturningToSeller: means('rto_in_transit'),
  Returned: means('rto_delivered'),
  ReturnedToSeller: means('rto_delivered'),
  Undeliverable: means('exception', 'other'),
};

/** Numbers of the Amazon format that last-mile carriers use. Source: Amazon TrackingResponse, event codes 1xx to 4xx. */
const NUMBERS: Readonly<Record<string, Meaning>> = {
  EVENT_201: means('in_transit'),
  EVENT_202: means('in_transit'),
  EVENT_303: means('delivered'),
  EVENT_305: means('attempt_failed'),
  EVENT_306: means('available_for_pickup'),
  EVENT_401: means('exception', 'held'),
  EVENT_406: means('in_transit', 'delayed'),
  EVENT_407: means('attempt_failed', 'refused'),
  EVENT_413: means('exception', 'address_incorrect'),
  EVENT_404: means('damaged', 'damaged'),
  EVENT_408: means('lost', 'lost'),
  EVENT_409: means('rto_in_transit'),
};

/** Amazon Shipping: `{payload: {trackingId, summary, eventHistory}}` (poll). */
export const amazonShipping: Translator = {
  source: 'amazon_shipping',
  read(payload) {
    const body = first(payload, 'payload', 'detail', 'data') ?? payload;
    return orNothing(
      list(body)
        .filter((b) => isFields(b) && textAt(b, 'trackingId') !== null)
        .map(readTracking),
    );
  },
};

function readTracking(body: unknown): ReadShipment {
  return shipment({
    number: textAt(body, 'trackingId'),
    aliases: [textAt(body, 'alternateLegTrackingId')],
    header: meaningOf(textAt(body, 'summary.status')),
    events: list(at(body, 'eventHistory')).map((event) => {
      const place = at(event, 'location');
      const code = textAt(event, 'eventCode');
      const [city, region, country] = [
        textAt(place, 'city'),
        textAt(place, 'stateOrRegion'),
        textAt(place, 'countryCode'),
      ];
      return {
        time: readTime(textAt(event, 'eventTime'), { zone: zoneOf({ region, country }) }),
        code,
        text: null,
        meaning: meaningOf(code),
        place: joined([city, region, country]),
      };
    }),
    newestFirst: false,
  });
}

function meaningOf(code: string | null): Meaning | undefined {
  return byCode('amazon', code) ?? own(MORE, code);
}

/** A1 International and others in Amazon's format: XML `AmazonTrackingResponse` (poll). */
export const a1Amazon: Translator = {
  source: 'a1_amazon_lm',
  read(payload) {
    const body = first(payload, 'AmazonTrackingResponse') ?? payload;
    return orNothing(list(at(body, 'PackageTrackingInfo')).map(readInfo));
  },
};

function readInfo(info: unknown): ReadShipment {
  return shipment({
    number: textAt(info, 'TrackingNumber'),
    events: list(at(info, 'TrackingEventHistory.TrackingEventDetail')).map((event): EventDraft => {
      const place = at(event, 'EventLocation');
      const [city, region, country] = [
        textAt(place, 'City'),
        textAt(place, 'StateProvince'),
        textAt(place, 'CountryCode'),
      ];
      const [code, said] = [textAt(event, 'EventCode'), textAt(event, 'EventCodeDesc')];
      return {
        time: readTime(textAt(event, 'EventDateTime'), { zone: zoneOf({ region, country }) }),
        code,
        text: said,
        meaning: finest(byCode('amazon', code), byPhrase(ENGLISH, said), own(NUMBERS, code)),
        place: joined([city, region, country]),
      };
    }),
    destination: textAt(info, 'PackageDestinationLocation.City'),
  });
}
