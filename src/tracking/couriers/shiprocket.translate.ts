import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, finest, means, type Meaning, says } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, flagAt, isFields, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

const HOME = 'Asia/Kolkata';

/**
 * Shiprocket: `{awb, shipment_status_id, scans: […]}` (webhook), `{tracking_data: {shipment_track, …_activities}}`
 * (poll). It has two id spaces: current_status_id 20 is IN TRANSIT, shipment_status_id 20 a failed pickup; only the
 * second and the label are read. Times are IST.
 */
export const shiprocket: Translator = {
  source: 'shiprocket',
  read(payload) {
    const body = first(payload, 'data') ?? payload;
    const found = list(body)
      .flatMap(byNumber)
      .map((item) => (isFields(at(item, 'tracking_data')) ? poll(at(item, 'tracking_data')) : webhook(item)));
    return orNothing(found.filter((s) => s !== null));
  },
};

/** A poll of several numbers answers an object with each number's own answer under it. */
function byNumber(item: unknown): unknown[] {
  const answers = isFields(item) ? Object.values(item).filter((answer) => isFields(at(answer, 'tracking_data'))) : [];
  return answers.length > 0 ? answers : [item];
}

function webhook(body: unknown): ReadShipment | null {
  const number = textAt(body, 'awb', 'awb_code');
  if (number === null && textAt(body, 'shipment_status_id', 'shipment_status') === null) return null;
  const header = meaningOf(textAt(body, 'shipment_status_id'), textAt(body, 'shipment_status', 'current_status'));
  return shipment({
    number,
    carrier: textAt(body, 'courier_name'),
    header,
    events: withHeader(list(at(body, 'scans')).map(readScan), header),
    newestFirst: false,
    reverse: flagAt(body, 'is_return'),
  });
}

function poll(data: unknown): ReadShipment {
  const track = list(at(data, 'shipment_track'))[0];
  const header = meaningOf(textAt(data, 'shipment_status'), textAt(track, 'current_status'));
  return shipment({
    number: textAt(track, 'awb_code'),
    carrier: textAt(track, 'courier_name'),
    header,
    events: withHeader(list(at(data, 'shipment_track_activities')).map(readScan), header),
    reverse: flagAt(data, 'is_return'),
    destination: textAt(track, 'destination'),
  });
}

function readScan(scan: unknown): EventDraft {
  const text = textAt(scan, 'activity', 'sr-status-label', 'status');
  const id = textAt(scan, 'sr-status');
  const silent = id === null || id.toUpperCase() === 'NA';
  const label = textAt(scan, 'sr-status-label');
  return {
    time: readTime(textAt(scan, 'date'), { zone: HOME, order: 'dmy' }),
    code: silent ? textAt(scan, 'status') : id,
    text,
    meaning:
      (silent ? undefined : why(meaningOf(id, label), textAt(scan, 'activity'))) ??
      byPhrase(ENGLISH, label) ??
      (silent ? means(null) : undefined),
    place: textAt(scan, 'location'),
  };
}

/** Why it was not delivered stands in the courier's own line. */
function why(meaning: Meaning | undefined, activity: string | null): Meaning | undefined {
  return meaning === undefined ? undefined : finest(meaning, byPhrase(ENGLISH, activity));
}

function meaningOf(id: string | null, label: string | null): Meaning | undefined {
  return finest(
    byCode('shiprocket.shipment_status_id', id),
    byCode('shiprocket.current_status', label),
    byPhrase(ENGLISH, label),
  );
}

/** The summary is the newest scan's meaning where that scan has none of its own. */
function withHeader(scans: readonly EventDraft[], header: Meaning | undefined): EventDraft[] {
  const newest = scans.reduce<EventDraft | undefined>(
    (last, scan) => (last === undefined || (scan.time.local ?? '') >= (last.time.local ?? '') ? scan : last),
    undefined,
  );
  return scans.map((scan) =>
    scan === newest && !says(scan.meaning) ? { ...scan, meaning: header ?? scan.meaning } : scan,
  );
}
