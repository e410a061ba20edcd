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
  const shipments = BY_SOURCE.get(source)?.read(payload.value, kind) ?? [];
  return { shipments: shipments.length > 0 ? shipments : [nothingKnown()], unreadable: null };
}
