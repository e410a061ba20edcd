import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, finest, means, type Meaning, own, says } from './mapping.translate.ts';
import { DUTCH, ENGLISH } from './phrases.translate.ts';
import { backAtSender, orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, flagAt, isFields, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

const HOME = 'Europe/Amsterdam';

/** Status numbers that the map leaves out. Source: PostNL's status webservice guide. */
const MORE: Readonly<Record<string, Meaning>> = {
  '3': means('accepted'),
  '5': means('in_transit'),
  '8': means('attempt_failed'),
  '9': means('in_transit', 'customs_clearance'),
  '12': means('available_for_pickup'),
  '13': means('label_created'),
  '18': means('lost', 'lost'),
  '20': means('in_transit', 'customs_clearance'),
};

/**
 * PostNL: `CompleteStatus` and `CurrentStatus` (poll), a list of updated shipments (push). Event codes mean different
 * things in different answers (01B is "received" and "delivered"), so an event takes the status of its own second;
 * number 99 is no status; empty values are `{}`; dates are dd-mm-yyyy here and ISO there.
 */
export const postnl: Translator = {
  source: 'postnl',
  read(payload) {
    const colli = at(payload, 'colli');
    if (isFields(colli)) return orNothing(Object.values(colli).filter(isFields).map(readColli));
    const body = first(payload, 'CompleteStatus', 'CurrentStatus', 'data') ?? payload;
    const found = list(body).flatMap((item) =>
      at(item, 'Shipment') === undefined ? [item] : list(at(item, 'Shipment')),
    );
    return orNothing(
      found.filter((item) => isFields(item) && textAt(item, 'Barcode', 'MainBarcode') !== null).map(readShipment),
    );
  },
};

/** The web's answer: observations with sentences, and a flag for what is delivered. */
function readColli(parcel: unknown): ReadShipment {
  const observations = list(at(parcel, 'observations')).filter(isFields);
  return shipment({
    number: textAt(parcel, 'barcode', 'identification'),
    header: flagAt(parcel, 'isDelivered') ? means('delivered') : phraseOf(textAt(parcel, 'statusPhase.message')),
    events: backAtSender(
      observations.map((seen) => ({
        time: readTime(textAt(seen, 'observationDate'), { zone: HOME }),
        code: textAt(seen, 'observationCode'),
        text: textAt(seen, 'description'),
        meaning: phraseOf(textAt(seen, 'description')),
      })),
    ),
  });
}

function phraseOf(text: string | null): Meaning | undefined {
  return byPhrase(DUTCH, text) ?? byPhrase(ENGLISH, text);
}

function readShipment(body: unknown): ReadShipment {
  const now = at(body, 'Status');
  const statuses = [...list(now), ...list(at(body, 'OldStatus'))];
  const events = list(at(body, 'Event'));
  const listed = events.length > 0 ? events.map((event) => readEvent(event, statuses)) : list(now).map(readStatus);
  return shipment({
    number: textAt(body, 'Barcode', 'MainBarcode'),
    aliases: [textAt(body, 'MainBarcode')],
    header: statusMeaning(now),
    events: backAtSender(listed),
    shippedOn: textAt(body, 'CreationDate'),
    destination: textAt(
      list(at(body, 'Address')).find((a) => textAt(a, 'AddressType') === '01'),
      'City',
      'Zipcode',
    ),
  });
}

function readEvent(event: unknown, statuses: readonly unknown[]): EventDraft {
  const stamp = textAt(event, 'TimeStamp');
  const said = textAt(event, 'Description');
  const same = statuses
    .filter((s) => textAt(s, 'TimeStamp') === stamp)
    .map(statusMeaning)
    .filter(says);
  const phrase = phraseOf(said);
  const returned = phrase?.status === 'rto_delivered' || phrase?.status === 'rto_initiated' ? phrase : undefined;
  return {
    time: readTime(stamp, { zone: HOME, order: 'dmy' }),
    code: textAt(event, 'Code'),
    text: said,
    meaning: returned ?? finest(same[0], phrase),
    place: textAt(event, 'LocationCode'),
  };
}

/** A push has no events: its status, with its time, is the news. */
function readStatus(status: unknown): EventDraft {
  return {
    time: readTime(textAt(status, 'TimeStamp'), { zone: HOME, order: 'dmy' }),
    code: textAt(status, 'StatusCode'),
    text: textAt(status, 'StatusDescription'),
    meaning: statusMeaning(status),
  };
}

function statusMeaning(status: unknown): Meaning | undefined {
  const code = textAt(status, 'StatusCode');
  const phrase = phraseOf(textAt(status, 'StatusDescription'));
  if (phrase?.status === 'rto_delivered') return phrase;
  return finest(
    code === null ? undefined : (byCode('postnl', `StatusCode ${code}`) ?? own(MORE, code)),
    phrase,
    byCode('postnl', `PhaseCode ${textAt(status, 'PhaseCode') ?? ''}`),
  );
}
