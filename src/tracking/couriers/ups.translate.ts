import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, finest, type Meaning, type Phrase } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf } from './places.translate.ts';
import { backAtSender, orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, isFields, joined, list, textAt } from './shape.translate.ts';
import { readDateAndTime } from './time.translate.ts';

/** UPS's own sentences, where neither code nor number is known or the type alone is too coarse. */
const UPS: readonly Phrase[] = [
  [/(the package was |the package has been |your package was )?delivered to (the )?(shipper|sender)( .*)?/, 'rto_delivered'],
  [/(as requested, )?((the |your )?package is )?(being )?(returned|returning) to (the )?(sender|shipper)(?!.*\b(if|after)\b).*|(the |your )?package will be returned to (the )?(sender|shipper)/, 'rto_initiated'],
  [/(the )?(receiver|customer|recipient) (has )?refused (the )?(delivery|package|shipment).*return.*/, 'rto_initiated', 'refused'],
  [/(the package|your package|the shipment) (was|has been) refused by the (receiver|customer|recipient).*return.*/, 'rto_initiated', 'refused'],
  [/(the )?(receiver|customer|recipient|consignee) .*refused (the |this |your )?(delivery|package|shipment|product|order)[^,;]*/, 'attempt_failed', 'refused'],
  [/(the )?(receiver|customer|recipient) was (not available|unavailable).*/, 'attempt_failed', 'recipient_not_home'],
  [/(the )?(receiver's location|business|receiver's business|receiver's company|company|recipient's business) (was|is) closed.*/, 'attempt_failed', 'business_closed'],
  [/we(('ve)| have)? attempted (to deliver|delivery).*|a delivery attempt was made.*/, 'attempt_failed'],
  [/.+ tendered to a ups driver|(package |your package was )?(dropped off|received) (at|by) (a |the )?ups access point.*/, 'accepted'],
  [/(package |your package was |the package was )?delivered to (a |the )?ups access point.*/, 'available_for_pickup'],
  [/(package |your package was |the package was )?(delivered|transferred) to (the |a )?(local )?post office( for delivery)?/, 'in_transit'],
  [/your package is at the (ups )?access point.*|(your |the )?package is (being held|ready for pickup|available for pickup|waiting for (customer )?pickup).*/, 'available_for_pickup'],
  [/(the |your )?(address|street number|street|apartment number|apartment|suite number|street name|postal code|city|company|receiver's name|incorrect address|we need additional address).*(incorrect|incomplete|missing|information|invalid|updated|corrected).*/, 'exception', 'address_incorrect'],
  [/(the |your )?(package|merchandise) (was |has been |is )?(reported )?damaged.*|(all |some )?merchandise (is |was )?(missing|discarded).*|(a )?damage (has been |was )?reported.*/, 'damaged', 'damaged'],
  [/(the |your )?package (was|is|has been) lost.*/, 'lost', 'lost'],
  [/(the |your )?package (was |has been |is )?reported lost.*|(we were |we are )?unable to locate (the|your) package.*/, 'exception', 'untraceable'],
  [/out for delivery( today)?/, 'out_for_delivery'],
  [/(loaded on delivery vehicle|out for delivery ?\/ ?loaded)/, 'out_for_delivery'],
]; // prettier-ignore

/**
 * UPS: XML `TrackResponse`, JSON `trackResponse` (poll), Track Alert (webhook, one event). The type comes before the
 * code: KB is DELIVERED with D and nothing with X; X is no failure, customs steps are X too; DS is also a vehicle.
 */
export const ups: Translator = {
  source: 'ups',
  read(payload) {
    if (first(payload, 'activityStatus', 'data.activityStatus', 'gmtActivityDate', 'localActivityDate') !== undefined)
      return alerts(payload);
    const web = list(at(payload, 'trackDetails')).filter(isFields);
    if (web.length > 0) return web.map(readWeb);
    const body = first(payload, 'Envelope.Body.TrackResponse', 'trackResponse') ?? payload;
    return orNothing(list(at(body, 'shipment')).flatMap(readShipment), textAt(body, 'inquiryNumber'));
  },
};

function alerts(payload: unknown): ReadShipment[] {
  return list(first(payload, 'data') ?? payload).map((alert) => {
    const place = at(alert, 'activityLocation');
    const [city, region, country] = [textAt(place, 'city'), textAt(place, 'stateProvince'), textAt(place, 'country')];
    const gmt = readDateAndTime(textAt(alert, 'gmtActivityDate'), textAt(alert, 'gmtActivityTime'), { zone: 'UTC' });
    const local = readDateAndTime(textAt(alert, 'localActivityDate'), textAt(alert, 'localActivityTime'), {
      zone: zoneOf({ region, country }),
    });
    const status = at(alert, 'activityStatus');
    const said = {
      type: textAt(status, 'type'),
      code: textAt(status, 'code'),
      number: textAt(status, 'descriptionCode'),
      text: textAt(status, 'description'),
    };
    const time = local.local === null ? gmt : { ...local, at: gmt.at ?? local.at };
    const event = {
      time,
      code: said.code ?? said.number ?? said.type,
      text: said.text,
      meaning: meaningOf(said),
      place: joined([city, region, country]),
    };
    return shipment({ number: textAt(alert, 'trackingNumber'), events: [event] });
  });
}

function readShipment(body: unknown): ReadShipment[] {
  const packages = list(at(body, 'package'));
  const number = textAt(body, 'inquiryNumber', 'ShipmentIdentificationNumber', 'InquiryNumber.Value');
  if (packages.length === 0)
    return [shipment({ number, header: headerOf(body), events: list(at(body, 'activity')).map(readActivity) })];
  return packages.map((parcel) => {
    const events = list(at(parcel, 'activity')).map(readActivity);
    return shipment({
      number: textAt(parcel, 'trackingNumber') ?? number,
      aliases: [number, textAt(parcel, 'alternateTrackingInfo.value')],
      header: headerOf(parcel) ?? headerOf(body),
      events: backAtSender(events),
      shippedOn: textAt(body, 'PickupDate', 'pickupDate'),
      destination: textAt(body, 'ShipTo.Address.City', 'ShipTo.Address.CountryCode'),
    });
  });
}

function headerOf(holder: unknown): Meaning | undefined {
  const [code, text] = [textAt(holder, 'currentStatus.code'), textAt(holder, 'currentStatus.description')];
  return finest(byCode('ups.statusCode', code), byPhrase(UPS, text) ?? byPhrase(ENGLISH, text));
}

/** The web's answer: sentences without codes, each with its instant in Greenwich. */
function readWeb(details: unknown): ReadShipment {
  const events = list(at(details, 'shipmentProgressActivities')).filter(
    (scan) => textAt(scan, 'date', 'activityScan') !== null,
  );
  return shipment({
    number: textAt(details, 'trackingNumber', 'requestedTrackingNumber'),
    header: byPhrase(ENGLISH, textAt(details, 'packageStatus')),
    events: backAtSender(events.map(readWebScan)),
    destination: textAt(details, 'shipToAddress.city', 'shipToAddress.country'),
  });
}

function readWebScan(scan: unknown): EventDraft {
  const text = textAt(scan, 'activityScan');
  const place = textAt(scan, 'location');
  const gmt = readDateAndTime(textAt(scan, 'gmtDate'), textAt(scan, 'gmtTime'), { zone: 'UTC' });
  const local = readDateAndTime(textAt(scan, 'date'), textAt(scan, 'time'), { offset: textAt(scan, 'gmtOffset') });
  return {
    time: local.local === null ? gmt : { ...local, at: gmt.at ?? local.at },
    text,
    meaning: byPhrase(UPS, text) ?? byPhrase(ENGLISH, text),
    place,
  };
}

/** The local time with its offset; where none was sent, the twin in Greenwich makes it an instant. */
function timeOf(activity: unknown, zone: string | null): EventDraft['time'] {
  const offset = textAt(activity, 'gmtOffset');
  const local = readDateAndTime(textAt(activity, 'date'), textAt(activity, 'time'), { offset, zone });
  const gmt = readDateAndTime(textAt(activity, 'gmtDate'), textAt(activity, 'gmtTime'), { zone: 'UTC' });
  if (local.local === null) return gmt;
  return offset === null && gmt.at !== null ? { ...local, at: gmt.at } : local;
}

interface Said {
  type: string | null;
  code: string | null;
  number: string | null;
  text: string | null;
}

function readActivity(activity: unknown): EventDraft {
  const address = first(activity, 'location.address', 'ActivityLocation.Address', 'ActivityLocation');
  const [city, region, country] = [
    textAt(address, 'city'),
    textAt(address, 'stateProvince', 'StateProvinceCode'),
    textAt(address, 'countryCode', 'country'),
  ];
  const status = at(activity, 'status');
  const xml = isFields(at(status, 'StatusType')) ? at(status, 'StatusType') : null;
  const said: Said = {
    type: xml === null ? textAt(status, 'type') : textAt(xml, 'Code'),
    code: textAt(status, 'StatusCode.Code', 'code'),
    number: textAt(status, 'statusCode'),
    text: textAt(status, 'StatusType.Description', 'description'),
  };
  return {
    time: timeOf(activity, zoneOf({ region, country })),
    code: said.code ?? said.number ?? said.type,
    text: said.text,
    meaning: meaningOf(said),
    place: joined([city, region, country]),
  };
}

function meaningOf({ type: sent, code, number, text }: Said): Meaning | undefined {
  const type = sent?.toUpperCase() ?? null;
  const sentence = byPhrase(UPS, text);
  if (sentence?.status === 'rto_delivered' || sentence?.status === 'rto_initiated') return sentence;
  const byType = byCode('ups.type', type);
  if (type === 'D') return sentence !== undefined && NO_DOOR.has(sentence.status) ? sentence : byType;
  if (type === 'RS' || type === 'M' || type === 'MV') return byType;
  const pair = byCode('ups.code', code);
  const words = wordsOf(text);
  if (type === 'X') {
    const known = pair?.status === null ? pair : undefined; // internal notes and refund lines say nothing
    return known ?? finest(sentence, pair, specific(number), words, byCode('ups.statusCode', number), byType);
  }
  if (sentence !== undefined) return sentence;
  const safe = pair?.status === 'delivered' ? undefined : pair;
  return finest(safe, finer(words), byCode('ups.statusCode', number), byType, words);
}

/** What many couriers print; without the type that says so, no words make a delivery. */
function wordsOf(text: string | null): Meaning | undefined {
  const words = byPhrase(ENGLISH, text);
  return words?.status === 'delivered' ? undefined : words;
}

/** Words say more than "in transit" where they name an obstacle or a counter. */
function finer(words: Meaning | undefined): Meaning | undefined {
  return words?.status === 'in_transit' || words?.status === 'lost' ? undefined : words;
}

/** A counter, and the post that carries the parcel on. */
const NO_DOOR: ReadonlySet<Meaning['status']> = new Set(['available_for_pickup', 'in_transit'] as const);

/** 013 is "exception or update": too coarse to speak before code and text. */
function specific(number: string | null): Meaning | undefined {
  return number === '013' ? undefined : byCode('ups.statusCode', number);
}
