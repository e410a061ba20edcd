import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, finest } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { zoneOfText } from './places.translate.ts';
import {
  backAtSender,
  nothingKnown,
  orNothing,
  shipment,
  type EventDraft,
  type Translator,
} from './reading.translate.ts';
import { at, first, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

/** Landmark Global: XML `TrackResponse/Result/Packages` (poll). Errors come as `Errors/Error`. */
export const landmark: Translator = {
  source: 'landmark',
  read(payload) {
    const body = first(payload, 'TrackResponse', 'Track') ?? payload;
    const packages = list(at(body, 'Result.Packages.Package'));
    return packages.length === 0 ? [nothingKnown()] : orNothing(packages.map(readPackage));
  },
};

function readPackage(parcel: unknown): ReadShipment {
  return shipment({
    number: textAt(parcel, 'TrackingNumber', 'LandmarkTrackingNumber'),
    aliases: [textAt(parcel, 'LandmarkTrackingNumber')],
    events: backAtSender(list(at(parcel, 'Events.Event')).map(readEvent)),
    newestFirst: false,
  });
}

function readEvent(event: unknown): EventDraft {
  const [code, said] = [textAt(event, 'EventCode'), textAt(event, 'Status')];
  const place = textAt(event, 'Location');
  const phrase = byPhrase(ENGLISH, said);
  return {
    time: readTime(textAt(event, 'DateTime'), { zone: zoneOfText(place, 'state') }),
    code,
    text: said,
    meaning:
      phrase?.status === 'rto_delivered' || phrase?.status === 'rto_initiated'
        ? phrase
        : finest(byCode('landmark', code), phrase),
    place,
  };
}
