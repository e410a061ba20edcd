import type { ReadShipment } from '../canonical.translate.ts';
import { byPhrase, finest, means, type Meaning, own } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf } from './places.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, isFields, joined, list, textAt } from './shape.translate.ts';
import { readDateAndTime } from './time.translate.ts';

/** Package statuses of the Shipping API. Source: Pitney Bowes, Tracking Status Codes. */
const STATUSES: Readonly<Record<string, Meaning>> = {
  manifest: means('label_created'),
  intransit: means('in_transit'),
  outfordelivery: means('out_for_delivery'),
  deliveryattempt: means('attempt_failed'),
  delivered: means('delivered'),
  pickup: means('available_for_pickup'),
  exception: means('exception'),
  returned: means('rto_initiated'),
};

/** Standardised event codes that say more than the package status. */
const CODES: Readonly<Record<string, Meaning>> = {
  LC: means('label_created'),
  SIR: means('label_created'),
  PU: means('accepted'),
  ACC: means('accepted'),
  OFD: means('out_for_delivery'),
  DEL: means('delivered'),
  DA: means('attempt_failed'),
  RTS: means('rto_initiated'),
};

/** Pitney Bowes: one shipment with `scanDetailsList` (poll), or a list. eventType RTN is a return parcel. */
export const pitneyBowes: Translator = {
  source: 'pitney_bowes',
  read(payload) {
    const body = first(payload, 'trackingDetails', 'results', 'data') ?? payload;
    return orNothing(
      list(body)
        .filter((b) => isFields(b) && textAt(b, 'trackingNumber') !== null)
        .map(readShipment),
    );
  },
};

function readShipment(body: unknown): ReadShipment {
  const scans = list(at(body, 'scanDetailsList'));
  const types = [textAt(body, 'currentStatus.eventType'), ...scans.map((scan) => textAt(scan, 'eventType'))];
  return shipment({
    number: textAt(body, 'trackingNumber'),
    aliases: [textAt(body, 'requestedIdentifier')],
    carrier: textAt(body, 'carrier'),
    header: statusMeaning(textAt(body, 'status')),
    events: scans.map(readScan),
    reverse:
      types.some((type) => type === 'RTN') || textAt(body, 'serviceName')?.toLowerCase() === 'parcel return service',
    shippedOn: textAt(body, 'shipDate'),
    destination: textAt(body, 'destinationAddress.city', 'destinationAddress.postalCode'),
  });
}

function readScan(scan: unknown): EventDraft {
  const [city, region, country] = [
    textAt(scan, 'eventCity'),
    textAt(scan, 'eventStateOrProvince'),
    textAt(scan, 'country'),
  ];
  const code = textAt(scan, 'standardizedEventCode', 'scanType', 'l1Code');
  const said = textAt(scan, 'scanDescription', 'standardizedEventDescription', 'l1Description');
  const hints = { offset: textAt(scan, 'eventTimeOffset'), zone: zoneOf({ region, country }) };
  const phrase = byPhrase(ENGLISH, said);
  const status = statusMeaning(textAt(scan, 'packageStatus'));
  return {
    time: readDateAndTime(textAt(scan, 'eventDate'), textAt(scan, 'eventTime'), hints),
    code,
    text: said,
    meaning: scanMeaning(own(CODES, code), phrase, status),
    place: joined([city, region, textAt(scan, 'postalCode'), country]),
  };
}

/** "In transit" is coarse: the code and the words say more; every other package status is the last word. */
function scanMeaning(
  code: Meaning | undefined,
  phrase: Meaning | undefined,
  status: Meaning | undefined,
): Meaning | undefined {
  if (phrase?.status === 'rto_delivered') return phrase;
  return status?.status === 'in_transit' ? finest(code, phrase, status) : finest(status, code, phrase);
}

function statusMeaning(status: string | null): Meaning | undefined {
  return own(STATUSES, (status ?? '').toLowerCase().replace(/[^a-z]/g, ''));
}
