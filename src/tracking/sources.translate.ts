import type { ReadShipment } from './canonical.translate.ts';
import { aftership } from './couriers/aftership.translate.ts';
import { a1Amazon, amazonShipping } from './couriers/amazon.translate.ts';
import { cjLogistics, sicepat, xpost } from './couriers/asia.translate.ts';
import { canadaPost } from './couriers/canada-post.translate.ts';
import { clickpost } from './couriers/clickpost.translate.ts';
import { delhivery } from './couriers/delhivery.translate.ts';
import { dhlEcommerce } from './couriers/dhl-ecommerce.translate.ts';
import { dhlExpress } from './couriers/dhl-express.translate.ts';
import { dhlPaket } from './couriers/dhl-paket.translate.ts';
import { dhlUnified } from './couriers/dhl-unified.translate.ts';
import { easypost } from './couriers/easypost.translate.ts';
import { fedex } from './couriers/fedex.translate.ts';
import { gls } from './couriers/gls.translate.ts';
import { jnt } from './couriers/jnt.translate.ts';
import { landmark } from './couriers/landmark.translate.ts';
import { lasership } from './couriers/lasership.translate.ts';
import { newgistics } from './couriers/newgistics.translate.ts';
import { ontrac } from './couriers/ontrac.translate.ts';
import { pitneyBowes } from './couriers/pitney-bowes.translate.ts';
import { postnl } from './couriers/postnl.translate.ts';
import { PUBLISHED } from './couriers/published.translate.ts';
import type { Kind, Translator } from './couriers/reading.translate.ts';
import { nothingKnown } from './couriers/reading.translate.ts';
import { at, isFields } from './couriers/shape.translate.ts';
import { seventeen } from './couriers/seventeen.translate.ts';
import { ship24 } from './couriers/ship24.translate.ts';
import { shippo } from './couriers/shippo.translate.ts';
import { shiprocket } from './couriers/shiprocket.translate.ts';
import { tnt } from './couriers/tnt.translate.ts';
import { trackingmore } from './couriers/trackingmore.translate.ts';
import { ups } from './couriers/ups.translate.ts';
import { usps } from './couriers/usps.translate.ts';
import { readPayload } from './payload.translate.ts';

export type { Kind } from './couriers/reading.translate.ts';

/** Every source that can be read. A new one is one translator, its rows of the map, its payloads, and a line here. */
const TRANSLATORS: readonly Translator[] = [
  a1Amazon,
  aftership,
  amazonShipping,
  canadaPost,
  cjLogistics,
  clickpost,
  delhivery,
  dhlEcommerce,
  dhlExpress,
  dhlPaket,
  dhlUnified,
  easypost,
  fedex,
  gls,
  jnt,
  landmark,
  lasership,
  newgistics,
  ontrac,
  pitneyBowes,
  postnl,
  ...PUBLISHED,
  seventeen,
  ship24,
  shippo,
  shiprocket,
  sicepat,
  tnt,
  trackingmore,
  ups,
  usps,
  xpost,
];

const BY_SOURCE = new Map(TRANSLATORS.map((translator) => [translator.source, translator]));

export const SOURCES: readonly string[] = [...BY_SOURCE.keys()];

export function isSource(source: string): boolean {
  return BY_SOURCE.has(source);
}

/** What a message says. */
export interface Reading {
  shipments: readonly ReadShipment[];
  /** Why it could not be read at all; null where it could. */
  unreadable: string | null;
}

/**
 * Reads the bytes of a message.
 * @param source one of SOURCES
 */
export function readMessage(source: string, bytes: Uint8Array, kind: Kind): Reading {
  const payload = readPayload(bytes);
  if (!payload.readable) return { shipments: [nothingKnown()], unreadable: payload.reason };
  const translator = BY_SOURCE.get(source);
  const shipments = translator === undefined ? [] : readWrapped(translator, payload.value, kind);
  return { shipments: shipments.length > 0 ? shipments : [nothingKnown()], unreadable: null };
}

/** What relays and queues put around a message; deeper than this is no envelope. */
const ENVELOPES = [
  'data',
  'result',
  'results',
  'response',
  'payload',
  'body',
  'message',
  'msg',
  'detail',
  'event',
  'xml',
  'content',
];
const MAX_ENVELOPES = 3;

/** A message as its source publishes it, several of them in a list, or one in an envelope of somebody else's. */
function readWrapped(translator: Translator, payload: unknown, kind: Kind, depth = 0): ReadShipment[] {
  const whole = translator.read(payload, kind);
  if (depth >= MAX_ENVELOPES) return whole;
  if (Array.isArray(payload)) {
    const each = payload.flatMap((item: unknown) => readWrapped(translator, item, kind, depth + 1)).filter(isKnown);
    return each.length > whole.filter(isKnown).length ? each : whole;
  }
  if (whole.some(isKnown) || !isFields(payload)) return whole;
  const inner = ENVELOPES.map((name) => at(payload, name)).filter(
    (value) => typeof value === 'object' && value !== null,
  );
  const found = inner.map((value) => readWrapped(translator, value, kind, depth + 1));
  return found.find((shipments) => shipments.some(isKnown)) ?? whole;
}

function isKnown({ number, events, status }: ReadShipment): boolean {
  return number !== null || events.length > 0 || status !== 'unknown';
}
