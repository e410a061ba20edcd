import type { ReadShipment, ReadTime } from '../canonical.translate.ts';
import { byCode, byPhrase, finest } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, isFields, joined, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

/**
 * Newgistics: `{Packages: […]}` (poll). Service RETURN is a buyer's return with its own label: "Delivered" is the return
 * centre's and settles nothing of the order that went out. Date and Time are two `/Date(…)/` of different days.
 */
export const newgistics: Translator = {
  source: 'newgistics',
  read(payload) {
    const packages = list(first(payload, 'Packages', 'Package') ?? payload).filter(
      (p) => isFields(p) && textAt(p, 'TrackingNumber', 'ReferenceNumber') !== null,
    );
    return orNothing(packages.map(readPackage));
  },
};

function readPackage(parcel: unknown): ReadShipment {
  const service = textAt(parcel, 'Service')?.toUpperCase() ?? '';
  return shipment({
    number: textAt(parcel, 'TrackingNumber'),
    carrier: textAt(parcel, 'CarrierName'),
    header: byPhrase(ENGLISH, textAt(parcel, 'Status')),
    events: list(at(parcel, 'PackageTrackingEvents')).map(readEvent),
    reverse: service.startsWith('RETURN'),
    destination: joined([textAt(parcel, 'ShipToCity'), textAt(parcel, 'ShipToPostalCode')]),
  });
}

function readEvent(event: unknown): EventDraft {
  const code = textAt(event, 'EventCode');
  const said = textAt(event, 'EventDescription', 'Description');
  return {
    time: dayAndClock(textAt(event, 'Date'), textAt(event, 'Time')),
    code,
    text: said,
    meaning: finest(
      byCode('newgistics', code),
      byPhrase(ENGLISH, said),
      byPhrase(ENGLISH, textAt(event, 'Description')),
    ),
    place: joined([textAt(event, 'City'), textAt(event, 'State'), textAt(event, 'PostalCode')]),
  };
}

/** The day of the first with the clock of the second, in the offset of the day. */
function dayAndClock(date: string | null, clock: string | null): ReadTime {
  const day = readTime(date);
  const time = readTime(clock);
  if (day.local === null || time.local === null) return { ...day, raw: joined([date, clock], ' ') };
  const combined = readTime(`${day.local.slice(0, 10)}T${time.local.slice(11)}`, { offset: day.zone });
  return { ...combined, raw: joined([date, clock], ' ') };
}
