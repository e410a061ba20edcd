import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, explained, finest, type Meaning, type Phrase } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf } from './places.translate.ts';
import { backAtSender, orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, isFields, joined, list, text, textAt } from './shape.translate.ts';
import { readDateAndTime, readTime } from './time.translate.ts';

/** Sentences of the old interface, which has no codes. */
const SENTENCES: readonly Phrase[] = [
  [/your item was returned to the sender.*|your item was delivered to the original sender.*/, 'rto_delivered'],
  [/your item was (undeliverable|refused).*return(ed|ing)? to (the )?sender.*/, 'rto_initiated'],
  [/your item is being returned to the sender.*/, 'rto_initiated'],
  [/we attempted to deliver your item .*/, 'attempt_failed', 'recipient_not_home'],
  [/your item arrived at .*and is ready for pickup.*/, 'available_for_pickup'],
  [/your item is out for delivery.*|out[ -]for[ -]delivery, expected delivery .*/, 'out_for_delivery'],
  [/delivered,? (?!to (the )?((original )?(sender|shipper)|(local )?post office|carrier|depot))(?!.*return).+/, 'delivered'],
  [/available for redelivery or pickup|held at post office,? .+/, 'available_for_pickup'],
  [/delivery exception,? animal interference/, 'attempt_failed', 'access'],
  [/reminder to (schedule redelivery|pick up your item).*/, null],
  [/in transit,? arriving late/, 'in_transit', 'delayed'],
  [/in transit,? arriving (on time|early)/, 'in_transit'],
  [/usps in possession of item|shipment received, package acceptance pending/, 'accepted'],
  [/the u\.?s\.? postal service was electronically notified.*/, 'label_created'],
  [/your item (departed|arrived|was processed|has been processed|is in transit).*/, 'in_transit'],
  [/your item was (accepted|picked up).*/, 'accepted'],
  [/[a-z]+ \d{1,2} \d{1,2}:\d{2} [ap]m notice left .+/, 'attempt_failed', 'recipient_not_home'],
  [/[a-z]+ \d{1,2} \d{1,2}:\d{2} [ap]m (enroute|arrival at unit|processed) .+/, 'in_transit'],
  [/[a-z]+ \d{1,2} \d{1,2}:\d{2} [ap]m accept or pickup .+/, 'accepted'],
]; // prettier-ignore
const NO_RECORD = /no record|not available|not found/i;

/**
 * USPS: XML `TrackResponse` (poll; with fields, or in English sentences), JSON v3 (poll), lists of them.
 * Code 01 is "delivered" and also "Delivered, To Original Sender": the text decides. `GMTTimestamp` has the wrong date
 * across midnight: the local time with its offset is read.
 */
export const usps: Translator = {
  source: 'usps',
  read(payload) {
    const xml = list(first(payload, 'TrackResponse.TrackInfo', 'TrackInfo'));
    if (xml.length > 0) return xml.map(readInfo);
    const items = list(first(payload, 'trackingDetails', 'data') ?? payload);
    return orNothing(items.filter((item) => isFields(item) && textAt(item, 'trackingNumber') !== null).map(readDetail));
  },
};

function readInfo(info: unknown): ReadShipment {
  const failed = at(info, 'Error') !== undefined;
  const rows = failed ? [] : [...list(at(info, 'TrackSummary')), ...list(at(info, 'TrackDetail'))];
  const events = rows
    .map((row) => (isFields(row) ? readRow(row) : readSentence(text(row))))
    .filter((event) => event !== null);
  return shipment({
    number: textAt(info, 'ID'),
    header: failed ? undefined : headerOf(info),
    events: backAtSender(events),
    destination: joined([textAt(info, 'DestinationCity'), textAt(info, 'DestinationZip')]),
  });
}

function readDetail(item: unknown): ReadShipment {
  return shipment({
    number: textAt(item, 'trackingNumber'),
    header: headerOf(item),
    events: backAtSender(list(at(item, 'trackingEvents')).map(readEvent)),
    shippedOn: textAt(item, 'mailPieceIntakeDate'),
    destination: joined([textAt(item, 'destinationCity'), textAt(item, 'destinationZIP')]),
  });
}

function headerOf(info: unknown): Meaning | undefined {
  const status = textAt(info, 'Status');
  const said = byPhrase(ENGLISH, status);
  const summary = byPhrase(SENTENCES, textAt(info, 'StatusSummary'));
  const back = [said, summary].find((words) => words?.status === 'rto_delivered');
  if (back !== undefined) return back;
  const category = byCode('usps.statusCategory', textAt(info, 'StatusCategory'));
  return explained(said, byCode('usps.text', status), category);
}

function readRow(row: unknown): EventDraft {
  const [city, region, country] = [textAt(row, 'EventCity'), textAt(row, 'EventState'), textAt(row, 'EventCountry')];
  return draft({
    time: readDateAndTime(textAt(row, 'EventDate'), textAt(row, 'EventTime'), { zone: zoneOf({ region, country }) }),
    code: textAt(row, 'EventCode'),
    said: textAt(row, 'Event'),
    place: joined([city, region, textAt(row, 'EventZIPCode'), country]),
  });
}

function readEvent(event: unknown): EventDraft {
  const [city, region, country] = [
    textAt(event, 'eventCity'),
    textAt(event, 'eventState'),
    textAt(event, 'eventCountry'),
  ];
  const hints = { offset: textAt(event, 'GMTOffset'), zone: zoneOf({ region, country }) };
  return draft({
    time: readTime(textAt(event, 'eventTimestamp'), hints),
    code: textAt(event, 'eventCode'),
    said: textAt(event, 'eventType'),
    place: joined([city, region, textAt(event, 'eventZIP'), country]),
  });
}

/** "Out for Delivery, October 12, 2013, 10:16 am, BROOKLYN, NY 11201", "Your item was … at 2:16 pm on October 12, 2013 in …". */
function readSentence(sentence: string | null): EventDraft | null {
  if (sentence === null || NO_RECORD.test(sentence)) return null;
  const date = /([A-Z][a-z]+ \d{1,2}, \d{4})/.exec(sentence)?.[1] ?? null;
  const clock = /(\d{1,2}:\d{2} [ap]m)/i.exec(sentence)?.[1] ?? null;
  const place = /(?: in |, )([A-Z][A-Z .'-]+, [A-Z]{2}(?: \d{5})?)\.?$/.exec(sentence)?.[1] ?? null;
  const region = /, ([A-Z]{2})(?: \d{5})?$/.exec(place ?? '')?.[1] ?? null;
  const said =
    sentence.startsWith('Your item') || date === null
      ? sentence
      : sentence.slice(0, sentence.indexOf(date)).replace(/,\s*$/, '');
  return draft({ time: readDateAndTime(date, clock, { zone: zoneOf({ region }) }), code: null, said, place });
}

interface Said {
  time: EventDraft['time'];
  code: string | null;
  said: string | null;
  place: string | null;
}

function draft({ time, code, said, place }: Said): EventDraft {
  return { time, code, text: said, meaning: meaningOf(code, said), place };
}

function meaningOf(code: string | null, said: string | null): Meaning | undefined {
  const sentence = byPhrase(SENTENCES, said) ?? byCode('usps.text', said) ?? byPhrase(ENGLISH, said);
  if (sentence?.status === 'rto_delivered') return sentence;
  return finest(byCode('usps.eventCode', code), sentence);
}
