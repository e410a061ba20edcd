import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, finest, means, type Meaning, own } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';
import { nothingKnown, orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, first, isFields, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

/** SiCepat's words that the map leaves out. Source: SiCepat's status list, as integrations publish it. */
const SICEPAT: Readonly<Record<string, Meaning>> = {
  PICK: means('accepted'),
  'PICKUP FAIL': means('pickup_failed'),
  'NOT AT HOME': means('attempt_failed', 'recipient_not_home'),
  'NTH': means('attempt_failed', 'recipient_not_home'),
  'CODA': means('attempt_failed', 'recipient_not_home'),
  'ANTAR ULANG': means('out_for_delivery'),
  'BAD ADDRESS': means('exception', 'address_incorrect'),
  'REJECTED BY RECIPIENT': means('attempt_failed', 'refused'),
  'CLOSED ONCE DELIVERY ATTEMPT': means('attempt_failed', 'business_closed'),
  'HOLD': means('exception', 'held'),
  'THP': means('in_transit'),
  'RTN': means('rto_in_transit'),
  'RETURN TO SHIPPER': means('rto_delivered'),
  'RTS': means('rto_delivered'),
  'RETUR KE PUSAT': means('rto_in_transit'),
  'LOST': means('lost', 'lost'),
  'BROKEN': means('damaged', 'damaged'),
  'CRISS CROSS': means('in_transit', 'missorted'),
  'ON PROCESS': means('in_transit'),
  'SHIPMENT OUTSIDE DELIVERY AREA': means('exception', 'out_of_area'),
}; // prettier-ignore

/** SiCepat, Indonesia: `{sicepat: {result}}` (poll). Minutes only, Jakarta's clock. */
export const sicepat: Translator = {
  source: 'sicepat',
  read(payload) {
    const result = first(payload, 'sicepat.result', 'result', 'data') ?? payload;
    const number = textAt(result, 'waybill_number', 'receipt_number');
    if (number === null && at(result, 'track_history') === undefined) return [nothingKnown()];
    return [
      shipment({
        number,
        header: sicepatMeaning(textAt(result, 'last_status.status')),
        events: list(at(result, 'track_history')).map((row) => {
          const code = textAt(row, 'status');
          const text = textAt(row, 'city', 'receiver_name', 'note');
          return {
            time: readTime(textAt(row, 'date_time'), { zone: 'Asia/Jakarta' }),
            code,
            text,
            meaning: sicepatMeaning(code),
          };
        }),
        newestFirst: false,
        shippedOn: textAt(result, 'send_date'),
      }),
    ];
  },
};

function sicepatMeaning(code: string | null): Meaning | undefined {
  return byCode('sicepat', code) ?? own(SICEPAT, (code ?? '').toUpperCase());
}

/** XPost's own words; each event has an id. Source: XPost's order states. */
const XPOST: Readonly<Record<string, Meaning>> = {
  pending: means('label_created'),
  for_pickup: means('label_created'),
  picked_up: means('accepted'),
  failed_pickup: means('pickup_failed'),
  in_transit: means('in_transit'),
  for_delivery: means('out_for_delivery'),
  out_for_delivery: means('out_for_delivery'),
  failed_delivery: means('attempt_failed'),
  delivered: means('delivered'),
  remitted: means(null),
  claimed: means(null),
  failed_return: means('rto_in_transit'),
  return_in_transit: means('rto_in_transit'),
  for_return: means('rto_initiated'),
  returned: means('rto_delivered'),
  cancelled: means('cancelled'),
  rejected: means('cancelled'),
  out_for_return: means('rto_in_transit'),
  lost: means('lost', 'lost'),
  damaged: means('damaged', 'damaged'),
};

/** XPost, Philippines: one order with events (webhook and poll). Offsets are written `+00`. */
export const xpost: Translator = {
  source: 'xpost',
  read(payload) {
    const body = first(payload, 'data', 'order') ?? payload;
    return orNothing(
      list(body)
        .filter((b) => isFields(b) && textAt(b, 'tracking_number') !== null)
        .map(readOrder),
    );
  },
};

function readOrder(order: unknown): ReadShipment {
  return shipment({
    number: textAt(order, 'tracking_number'),
    header: own(XPOST, textAt(order, 'status')),
    events: list(at(order, 'events')).map((event): EventDraft => {
      const code = textAt(event, 'status');
      const text = textAt(event, 'remarks', 'status_name');
      return {
        time: readTime(textAt(event, 'status_updated_at', 'created_at'), { zone: 'Asia/Manila' }),
        code,
        text,
        meaning: finest(
          own(XPOST, code),
          byPhrase(ENGLISH, textAt(event, 'status_name')),
          byPhrase(ENGLISH, textAt(event, 'remarks')),
        ),
      };
    }),
    newestFirst: false,
    destination: textAt(order, 'delivery_address.city'),
  });
}

/** CJ Logistics' words for a scan, where its number is new. */
const CJ: Readonly<Record<string, Meaning>> = {
  집화처리: means('accepted'),
  간선상차: means('in_transit'),
  간선하차: means('in_transit'),
  배달출발: means('out_for_delivery'),
  배달완료: means('delivered'),
  미배달: means('attempt_failed'),
  미집하: means('pickup_failed'),
  반송: means('rto_initiated'),
  반품: means('rto_initiated'),
};

/** CJ Logistics, Korea: `{parcelDetailResultMap, parcelResultMap}` (poll). */
export const cjLogistics: Translator = {
  source: 'cj_logistics',
  read(payload) {
    const rows = list(at(payload, 'parcelDetailResultMap.resultList'));
    const number = textAt(
      payload,
      'parcelResultMap.resultList.invcNo',
      'parcelDetailResultMap.paramInvcNo',
      'parcelResultMap.paramInvcNo',
    );
    const events = rows.map((row): EventDraft => {
      const [code, scan] = [textAt(row, 'crgSt'), textAt(row, 'scanNm')];
      const meaning = finest(byCode('cj_logistics.crgSt', code), own(CJ, scan));
      return {
        time: readTime(textAt(row, 'dTime'), { zone: 'Asia/Seoul' }),
        code,
        text: textAt(row, 'crgNm', 'scanNm'),
        meaning,
        place: textAt(row, 'regBranNm'),
      };
    });
    const header = byCode('cj_logistics.crgSt', textAt(payload, 'parcelResultMap.resultList.nsDlvNm'));
    return [shipment({ number, header, events, newestFirst: false })];
  },
};
