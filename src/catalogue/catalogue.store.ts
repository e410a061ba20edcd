import type { EntityManager } from 'typeorm';
import { filtersOf, whereOf } from '../database/filters.ts';
import { one, rows, send, type Db } from '../database/sql.ts';
import { Money } from '../kernel/money.ts';

export type Handling = 'battery' | 'liquid' | 'fragile' | 'oversize';
export const HANDLING: readonly Handling[] = ['battery', 'liquid', 'fragile', 'oversize'];

export interface Variant {
  sku: string;
  title: string;
  /** One a currency. */
  prices: ReadonlyMap<string, Money>;
  weightG: number;
  lengthMm: number;
  widthMm: number;
  heightMm: number;
  handling: readonly Handling[];
  hsCode: string | null;
  /** ISO 3166 country of origin, for customs. */
  origin: string | null;
  /** May be ordered when there is none left. */
  backorder: boolean;
  /** They are looked at when they are packed; packing needs the result. */
  qualityCheck: boolean;
}

export interface Warehouse {
  code: string;
  name: string;
  country: string;
  /** Working days from payment to hand-over that are promised. */
  dispatchDays: number;
}

export interface CourierService {
  code: string;
  class: 'standard' | 'express';
  /** ISO 3166 codes, or `*`. */
  countries: readonly string[];
  /** Working days from hand-over. */
  days: { min: number; max: number };
  maxWeightG: number;
  maxUnits: number;
  maxVolumeCm3: number | null;
  /** What the courier demands of an address. */
  needs: readonly ('phone' | 'postal_code')[];
  prices: readonly { upToG: number; amount: Money }[];
}

export interface Courier {
  code: string;
  name: string;
  services: readonly CourierService[];
  /** Who reports its parcels, and the courier's name there. */
  tracking: readonly { source: string; carrier: string | null }[];
}

export interface Settings {
  /** The policy of an order whose merchant has none of its own. */
  defaultPolicy: string;
  /** IANA name; working days are counted there. */
  timeZone: string;
  /** Local dates. */
  holidays: readonly string[];
  /** So long an order waits for money. */
  awaitingFundsDays: number;
}

/** Everything that rarely changes, as it stood at one instant. */
export interface Catalogue {
  variants: ReadonlyMap<string, Variant>;
  warehouses: readonly Warehouse[];
  couriers: readonly Courier[];
  settings: Settings;
}

type MinorPrices = Record<string, string>;
type ServiceRow = Omit<CourierService, 'prices'> & { prices: { upToG: number; currency: string; minor: string }[] };

interface Snapshot {
  variants: (Omit<Variant, 'prices'> & { prices: MinorPrices | null })[] | null;
  warehouses: Warehouse[] | null;
  couriers: (Omit<Courier, 'services'> & { services: ServiceRow[] | null })[] | null;
  settings: Settings;
}

const VARIANT = `jsonb_build_object('sku', v.sku, 'title', v.title, 'weightG', v.weight_g, 'lengthMm', v.length_mm,
  'widthMm', v.width_mm, 'heightMm', v.height_mm, 'handling', v.handling, 'hsCode', v.hs_code, 'origin', v.origin,
  'backorder', v.backorder, 'qualityCheck', v.quality_check, 'prices', (SELECT jsonb_object_agg(p.currency, p.price_minor::text) FROM variant_price p WHERE p.sku = v.sku))`;

const SERVICES = `(SELECT jsonb_agg(jsonb_build_object('code', s.code, 'class', s.class, 'countries', s.countries,
    'days', jsonb_build_object('min', s.days_min, 'max', s.days_max), 'maxWeightG', s.max_weight_g, 'maxUnits', s.max_units,
    'maxVolumeCm3', s.max_volume_cm3, 'needs', s.needs, 'prices', (
      SELECT jsonb_agg(jsonb_build_object('upToG', p.up_to_g, 'currency', p.currency, 'minor', p.price_minor::text) ORDER BY p.currency, p.up_to_g)
      FROM courier_price p WHERE p.courier = s.courier AND p.service = s.code)) ORDER BY s.code)
  FROM courier_service s WHERE s.courier = c.code)`;

const WAREHOUSES = `(SELECT jsonb_agg(jsonb_build_object('code', w.code, 'name', w.name, 'country', w.country, 'dispatchDays', w.dispatch_days) ORDER BY w.code) FROM warehouse w)`;

const couriersWhere = (test: string): string =>
  `(SELECT jsonb_agg(jsonb_build_object('code', c.code, 'name', c.name, 'tracking', c.tracking, 'services', ${SERVICES}) ORDER BY c.code)
    FROM courier c ${test})`;

const SETTINGS = `(SELECT jsonb_build_object('defaultPolicy', default_policy, 'timeZone', time_zone, 'holidays', holidays,
    'awaitingFundsDays', awaiting_funds_days) FROM setting)`;

/** The whole catalogue in one statement, so that its parts belong together. */
export async function loadCatalogue(db: Db): Promise<Catalogue> {
  const row = await one<Snapshot>(
    db,
    `SELECT (SELECT jsonb_agg(${VARIANT}) FROM variant v) AS variants,
       ${WAREHOUSES} AS warehouses, ${couriersWhere('')} AS couriers, ${SETTINGS} AS settings`,
  );
  if (row === null) throw new Error('The row of settings is missing.');
  return {
    variants: new Map((row.variants ?? []).map((v) => [v.sku, { ...v, prices: pricesOf(v.prices) }])),
    warehouses: row.warehouses ?? [],
    couriers: couriersOf(row),
    settings: row.settings,
  };
}

/** By code. */
export async function loadWarehouses(db: Db): Promise<readonly Warehouse[]> {
  const row = await one<Pick<Snapshot, 'warehouses'>>(db, `SELECT ${WAREHOUSES} AS warehouses`);
  return row?.warehouses ?? [];
}

/** By code. @param code one alone; null: all */
export async function loadCouriers(db: Db, code: string | null = null): Promise<readonly Courier[]> {
  const { clauses, params } = filtersOf([], [['c.code =', code]]);
  const row = await one<Pick<Snapshot, 'couriers'>>(
    db,
    `SELECT ${couriersWhere(whereOf(clauses))} AS couriers`,
    params,
  );
  return couriersOf({ couriers: row?.couriers ?? null });
}

export async function loadSettings(db: Db): Promise<Settings> {
  const row = await one<Pick<Snapshot, 'settings'>>(db, `SELECT ${SETTINGS} AS settings`);
  if (row === null) throw new Error('The row of settings is missing.');
  return row.settings;
}

const couriersOf = ({ couriers }: Pick<Snapshot, 'couriers'>): Courier[] =>
  (couriers ?? []).map((c) => ({ ...c, services: (c.services ?? []).map(serviceOf) }));

function pricesOf(minor: MinorPrices | null): Map<string, Money> {
  return new Map(Object.entries(minor ?? {}).map(([currency, text]) => [currency, Money.ofMinor(text, currency)]));
}

function serviceOf(row: ServiceRow): CourierService {
  return {
    ...row,
    prices: row.prices.map(({ upToG, currency, minor }) => ({ upToG, amount: Money.ofMinor(minor, currency) })),
  };
}

/** Keeps two that add rows to the stock table apart, so that every variant has a row in every warehouse. */
const STOCK_ROWS_LOCK = 4_201;

export async function putVariant(tx: EntityManager, v: Variant, at: Date): Promise<void> {
  send(tx, 'SELECT pg_advisory_xact_lock($1)', [STOCK_ROWS_LOCK]);
  send(
    tx,
    `INSERT INTO variant (sku, title, weight_g, length_mm, width_mm, height_mm, handling, hs_code, origin, backorder, created_at, quality_check)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (sku) DO UPDATE SET title = $2, weight_g = $3, length_mm = $4, width_mm = $5, height_mm = $6, handling = $7,
       hs_code = $8, origin = $9, backorder = $10, quality_check = $12`,
    [
      ...[
        v.sku,
        v.title,
        v.weightG,
        v.lengthMm,
        v.widthMm,
        v.heightMm,
        v.handling,
        v.hsCode,
        v.origin,
        v.backorder,
        at,
      ],
      v.qualityCheck,
    ],
  );
  send(tx, 'DELETE FROM variant_price WHERE sku = $1', [v.sku]);
  const prices = [...v.prices.values()];
  send(
    tx,
    'INSERT INTO variant_price (sku, currency, price_minor) SELECT $1, p.* FROM unnest($2::text[], $3::bigint[]) AS p (currency, minor)',
    [v.sku, prices.map((p) => p.currency), prices.map((p) => p.minor.toString())],
  );
  await rows(tx, 'INSERT INTO stock (sku, warehouse) SELECT $1, code FROM warehouse ON CONFLICT DO NOTHING', [v.sku]);
}

export async function putWarehouse(
  tx: EntityManager,
  { code, name, country, dispatchDays }: Warehouse,
  at: Date,
): Promise<void> {
  send(tx, 'SELECT pg_advisory_xact_lock($1)', [STOCK_ROWS_LOCK]);
  send(
    tx,
    `INSERT INTO warehouse (code, name, country, created_at, dispatch_days) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (code) DO UPDATE SET name = $2, country = $3, dispatch_days = $5`,
    [code, name, country, at, dispatchDays],
  );
  await rows(tx, 'INSERT INTO stock (sku, warehouse) SELECT sku, $1 FROM variant ON CONFLICT DO NOTHING', [code]);
}

export async function putCourier(tx: EntityManager, courier: Courier, at: Date): Promise<void> {
  const { code, name, tracking, services } = courier;
  send(
    tx,
    `INSERT INTO courier (code, name, tracking, created_at) VALUES ($1, $2, $3::jsonb, $4)
     ON CONFLICT (code) DO UPDATE SET name = $2, tracking = $3::jsonb`,
    [code, name, JSON.stringify(tracking), at],
  );
  send(tx, 'DELETE FROM courier_service WHERE courier = $1', [code]);
  send(
    tx,
    `INSERT INTO courier_service (courier, code, class, countries, days_min, days_max, max_weight_g, max_units, max_volume_cm3, needs)
     SELECT $1, s.* FROM jsonb_to_recordset($2::jsonb) AS s
       (code text, class text, countries text[], days_min int, days_max int, max_weight_g int, max_units int, max_volume_cm3 int, needs text[])`,
    [code, JSON.stringify(services.map(serviceRow))],
  );
  const prices = services.flatMap((s) => s.prices.map((p) => ({ service: s.code, ...p })));
  await rows(
    tx,
    `INSERT INTO courier_price (courier, service, currency, up_to_g, price_minor)
     SELECT $1, p.* FROM unnest($2::text[], $3::text[], $4::int[], $5::bigint[]) AS p (service, currency, up_to_g, minor)`,
    [
      code,
      prices.map((p) => p.service),
      prices.map((p) => p.amount.currency),
      prices.map((p) => p.upToG),
      prices.map((p) => p.amount.minor.toString()),
    ],
  );
}

function serviceRow(s: CourierService): object {
  return {
    ...{
      code: s.code,
      class: s.class,
      countries: s.countries,
      days_min: s.days.min,
      days_max: s.days.max,
      needs: s.needs,
    },
    ...{ max_weight_g: s.maxWeightG, max_units: s.maxUnits, max_volume_cm3: s.maxVolumeCm3 },
  };
}

/** Sets what is named and leaves the rest as it is. */
export async function putSettings(tx: EntityManager, given: Partial<Settings>): Promise<Settings> {
  const [row] = await rows<Settings>(
    tx,
    `UPDATE setting SET default_policy = coalesce($1, default_policy), time_zone = coalesce($2, time_zone),
       holidays = coalesce($3::text[], holidays), awaiting_funds_days = coalesce($4, awaiting_funds_days)
     RETURNING default_policy AS "defaultPolicy", time_zone AS "timeZone", holidays, awaiting_funds_days AS "awaitingFundsDays"`,
    [given.defaultPolicy ?? null, given.timeZone ?? null, given.holidays ?? null, given.awaitingFundsDays ?? null],
  );
  if (row === undefined) throw new Error('The row of settings is missing.');
  return row;
}
