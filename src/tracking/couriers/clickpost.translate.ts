import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, finest, type Meaning } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, isFields, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

const HOME = 'Asia/Kolkata';
const FAILED_DELIVERY = '9';
const RETURN_CODES: readonly string[] = ['11', '12', '13', '14', '15', '21', '26', '27'];

/**
 * ClickPost: one flat status (webhook), `{result: {<awb>: {latest_status, scans}}}` (poll). The code decides, its bucket
 * only where it is missing; why a delivery failed stands beside it. Times are IST.
 */
export const clickpost: Translator = {
  source: 'clickpost',
  read(payload) {
    const polled = at(payload, 'result');
    if (!isFields(polled)) {
      const body = first(payload, 'data') ?? payload;
      return orNothing(list(body).filter(hasCode).map(readPush));
    }
    return orNothing(
      Object.entries(polled).flatMap(([number, found]) => (isFields(found) ? [readPoll(number, found)] : [])),
    );
  },
};

function hasCode(body: unknown): boolean {
  return textAt(body, 'waybill', 'awb', 'clickpost_status_code') !== null;
}

function readPush(body: unknown): ReadShipment {
  return shipment({
    number: textAt(body, 'waybill', 'awb', 'tracking_number'),
    header: meaningOf(body),
    events: textAt(body, 'clickpost_status_code', 'status') === null ? [] : [readScan(body)],
    reverse: isReverse(body),
  });
}

function readPoll(number: string, found: unknown): ReadShipment {
  const latest = at(found, 'latest_status');
  return shipment({
    number,
    header: meaningOf(latest),
    events: list(at(found, 'scans')).filter(isFields).map(readScan),
    reverse: isReverse(latest),
  });
}

/** Codes of 101 and more are of a return order with its own label. */
function isReverse(said: unknown): boolean {
  return (
    (textAt(said, 'clickpost_status_code') ?? '').startsWith('10') && textAt(said, 'clickpost_status_code') !== '10'
  );
}

function readScan(scan: unknown): EventDraft {
  const code = textAt(scan, 'clickpost_status_code');
  return {
    time: readTime(textAt(scan, 'timestamp', 'created_at'), { zone: HOME, order: 'dmy' }),
    code: code ?? textAt(scan, 'status'),
    text: textAt(scan, 'remark', 'status', 'clickpost_status_description'),
    meaning: meaningOf(scan),
    place: textAt(scan, 'location'),
    ...(RETURN_CODES.includes(code ?? '') ? { direction: 'rto' as const } : {}),
  };
}

function meaningOf(said: unknown): Meaning | undefined {
  const code = textAt(said, 'clickpost_status_code');
  const why = byCode('clickpost.ndr_status_code', textAt(said, 'additional.ndr_status_code', 'ndr_status_code'));
  if (code === FAILED_DELIVERY && why !== undefined) return why;
  return finest(
    byCode('clickpost.status_code', code),
    byCode('clickpost.bucket', textAt(said, 'clickpost_status_bucket')),
    byPhrase(ENGLISH, textAt(said, 'clickpost_status_description', 'remark')),
  );
}
