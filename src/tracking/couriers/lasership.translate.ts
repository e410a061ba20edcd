import type { ReadShipment, ReadTime } from '../canonical.translate.ts';
import { byCode, byPhrase, finest, means, type Meaning, own } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf } from './places.translate.ts';
import { backAtSender, orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, isFields, joined, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

/** Event types that the map leaves out. Source: LaserShip's track answers, as integrations list them. */
const MORE: Readonly<Record<string, Meaning>> = {
  Departed: means('in_transit'),
  Loaded: means('in_transit'),
  NotDelivered: means('attempt_failed'),
  Attempted: means('attempt_failed'),
  AttemptedDelivery: means('attempt_failed'),
  Exception: means('exception'),
  Damaged: means('damaged', 'damaged'),
  Refused: means('attempt_failed', 'refused'),
  ReturnedToSender: means('rto_initiated'),
  Returned: means('rto_initiated'),
};

/** LaserShip: one order with pieces and events (poll). "Released" is left at the door without a signature. */
export const lasership: Translator = {
  source: 'lasership',
  read(payload) {
    const body = first(payload, 'data') ?? payload;
    return orNothing(
      list(body)
        .filter((b) => isFields(b) && textAt(b, 'OrderNumber', 'Pieces.TrackingNumber') !== null)
        .map(readOrder),
    );
  },
};

function readOrder(order: unknown): ReadShipment {
  const numbers = list(at(order, 'Pieces')).map((piece) => textAt(piece, 'TrackingNumber'));
  return shipment({
    number: numbers.find((n) => n !== null) ?? textAt(order, 'OrderNumber'),
    aliases: numbers,
    events: backAtSender(list(at(order, 'Events')).map(readEvent)),
    shippedOn: textAt(order, 'ReceivedOn'),
    destination: joined([textAt(order, 'Destination.City'), textAt(order, 'Destination.PostalCode')]),
  });
}

function readEvent(event: unknown): EventDraft {
  const [city, region, country] = [textAt(event, 'City'), textAt(event, 'State'), textAt(event, 'Country')];
  const [code, said] = [textAt(event, 'EventType'), textAt(event, 'EventShortText')];
  const phrase = byPhrase(ENGLISH, said);
  return {
    time: timeOf(event, zoneOf({ region, country })),
    code,
    text: joined([said, textAt(event, 'Reason')], ' - '),
    meaning:
      phrase?.status === 'rto_delivered'
        ? phrase
        : finest(byCode('lasership', code), own(MORE, code), phrase, byPhrase(ENGLISH, textAt(event, 'Reason'))),
    place: joined([city, region, country]),
  };
}

/** The local time is the source's; its UTC twin makes it an instant. */
function timeOf(event: unknown, zone: string | null): ReadTime {
  const local = readTime(textAt(event, 'DateTime'), { zone });
  const utc = readTime(textAt(event, 'UTCDateTime'), { zone: 'UTC' });
  return local.raw === null ? utc : { ...local, at: utc.at ?? local.at };
}
