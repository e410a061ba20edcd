import type { ReadShipment } from '../canonical.translate.ts';
import { byPhrase, finest, means, type Meaning, own } from './mapping.translate.ts';
import { DHL_ENGLISH, ENGLISH } from './phrases.translate.ts';
import { zoneOf } from './places.translate.ts';
import { backAtSender, orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, joined, list, textAt } from './shape.translate.ts';
import { readDateAndTime, readTime } from './time.translate.ts';

/** Event numbers of DHL eCommerce Americas (formerly GlobalMail), where the description is not a known phrase. */
const CODES: Readonly<Record<string, Meaning>> = {
  '99': means('label_created'),
  '100': means('label_created'),
  '132': means('label_created'),
  '150': means('accepted'),
  '200': means('accepted'),
  '220': means('in_transit'),
  '300': means('in_transit'),
  '350': means('in_transit'),
  '400': means('in_transit'),
  '500': means('in_transit'),
  '510': means('in_transit'),
  '520': means('in_transit'),
  '526': means('in_transit'),
  '538': means('out_for_delivery'),
  '539': means('in_transit'),
  '540': means('in_transit'),
  '542': means('in_transit'),
  '580': means('attempt_failed', 'recipient_not_home'),
  '598': means('out_for_delivery'),
  '600': means('delivered'),
  '607': means('available_for_pickup'),
  '699': means('rto_initiated'),
};

/** DHL eCommerce: XML `track/shipment/event`, JSON `packages[].events` (poll). Two numbers: its own and the USPS one. */
export const dhlEcommerce: Translator = {
  source: 'dhl_ecommerce',
  read(payload) {
    const found = first(
      payload,
      'track.shipment',
      'shipment',
      'data.packages',
      'packages',
      'data.mailItems',
      'mailItems',
    );
    return orNothing(list(found).map(readShipment));
  },
};

function readShipment(body: unknown): ReadShipment {
  const parcel = first(body, 'package', 'mail') ?? body;
  const number = textAt(parcel, 'trackingnumber', 'dspNumber', 'trackingId', 'packageId');
  return shipment({
    number,
    aliases: [
      textAt(parcel, 'deliveryconfirm', 'deliveryConfirmation', 'deliveryConfirmationNo'),
      textAt(parcel, 'packageId'),
    ],
    events: backAtSender([...list(at(body, 'event')), ...list(at(body, 'events'))].map(readEvent)),
    shippedOn: textAt(parcel, 'shipped'),
    destination: joined([textAt(parcel, 'city'), textAt(parcel, 'zip')]),
  });
}

function readEvent(event: unknown): EventDraft {
  const [city, region, country] = [textAt(event, 'city', 'location'), textAt(event, 'state'), textAt(event, 'country')];
  const [code, said] = [
    textAt(event, 'code', 'id', 'primaryEventId'),
    textAt(event, 'description', 'primaryEventDescription'),
  ];
  const [date, clock] = [textAt(event, 'date'), textAt(event, 'time')];
  const hints = { offset: textAt(event, 'timezone'), zone: zoneOf({ region, country }) };
  return {
    time: clock === null ? readTime(date, hints) : readDateAndTime(date, clock, hints),
    code,
    text: said,
    meaning: meaningOf(code, said),
    place: joined([city, region, country]),
  };
}

function meaningOf(code: string | null, said: string | null): Meaning | undefined {
  const phrase = byPhrase(ENGLISH, said) ?? byPhrase(DHL_ENGLISH, said);
  return phrase?.status === 'rto_delivered' || phrase?.status === 'rto_initiated'
    ? phrase
    : finest(own(CODES, code), phrase);
}
