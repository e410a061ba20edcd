import type { ReadShipment } from '../canonical.translate.ts';
import { dhlUnified } from './dhl-unified.translate.ts';
import { byCode, byPhrase, finest, type Meaning, type Phrase } from './mapping.translate.ts';
import { DHL_ENGLISH, ENGLISH } from './phrases.translate.ts';
import { zoneOfText } from './places.translate.ts';
import { backAtSender, orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, joined, list, textAt } from './shape.translate.ts';
import { readDateAndTime, readTime } from './time.translate.ts';

/** The sentences behind the two-letter codes, as the web prints them. */
const SENTENCES: readonly Phrase[] = [
  ['with delivery courier', 'out_for_delivery'],
  [/delivered - signed for by ?: ?.*/, 'delivered'],
  [/(returned|return) to (shipper|consignor).*/, 'rto_initiated'],
  [/(processed|arrived|departed|transferred|clearance processing complete|arrived at sort facility|arrived at delivery facility)( .*)?/, 'in_transit'],
  [/(clearance event|customs clearance status updated|customs status updated|processed for clearance)( .*)?/, 'in_transit', 'customs_clearance'],
  [/delivery attempted; recipient not home|delivery attempted - .*/, 'attempt_failed', 'recipient_not_home'],
  [/(recipient )?refused delivery.*/, 'attempt_failed', 'refused'],
  [/(shipment )?on hold.*/, 'exception', 'held'],
  [/(awaiting collection|available for collection|shipment held - available upon receipt of payment).*/, 'available_for_pickup'],
  [/shipment information received/, 'label_created'],
  [/(bad|incorrect|incomplete) address.*|address information needed.*/, 'exception', 'address_incorrect'],
  [/scheduled for delivery.*/, 'in_transit'],
]; // prettier-ignore

/**
 * DHL Express: XML-PI `TrackingResponse`, MyDHL `{shipments: [{shipmentTrackingNumber, events}]}`, the web's
 * `{results: [{checkpoints}]}` (poll), and the answer that all of DHL shares. Times are local to each service area, without an offset: sorted as they are
 * printed, an event of Los Angeles falls between two of Hong Kong.
 */
export const dhlExpress: Translator = {
  source: 'dhl_express',
  read(payload, kind) {
    const xml = list(first(payload, 'TrackingResponse.AWBInfo', 'AWBInfo'));
    const web = list(at(payload, 'results'));
    const api = list(at(payload, 'shipments'));
    if (textAt(payload, 'shipments.status.statusCode', 'shipments.events.statusCode') !== null)
      return dhlUnified.read(payload, kind);
    return orNothing([...xml.map(readAwb), ...web.map(readWeb), ...api.map(readApi)]);
  },
};

function readAwb(info: unknown): ReadShipment {
  const details = at(info, 'ShipmentInfo');
  return shipment({
    number: textAt(info, 'AWBNumber'),
    events: backAtSender(
      [...list(at(details, 'ShipmentEvent')), ...list(at(info, 'Pieces.PieceInfo.PieceEvent'))].map(readEvent),
    ),
    newestFirst: false,
    shippedOn: textAt(details, 'ShipmentDate'),
    destination: textAt(details, 'Consignee.City', 'DestinationServiceArea.Description'),
  });
}

function readEvent(event: unknown): EventDraft {
  const place = textAt(event, 'ServiceArea.Description');
  const code = textAt(event, 'ServiceEvent.EventCode');
  const said = textAt(event, 'ServiceEvent.Description');
  const hints = { zone: zoneOfText(place, 'country') };
  return {
    time: readDateAndTime(textAt(event, 'Date'), textAt(event, 'Time'), hints),
    code,
    text: said,
    meaning: meaningOf(code, said),
    place,
  };
}

function readApi(body: unknown): ReadShipment {
  return shipment({
    number: textAt(body, 'shipmentTrackingNumber', 'id'),
    events: backAtSender(list(at(body, 'events')).map(readApiEvent)),
    newestFirst: false,
    shippedOn: textAt(body, 'shipmentTimestamp'),
    destination: textAt(body, 'receiverDetails.postalAddress.cityName'),
  });
}

function readApiEvent(event: unknown): EventDraft {
  const place = textAt(event, 'serviceArea.description', 'location.address.addressLocality');
  const [code, said] = [textAt(event, 'typeCode'), textAt(event, 'description')];
  const hints = { offset: textAt(event, 'GMTOffset'), zone: zoneOfText(place, 'country') };
  const date = textAt(event, 'date');
  const time =
    date === null ? readTime(textAt(event, 'timestamp'), hints) : readDateAndTime(date, textAt(event, 'time'), hints);
  return { time, code, text: said, meaning: meaningOf(code, said), place };
}

function readWeb(result: unknown): ReadShipment {
  return shipment({
    number: textAt(result, 'id'),
    header: byPhrase(ENGLISH, textAt(result, 'delivery.status')),
    events: list(at(result, 'checkpoints')).map((checkpoint): EventDraft => {
      const [place, said] = [textAt(checkpoint, 'location'), textAt(checkpoint, 'description')];
      const hints = { zone: zoneOfText(place, 'country') };
      return {
        time: readDateAndTime(textAt(checkpoint, 'date'), textAt(checkpoint, 'time'), hints),
        text: said,
        meaning: meaningOf(null, said),
        place,
      };
    }),
    destination: joined([textAt(result, 'destination.value')]),
  });
}

function meaningOf(code: string | null, said: string | null): Meaning | undefined {
  const sentence = byPhrase(SENTENCES, said) ?? byPhrase(DHL_ENGLISH, said) ?? byPhrase(ENGLISH, said);
  if (sentence?.status === 'rto_delivered') return sentence;
  return finest(byCode('dhl_express', code), sentence);
}
