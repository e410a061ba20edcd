import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, finest, means, type Meaning } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, flagAt, isFields, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

const HOME = 'Asia/Kolkata';

/** Codes of a failed attempt ("EOD", end of day) and why. Source: Delhivery's NSL list, as integrations publish it. */
const EOD_REASONS = new Map<string, string>(
  Object.entries({
    'EOD-6': 'refused',
    'EOD-11': 'recipient_not_home',
    'EOD-15': 'recipient_moved',
    'EOD-16': 'cod_not_ready',
    'EOD-69': 'refused',
    'EOD-74': 'address_incorrect',
    'EOD-104': 'access',
    'EOD-111': 'refused',
  }),
);
const RETURNED_CODES = new Set(['RD-AC', 'RD-AC1', 'RT-110']);

/**
 * Delhivery: `{Shipment: {AWB, NSLCode, Status}}` (webhook), `{ShipmentData: [{Shipment: {…, Scans}}]}` (poll).
 * StatusType RT means RTO whatever Status says; DL with Status RTO is delivered to the seller; a Pending is an NDR only
 * with an EOD code; PP and PU are legs of a buyer's return. Times are IST.
 */
export const delhivery: Translator = {
  source: 'delhivery',
  read(payload) {
    const body = first(payload, 'ShipmentData', 'data') ?? payload;
    const shipments = list(body).map((item) => (isFields(at(item, 'Shipment')) ? at(item, 'Shipment') : item));
    return orNothing(shipments.filter((s) => textAt(s, 'AWB', 'Waybill') !== null).map(readShipment));
  },
};

function readShipment(body: unknown): ReadShipment {
  const scans = list(at(body, 'Scans')).map((scan) =>
    isFields(at(scan, 'ScanDetail')) ? at(scan, 'ScanDetail') : scan,
  );
  const status = at(body, 'Status');
  const events = scans.length > 0 ? scans.map(readScan) : [readStatus(status, textAt(body, 'NSLCode'))];
  const types = [textAt(status, 'StatusType'), ...scans.map((scan) => textAt(scan, 'ScanType'))].map((type) =>
    type?.toUpperCase(),
  );
  return shipment({
    number: textAt(body, 'AWB', 'Waybill'),
    header:
      flagMeaning(body) ??
      meaningOf(textAt(status, 'Status'), textAt(status, 'StatusType'), textAt(body, 'NSLCode'), null),
    events: isFields(status) || scans.length > 0 ? events : [],
    newestFirst: false,
    reverse: types.some((type) => type === 'PP' || type === 'PU') || textAt(status, 'Status')?.toUpperCase() === 'DTO',
    shippedOn: textAt(body, 'PickUpDate'),
    destination: textAt(body, 'Destination'),
  });
}

function flagMeaning(body: unknown): Meaning | undefined {
  if (textAt(body, 'ReturnedDate') !== null) return byCode('delhivery.flags', 'ReturnedDate not null');
  if (flagAt(body, 'ReverseInTransit')) return byCode('delhivery.flags', 'ReverseInTransit=true');
  return textAt(body, 'RTOStartedDate') === null ? undefined : byCode('delhivery.flags', 'RTOStartedDate not null');
}

function readStatus(status: unknown, nsl: string | null): EventDraft {
  return event({
    word: textAt(status, 'Status'),
    type: textAt(status, 'StatusType'),
    nsl: nsl ?? textAt(status, 'StatusCode'),
    text: textAt(status, 'Instructions'),
    time: textAt(status, 'StatusDateTime'),
    place: textAt(status, 'StatusLocation'),
  });
}

function readScan(scan: unknown): EventDraft {
  return event({
    word: textAt(scan, 'Scan', 'Status'),
    type: textAt(scan, 'ScanType', 'StatusType'),
    nsl: textAt(scan, 'StatusCode', 'NSLCode'),
    text: textAt(scan, 'Instructions'),
    time: textAt(scan, 'ScanDateTime', 'StatusDateTime'),
    place: textAt(scan, 'ScannedLocation', 'StatusLocation'),
  });
}

type Said = Readonly<Record<'word' | 'type' | 'nsl' | 'text' | 'time' | 'place', string | null>>;

function event({ word, type: sent, nsl, text, time, place }: Said): EventDraft {
  const type = sent?.toUpperCase() ?? null;
  return {
    time: readTime(time, { zone: HOME, order: 'dmy' }),
    code: nsl ?? (word === null ? type : `${word}/${type ?? ''}`),
    text: text ?? word,
    meaning: meaningOf(word, type, nsl, text),
    place,
    ...(type === 'RT' ? { direction: 'rto' as const } : {}),
  };
}

function meaningOf(
  word: string | null,
  type: string | null,
  nsl: string | null,
  text: string | null,
): Meaning | undefined {
  const pair = byCode('delhivery.Status+Type', `${word ?? ''}/${type ?? ''}`);
  if (type === 'DL' && (word?.toUpperCase() === 'RTO' || RETURNED_CODES.has(nsl ?? ''))) return means('rto_delivered');
  if (type === 'RT') return means('rto_in_transit', eodReason(nsl));
  if (nsl?.startsWith('EOD-') === true && type === 'UD' && word?.toLowerCase() === 'pending') {
    return means('attempt_failed', eodReason(nsl) ?? byPhrase(ENGLISH, text)?.reason ?? null);
  }
  return finest(pair, byCode('delhivery.NSL', `${nsl ?? ''} / ${type ?? ''}`), byCode('delhivery.StatusType', type));
}

function eodReason(nsl: string | null): string | null {
  return EOD_REASONS.get(nsl ?? '') ?? null;
}
