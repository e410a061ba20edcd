import type { ReadShipment } from '../canonical.translate.ts';
import { byPhrase, finest, means, type Meaning, own } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf } from './places.translate.ts';
import { backAtSender, orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, joined, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

/** Status codes of the shipment status service. Source: OnTrac Web Services, Appendix, as integrations list them. */
const CODES: Readonly<Record<string, Meaning>> = {
  XX: means('label_created'),
  OE: means('label_created'),
  OS: means('in_transit'),
  RD: means('in_transit'),
  PU: means('accepted'),
  OD: means('out_for_delivery'),
  OK: means('delivered'),
  CL: means('delivered'),
  DN: means('attempt_failed'),
  BA: means('exception', 'address_incorrect'),
  RF: means('attempt_failed', 'refused'),
  DM: means('damaged', 'damaged'),
  RS: means('rto_initiated'),
  RT: means('rto_initiated'),
};

/** OnTrac: XML `OnTracShipmentStatus` (poll). */
export const ontrac: Translator = {
  source: 'ontrac',
  read(payload) {
    const body = first(payload, 'OnTracShipmentStatus', 'OnTracTrackingResult', 'OnTracUpdateResponse') ?? payload;
    return orNothing(list(first(body, 'Packages.Package', 'Shipments.Shipment')).map(readPackage));
  },
};

function readPackage(parcel: unknown): ReadShipment {
  return shipment({
    number: textAt(parcel, 'Tracking'),
    events: backAtSender(list(at(parcel, 'Events.Event')).map(readEvent)),
    shippedOn: textAt(parcel, 'ShipDate'),
    destination: textAt(parcel, 'Zip', 'DelZip'),
  });
}

function readEvent(event: unknown): EventDraft {
  const [city, region] = [textAt(event, 'City'), textAt(event, 'State')];
  const [code, said] = [textAt(event, 'Status'), textAt(event, 'Description')];
  const phrase = byPhrase(ENGLISH, said);
  return {
    time: readTime(textAt(event, 'EventTime'), { zone: zoneOf({ region, country: 'US' }) }),
    code,
    text: said,
    meaning: phrase?.status === 'rto_delivered' ? phrase : finest(own(CODES, code), phrase),
    place: joined([city, region, textAt(event, 'Zip')]),
  };
}
