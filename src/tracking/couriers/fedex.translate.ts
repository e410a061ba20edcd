import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, finest, type Meaning, type Phrase } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf, zoneOfText } from './places.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, flagAt, joined, list, textAt } from './shape.translate.ts';
import { readDateAndTime, readTime } from './time.translate.ts';

/** Descriptions that come with an exception. */
const EXCEPTIONS: readonly Phrase[] = [
  [/([a-z ]+ - )*no delivery attempt(ed)?.*/, 'exception', 'not_attempted'],
  [/customer not available or business closed.*|customer not available.*/, 'attempt_failed', 'recipient_not_home'],
  [/business closed.*/, 'attempt_failed', 'business_closed'],
  [/(shipment |package |delivery )?(was )?refused( by (the )?(recipient|customer|consignee))?( .*)?|(recipient|customer|consignee) refused.*/, 'attempt_failed', 'refused'],
  [/(unable to collect payment|(cod|payment) not ready|customer did not have payment).*/, 'attempt_failed', 'cod_not_ready'],
  [/(recipient|customer|consignee|receiver) (has )?moved.*/, 'exception', 'recipient_moved'],
  [/(improper|missing|incomplete|improper or missing) (paperwork|documents?).*/, 'exception', 'documents'],
  [/unable to deliver( shipment)?( -|,|;)? ?returned to (shipper|sender).*/, 'rto_initiated'],
  [/(incorrect|incomplete|invalid) address.*|address incorrect.*/, 'exception', 'address_incorrect'],
  [/(adverse|severe) weather.*|weather delay.*/, 'in_transit', 'weather'],
  [/(local |operational )?(delay|delayed)( .*)?|package delayed.*|package at station, arrived after courier dispatch.*/, 'in_transit', 'delayed'],
  [/(package|shipment) to be picked up at fedex.*/, 'available_for_pickup'],
  [/(package |shipment )?damaged.*/, 'damaged', 'damaged'],
  [/(future delivery requested|delivery option requested).*/, 'in_transit', 'customer_request'],
  [/(returned|returning|return) (package )?to (shipper|sender).*/, 'rto_initiated'],
]; // prettier-ignore

/**
 * FedEx: SOAP `TrackReply` (v3 to v19), REST v1 `completeTrackResults`, the web's `TrackPackagesResponse`.
 * A delivery exception is an attempt only by its code; a returned parcel ends in DL too, so the place is compared; some
 * events have an offset and some none.
 */
export const fedex: Translator = {
  source: 'fedex',
  read(payload) {
    const reply = first(payload, 'Envelope.Body.TrackReply', 'TrackReply') ?? payload;
    const soap = [
      ...list(at(reply, 'CompletedTrackDetails')).flatMap((d) => list(at(d, 'TrackDetails'))),
      ...list(at(reply, 'TrackDetails')),
    ];
    const rest = list(first(payload, 'output.completeTrackResults', 'completeTrackResults')).flatMap((r) =>
      list(at(r, 'trackResults')).map((result) => readRest(result, textAt(r, 'trackingNumber'))),
    );
    const pushed = list(at(payload, 'trackResults') ?? payload).filter(
      (result) => first(result, 'latestStatusDetail', 'scanEvents') !== undefined,
    );
    const web = list(at(payload, 'TrackPackagesResponse.packageList'));
    return orNothing([
      ...soap.map(readSoap),
      ...rest,
      ...web.map(readWeb),
      ...pushed.map((result) => readRest(result, textAt(payload, 'trackingNumber'))),
    ]);
  },
};

interface Ends {
  origin: string | null;
  destination: string | null;
}

function readSoap(details: unknown): ReadShipment {
  const ends = {
    origin: cityOf(first(details, 'OriginLocationAddress', 'ShipperAddress')),
    destination: cityOf(at(details, 'DestinationAddress')),
  };
  const failed = textAt(details, 'Notification.Severity') === 'ERROR';
  return shipment({
    number: textAt(details, 'TrackingNumber'),
    header: failed
      ? undefined
      : headerOf(
          textAt(details, 'StatusDetail.Code', 'StatusCode'),
          textAt(details, 'StatusDetail.Description', 'StatusDescription'),
        ),
    events: backAtShipper(list(at(details, 'Events')).map(readSoapEvent), ends),
    shippedOn: textAt(details, 'ShipTimestamp'),
    destination: ends.destination,
  });
}

function readSoapEvent(event: unknown): EventDraft {
  return draft({
    time: readTime(textAt(event, 'Timestamp'), { zone: zoneOfAddress(at(event, 'Address')) }),
    type: textAt(event, 'EventType'),
    text: textAt(event, 'EventDescription'),
    exception: textAt(event, 'StatusExceptionCode'),
    detail: textAt(event, 'StatusExceptionDescription'),
    place: placeOf(at(event, 'Address')),
  });
}

function readRest(result: unknown, number: string | null): ReadShipment {
  const latest = at(result, 'latestStatusDetail');
  const ends = {
    origin: cityOf(at(result, 'shipperInformation.address')),
    destination: cityOf(at(result, 'recipientInformation.address')),
  };
  const events = list(at(result, 'scanEvents')).map((event) =>
    draft({
      time: readTime(textAt(event, 'date'), { zone: zoneOfAddress(at(event, 'scanLocation')) }),
      type: textAt(event, 'eventType', 'derivedStatusCode'),
      text: textAt(event, 'eventDescription', 'derivedStatus'),
      exception: textAt(event, 'exceptionCode'),
      detail: textAt(event, 'exceptionDescription'),
      place: placeOf(at(event, 'scanLocation')),
    }),
  );
  return shipment({
    number: textAt(result, 'trackingNumberInfo.trackingNumber') ?? number,
    header: headerOf(textAt(latest, 'code', 'derivedCode'), textAt(latest, 'description', 'statusByLocale')),
    events: backAtShipper(events, ends),
    destination: ends.destination,
  });
}

function readWeb(parcel: unknown): ReadShipment {
  const ends = {
    origin: textAt(parcel, 'shipperCity', 'originCity'),
    destination: textAt(parcel, 'recipientCity', 'destCity'),
  };
  const scans = list(at(parcel, 'scanEventList')).filter((scan) => textAt(scan, 'date', 'status', 'statusCD') !== null);
  const unknown = flagAt(parcel, 'isNotFound') || flagAt(parcel, 'isInvalid');
  const events = scans.map((scan) => {
    const place = textAt(scan, 'scanLocation');
    const hints = { offset: textAt(scan, 'gmtOffset'), zone: zoneOfText(place, 'state') };
    const time = readDateAndTime(textAt(scan, 'date'), textAt(scan, 'time'), hints);
    return draft({
      time,
      type: textAt(scan, 'statusCD'),
      text: textAt(scan, 'status'),
      exception: null,
      detail: textAt(scan, 'scanDetails'),
      place,
    });
  });
  return shipment({
    number: textAt(parcel, 'trackingNbr', 'displayTrackingNbr'),
    header: unknown ? undefined : headerOf(textAt(parcel, 'keyStatusCD', 'statusBarCD'), textAt(parcel, 'keyStatus')),
    events: backAtShipper(events, ends),
    reverse: flagAt(parcel, 'isReturn'),
    shippedOn: textAt(parcel, 'shipDt'),
    destination: ends.destination,
  });
}

function headerOf(code: string | null, text: string | null): Meaning | undefined {
  return finest(byCode('fedex', code), byPhrase(ENGLISH, text));
}

interface Said {
  time: EventDraft['time'];
  type: string | null;
  text: string | null;
  exception: string | null;
  detail: string | null;
  place: string | null;
}

function draft(said: Said): EventDraft {
  return {
    time: said.time,
    code: joined([said.type, said.exception], '/'),
    text: joined([said.text, said.detail], ' - '),
    meaning: meaningOf(said),
    place: said.place,
  };
}

function meaningOf({ type: sent, text, exception, detail }: Said): Meaning | undefined {
  const type = sent?.toUpperCase() ?? null;
  const byType = byCode('fedex', type);
  const byException = byPhrase(EXCEPTIONS, detail) ?? byCode('fedex.exceptionCode', exception) ?? withZeros(exception);
  if (type === 'DE' || type === 'SE')
    return finest(
      byException,
      byPhrase(ENGLISH, text)?.status === 'rto_initiated' ? byPhrase(ENGLISH, text) : undefined,
      byType,
    );
  if (byType?.status === 'delivered' || byException === undefined) return byType ?? byPhrase(ENGLISH, text);
  return finest(byType, { status: byType?.status ?? byException.status, reason: byException.reason });
}

/** `07` and `007` are the same code where no words say otherwise; others are as they are, for 014 and 14 are not. */
function withZeros(code: string | null): Meaning | undefined {
  const short = code?.replace(/^0+/, '');
  return byCode('fedex.exceptionCode', short === '7' ? '007' : short === '8' ? '08' : null);
}

/** After "returning to shipper" a DL is the shipper's, unless it happened where the buyer lives. */
function backAtShipper(events: readonly EventDraft[], { origin, destination }: Ends): EventDraft[] {
  const start = events
    .filter((e) => e.meaning?.status === 'rto_initiated')
    .map((e) => e.time.local ?? '')
    .sort()[0];
  if (start === undefined) return [...events];
  return events.map((event) => {
    const city = event.place?.split(',')[0]?.toLowerCase() ?? null;
    const atBuyers = city !== null && city === destination?.toLowerCase() && city !== origin?.toLowerCase();
    const after = (event.time.local ?? '') > start && event.meaning?.status === 'delivered' && !atBuyers;
    return after ? { ...event, meaning: { status: 'rto_delivered', reason: null } } : event;
  });
}

function cityOf(address: unknown): string | null {
  return textAt(address, 'City', 'city');
}

function placeOf(address: unknown): string | null {
  return joined([cityOf(address), textAt(address, 'StateOrProvinceCode'), textAt(address, 'CountryCode')]);
}

function zoneOfAddress(address: unknown): string | null {
  return zoneOf({ region: textAt(address, 'StateOrProvinceCode'), country: textAt(address, 'CountryCode') });
}
