import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, finest, type Meaning } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOf } from './places.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, list, textAt } from './shape.translate.ts';
import { readDateAndTime, readTime } from './time.translate.ts';

/** Groups of events that happen where the shipment starts or ends. */
const AT_START = new Set(['COLTED', 'COLING']);
const AT_END = new Set(['DELRED', 'DELING']);
/** What happens at the buyer's, where the answer has no groups. */
const LAST_MILE: ReadonlySet<Meaning['status']> = new Set([
  'out_for_delivery',
  'attempt_failed',
  'available_for_pickup',
  'delivered',
] as const);

/**
 * TNT: the web's `tracker.output` and XML `TrackResponse` (poll). One number may hold several consignments, months
 * apart. `localEventDate` is a local time with a Z: it is an instant only where the country is known.
 */
export const tnt: Translator = {
  source: 'tnt',
  read(payload) {
    // the name has a dot in it, so it is looked up by hand
    const output = (payload as Readonly<Record<string, unknown>> | null)?.['tracker.output'] ?? payload;
    const found = first(output, 'consignment', 'TrackResponse.Consignment', 'Consignment');
    return orNothing(list(found).map(readConsignment));
  },
};

function readConsignment(consignment: unknown): ReadShipment {
  const from = zoneOf({
    country: textAt(consignment, 'originCountry', 'OriginCountryCode', 'OriginCountry.CountryCode'),
  });
  const to = zoneOf({
    country: textAt(consignment, 'destinationCountry', 'DestinationCountryCode', 'DestinationCountry.CountryCode'),
  });
  return shipment({
    number: textAt(consignment, 'consignmentNumber'),
    aliases: [textAt(consignment, 'domesticConsignmentNumber'), textAt(consignment, 'AlternativeConsignmentNumber')],
    events: list(first(consignment, 'statusData', 'StatusData')).map((event) => readEvent(event, from, to)),
    shippedOn: textAt(consignment, 'collectionDate', 'CollectionDate'),
    destination: textAt(consignment, 'deliveryTown', 'DeliveryTown'),
  });
}

function readEvent(event: unknown, from: string | null, to: string | null): EventDraft {
  const group = textAt(event, 'groupCode')?.toUpperCase() ?? '';
  const [code, said] = [textAt(event, 'statusCode'), textAt(event, 'statusDescription')];
  const meaning = meaningOf(code, said);
  const atEnd = AT_END.has(group) || LAST_MILE.has(meaning?.status ?? null);
  const zone = from === to || AT_START.has(group) ? from : atEnd ? to : null;
  const stamp = textAt(event, 'localEventDate');
  const hints = { zone, ignoreOffset: true };
  return {
    time:
      event !== null && at(event, 'localEventTime') !== undefined
        ? readDateAndTime(stamp, textAt(event, 'localEventTime'), hints)
        : readTime(stamp, hints),
    code,
    text: said,
    meaning,
    place: textAt(event, 'depot', 'depotName'),
  };
}

function meaningOf(code: string | null, said: string | null): Meaning | undefined {
  const phrase = byPhrase(ENGLISH, said);
  return phrase?.status === 'rto_delivered' ? phrase : finest(byCode('tnt', code), phrase);
}
