import type { ReadShipment } from '../canonical.translate.ts';
import { LANGUAGES } from './languages.translate.ts';
import { byCode, byPhrase, finest, means, type Meaning, type Phrase, own } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf } from './places.translate.ts';
import { backAtSender, orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, flagAt, isFields, joined, list, textAt } from './shape.translate.ts';
import { readDateAndTime } from './time.translate.ts';

/** English sentences of the same pages. */
const GLS_ENGLISH: readonly Phrase[] = [
  [/the parcel (has been|was) (delivered|handed over) (at|to) the parcelshop.*|the parcel (has reached|is in|has been delivered at) the parcelshop.*/, 'available_for_pickup'],
  [/the parcel could not be delivered as the consignee was absent|the consignee was (absent|not present).*/, 'attempt_failed', 'recipient_not_home'],
  [/(the parcel )?(could not be|was not|not) delivered,? ?(as |because )?(the )?(consignee|recipient) ?(was )?(absent|not present|not (at )?home).*/, 'attempt_failed', 'recipient_not_home'],
  [/the parcel (has been|was) refused and (is|will be|is being) returned to the (shipper|sender).*/, 'rto_initiated', 'refused'],
  [/the parcel could not be delivered as the (consignee|recipient) (has )?refused.*|acceptance (was )?refused.*/, 'attempt_failed', 'refused'],
  [/the parcel could not be delivered.*address.*/, 'attempt_failed', 'address_incorrect'],
  [/the parcel (was|is|has been) damaged.*/, 'damaged', 'damaged'],
  [/the parcel (is|was|has been) lost.*/, 'lost', 'lost'],
  [/the parcel could not be delivered.*/, 'attempt_failed'],
  [/the parcel (has been|was) (returned|delivered) to the (shipper|sender).*/, 'rto_delivered'],
  [/the parcel (is being|will be) returned to the (shipper|sender).*/, 'rto_initiated'],
  [/the parcel (has been|was) delivered.*/, 'delivered'],
  [/the parcel (is out for delivery|is expected to be delivered during the day).*/, 'out_for_delivery'],
  [/the parcel (was|has been) handed over to gls.*/, 'accepted'],
  [/the parcel data was entered into the gls it system.*/, 'label_created'],
  [/the parcel (has left|has reached|was sorted in|is stored in) the .+/, 'in_transit'],
]; // prettier-ignore
const SENTENCES: readonly Phrase[] = [...GLS_ENGLISH, ...LANGUAGES];

/** GLS's event numbers: the part before the dot, and the few whose second part matters. */
const NUMBERS: Readonly<Record<string, Meaning>> = {
  '0.0': means('accepted'),
  '0.100': means('label_created'),
  '1': means('in_transit'),
  '2': means('in_transit'),
  '2.124': means('available_for_pickup'),
  '3': means('delivered'),
  '3.124': means('available_for_pickup'),
  '4': means('attempt_failed'),
  '4.40': means('attempt_failed', 'recipient_not_home'),
  '11': means('out_for_delivery'),
};

/**
 * GLS: `{tuStatus: […]}` (the web's answer), `{parcels: [{status, events}]}` (poll). DELIVEREDPS is a parcel shop: the
 * buyer has nothing yet. The sentences come in the reader's language; `evtNos` has a number for each.
 */
export const gls: Translator = {
  source: 'gls',
  read(payload) {
    const web = list(at(payload, 'tuStatus')).filter(isFields);
    const api = list(first(payload, 'parcels', 'UnitDetail', 'parcel')).filter(isFields);
    return orNothing([...web.map(readUnit), ...api.map(readParcel)]);
  },
};

function readUnit(unit: unknown): ReadShipment {
  const history = list(at(unit, 'history'));
  const numbers = list(at(unit, 'progressBar.evtNos'));
  const known = numbers.length === history.length;
  const header = byCode('gls', textAt(unit, 'progressBar.statusInfo'));
  const retour = flagAt(unit, 'progressBar.retourFlag');
  return shipment({
    number: textAt(unit, 'tuNo') ?? referencesOf(unit, 'UNITNO')[0] ?? null,
    aliases: referencesOf(unit, 'UNIQUENO'),
    header: retour && header?.status === 'delivered' ? means('rto_delivered') : header,
    events: backAtSender(
      history.map((event, index) => readEvent(event, known ? textAt({ n: numbers[index] }, 'n') : null)),
    ).map((e) => (retour ? returned(e) : e)),
  });
}

function referencesOf(unit: unknown, type: string): (string | null)[] {
  const references = list(at(unit, 'references')).filter((reference) => textAt(reference, 'type') === type);
  return references.map((reference) => textAt(reference, 'value'));
}

/** GLS flags a parcel that goes back; what is delivered then is the sender's. */
function returned(event: EventDraft): EventDraft {
  return event.meaning?.status === 'delivered' ? { ...event, meaning: means('rto_delivered') } : event;
}

function readEvent(event: unknown, number: string | null): EventDraft {
  const address = at(event, 'address');
  const [city, country] = [textAt(address, 'city'), textAt(address, 'countryCode', 'countryName')];
  const said = textAt(event, 'evtDscr');
  return {
    time: readDateAndTime(textAt(event, 'date'), textAt(event, 'time'), { zone: zoneOf({ country }) }),
    code: number,
    text: said,
    meaning:
      byPhrase(SENTENCES, said) ??
      own(NUMBERS, number) ??
      own(NUMBERS, number?.split('.')[0]) ??
      byPhrase(ENGLISH, said),
    place: joined([city, country]),
  };
}

function readParcel(parcel: unknown): ReadShipment {
  return shipment({
    number: textAt(parcel, 'trackid', 'parcelNumber', 'unitno', 'UnitNo'),
    aliases: [textAt(parcel, 'requested')],
    header: byCode('gls', textAt(parcel, 'status')),
    events: list(first(parcel, 'events', 'History')).map((event): EventDraft => {
      const [code, said] = [textAt(event, 'code', 'Code'), textAt(event, 'description', 'Desc')];
      const country = textAt(event, 'country', 'CountryName');
      return {
        time: readDateAndTime(textAt(event, 'timestamp', 'date'), textAt(event, 'time'), { zone: zoneOf({ country }) }),
        code,
        text: said,
        meaning: codedMeaning(code, byPhrase(SENTENCES, said) ?? byPhrase(ENGLISH, said)),
        place: joined([textAt(event, 'city', 'location', 'LocationName'), country]),
      };
    }),
  });
}

/** `INDELIVERY.NORMAL` is INDELIVERY with a detail; a detail of DELIVERED may be the shop or the shipper: words must say. */
function codedMeaning(code: string | null, words: Meaning | undefined): Meaning | undefined {
  if (words?.status === 'rto_delivered' || words?.status === 'available_for_pickup') return words;
  const family = code?.split('.')[0] ?? null;
  const coarse = family?.toUpperCase() === 'DELIVERED' ? undefined : byCode('gls', family);
  return finest(byCode('gls', code), words, own(NUMBERS, code), coarse);
}
