import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, finest, type Meaning, type Phrase } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, joined, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

const HOME = 'Asia/Manila';

/** Sentences of the lines that carry no code, and of those whose code is too coarse. */
const SENTENCES: readonly Phrase[] = [
  [/your package has been returned to (the )?(sender|seller).*|return(ed)? parcel delivered.*/, 'rto_delivered'],
  [/your package (is|will be) return(ed|ing) to (the )?(sender|seller).*|return (parcel )?(registered|to sender).*/, 'rto_initiated'],
  [/your package has been delivered.*/, 'delivered'],
  [/your package (is )?out for delivery.*/, 'out_for_delivery'],
  [/your package (is )?(on hold|problematic|failed).*|(problem|problematic) (scan|parcel).*|delivery (failed|attempt).*/, 'attempt_failed'],
  [/your package (has )?(been )?(departed|arrived).*/, 'in_transit'],
  [/your package has been picked up.*/, 'accepted'],
  [/(unload|load|loading|unloading)( truck)?/, 'in_transit'],
]; // prettier-ignore

/** J&T Philippines: `data` is JSON inside a text; `{details: […]}` (poll). Many rows have no code. */
export const jnt: Translator = {
  source: 'jnt',
  read(payload) {
    const body = first(payload, 'data', 'bizContent', 'logistics_interface') ?? payload;
    const found = list(body).flatMap((item) =>
      at(item, 'details') === undefined && at(item, 'billcode') === undefined ? [] : [item],
    );
    return orNothing(found.map(readBill), textAt(body, 'billcode', 'billCode'));
  },
};

function readBill(bill: unknown): ReadShipment {
  return shipment({
    number: textAt(bill, 'billcode', 'billCode', 'waybill', 'mailno'),
    header: finest(byCode('jnt.scanscode', textAt(bill, 'statuscode')), byPhrase(ENGLISH, textAt(bill, 'status'))),
    events: list(at(bill, 'details')).map(readRow),
  });
}

function readRow(row: unknown): EventDraft {
  const [code, said] = [textAt(row, 'scanscode'), textAt(row, 'scanstatus', 'desc')];
  return {
    time: readTime(textAt(row, 'acceptTime', 'scanTime'), { zone: HOME }),
    code,
    text: said,
    meaning: finest(meaningOf(code, said), meaningOf(null, textAt(row, 'desc'))),
    place: joined([textAt(row, 'state'), textAt(row, 'city')]),
  };
}

function meaningOf(code: string | null, said: string | null): Meaning | undefined {
  const sentence = byPhrase(SENTENCES, said) ?? byPhrase(ENGLISH, said);
  const back = sentence?.status === 'rto_delivered' || sentence?.status === 'rto_initiated';
  return back ? sentence : finest(byCode('jnt.scanscode', code), sentence);
}
