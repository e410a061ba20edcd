import type { ReadShipment } from '../canonical.translate.ts';
import { LANGUAGES } from './languages.translate.ts';
import { byCode, byPhrase, finest, type Meaning, type Phrase, own } from './mapping.translate.ts';
import { DHL_ENGLISH, ENGLISH } from './phrases.translate.ts';
import { zoneOf, zoneOfText } from './places.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, isFields, joined, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

const SENTENCES: readonly Phrase[] = [...DHL_ENGLISH, ...LANGUAGES];

/** Statuses of parcel-nl that the catalogue leaves out: a line about the parcel, or about a message. */
const MORE: Readonly<Record<string, Meaning>> = {
  DELIVERED: { status: 'delivered', reason: null },
  DELIVERED_AT_PARCELSHOP: { status: 'available_for_pickup', reason: null },
  SIGNATURE_RECORDED: { status: null, reason: null },
  NOTIFICATION_FOR_PARCELSHOP_COLLECTION_HAS_BEEN_SENT: { status: 'available_for_pickup', reason: null },
  INFORMATION_ON_DELIVERY_TRANSMITTED: { status: null, reason: null },
};

/** The countries of the services that print no offset. */
const HOMES = new Map<string, string>(
  Object.entries({
    'parcel-de': 'Europe/Berlin',
    'post-de': 'Europe/Berlin',
    'parcel-nl': 'Europe/Amsterdam',
    'parcel-pl': 'Europe/Warsaw',
    'parcel-uk': 'Europe/London',
  }),
);

/**
 * DHL Shipment Tracking, Unified: `{shipments: […]}` (poll and webhook), one number may have several. `statusCode` is
 * coarse (it stays `transit` at DELIVERED_AT_SHIPPER, `failure` is also the start of a return): the finer `status` is
 * read first, then whole sentences, then the code.
 */
export const dhlUnified: Translator = {
  source: 'dhl_unified',
  read(payload) {
    const body = first(payload, 'shipments', 'shipment', 'data.shipments', 'data');
    const single =
      isFields(payload) && textAt(payload, 'id') !== null && at(payload, 'status') !== undefined ? payload : undefined;
    return orNothing(
      list(body ?? single)
        .filter(isFields)
        .map(readShipment),
    );
  },
};

function readShipment(body: unknown): ReadShipment {
  const home = homeOf(body);
  const header = at(body, 'status');
  return shipment({
    number: textAt(body, 'id', 'details.references.number'),
    aliases: list(at(body, 'details.pieceIds')).map((id) => textAt({ id }, 'id')),
    carrier: textAt(body, 'service'),
    header: isFields(header) ? meaningOf(header) : byCode('dhl_unified.statusCode', textAt(body, 'status')),
    // its catalogue files changed instructions under returns, too: a delivery after one is for a person to judge
    events: list(at(body, 'events')).map((event) => readEvent(event, home)),
    destination: joined([
      textAt(body, 'destination.address.addressLocality'),
      textAt(body, 'destination.address.countryCode'),
    ]),
  });
}

function homeOf(body: unknown): string | null {
  const [from, to] = [textAt(body, 'origin.address.countryCode'), textAt(body, 'destination.address.countryCode')];
  const service = HOMES.get(textAt(body, 'service') ?? '') ?? null;
  return service ?? (from !== null && from === to ? zoneOf({ country: from }) : null);
}

function readEvent(event: unknown, home: string | null): EventDraft {
  const address = at(event, 'location.address');
  const [city, country] = [textAt(address, 'addressLocality'), textAt(address, 'countryCode')];
  const zone = zoneOf({ country }) ?? zoneOfText(city, 'country') ?? home;
  const status = textAt(event, 'status');
  return {
    time: readTime(textAt(event, 'timestamp'), { zone }),
    code: status !== null && /^[A-Z0-9_/-]+$/.test(status) ? status : textAt(event, 'statusCode'),
    text: textAt(event, 'description', 'status', 'remark'),
    meaning: meaningOf(event),
    place: joined([city, textAt(address, 'postalCode'), country]),
  };
}

function meaningOf(said: unknown): Meaning | undefined {
  const status = textAt(said, 'status');
  const coarse = byCode('dhl_unified.statusCode', textAt(said, 'statusCode', 'status.statusCode'));
  const fine =
    byCode('dhl_unified.status(parcel-nl)', status) ?? (agrees(status, coarse) ? own(MORE, status) : undefined);
  if (fine !== undefined) return fine;
  const sentence = byPhrase(SENTENCES, textAt(said, 'description')) ?? byPhrase(SENTENCES, status);
  const english = byPhrase(ENGLISH, textAt(said, 'description')) ?? byPhrase(ENGLISH, status);
  if (coarse === undefined) return finest(sentence, english);
  const vague = VAGUE.has(coarse.status);
  if (
    sentence !== undefined &&
    (vague || sentence.status === 'rto_delivered' || sentence.status === 'available_for_pickup')
  )
    return sentence;
  if (english !== undefined && (english.status === 'rto_delivered' || (vague && isFiner(english)))) return english;
  return coarse.status === 'unknown' ? { status: null, reason: null } : finest(coarse, english, sentence);
}

/** Codes under which everything from a scan to the start of a return is sent. */
const VAGUE: ReadonlySet<Meaning['status']> = new Set(['in_transit', 'attempt_failed', 'unknown'] as const);
/** Words that say no more than the code, or more than words may. */
const NO_FINER: ReadonlySet<Meaning['status']> = new Set(['delivered', 'lost', 'label_created'] as const);

function isFiner({ status, reason }: Meaning): boolean {
  return !NO_FINER.has(status) && (status !== 'in_transit' || reason !== null);
}

/** A bare DELIVERED counts only where the code does not deny it (DHL's own sample contradicts itself). */
function agrees(status: string | null, coarse: Meaning | undefined): boolean {
  return status !== 'DELIVERED' || coarse === undefined || coarse.status === 'delivered';
}
