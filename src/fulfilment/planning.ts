import type { EntityManager } from 'typeorm';
import { rows } from '../database/sql.ts';
import { newId } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import { toPostal, type ShipTo } from './documents/address.ts';
import type { PackageRecord } from './package.store.ts';
import { merged, UnitPrices, type PaidLine, type PlannedItem } from './unit-prices.policy.ts';

export interface PlannedPackage {
  /** Left out: made here. */
  id?: string;
  shipTo: ShipTo;
  warehouse: string;
  items: readonly PlannedItem[];
  why: readonly string[];
  courier: string;
  service: string;
  /** Its share of the order's shipping (policies.md, The amount). */
  shippingPaid: Money;
  /** Of a free package: what was paid for the units that it stands for; left out: nothing. */
  worth?: Money;
  /** Of the goods. */
  weightG: number;
}

export interface PlanRequest {
  merchantId: string;
  orderId: string;
  /** The merchant's own, printed on papers. */
  orderReference: string;
  currency: string;
  /** Of the whole order: what its units were paid is what customs declares and what refunds pay back. */
  lines: readonly PaidLine[];
  /** In the order in which they take the lines' units. */
  packages: readonly PlannedPackage[];
  /** False: hidden from the warehouse until markPaid. */
  paid: boolean;
  /** `tracking.late_after_days` of the order's policy, for the refund clock; null: it has none. */
  lateAfterDays: number | null;
  at: Date;
}

const INSERT = `
  WITH given AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS g (
      id uuid, number int, warehouse text, why text[], weight_g int, courier text, service text, goods bigint,
      shipping bigint, worth bigint, items jsonb, ship_to jsonb, due timestamptz)
  ), planned AS (
    INSERT INTO package (merchant_id, id, order_id, order_reference, number, currency, warehouse, why, planned_weight_g,
      courier, service, goods_paid_minor, shipping_paid_minor, worth_minor, late_after_days, planned_at, paid_at,
      dispatch_due_at)
    SELECT $2, g.id, $3, $4, g.number, $5, g.warehouse, g.why, g.weight_g, g.courier, g.service, g.goods, g.shipping,
      g.worth, $6::int, $7::timestamptz, $8::timestamptz, g.due FROM given g
  ), filled AS (
    INSERT INTO package_item (merchant_id, package_id, line, backorder, sku, title, quantity, paid_minor)
    SELECT $2, g.id, i.line, i.backorder, i.sku, i.title, i.quantity, i.paid FROM given g, jsonb_to_recordset(g.items)
      AS i (line int, backorder boolean, sku text, title text, quantity int, paid bigint)
  )
  INSERT INTO package_address (merchant_id, package_id, name, company, line1, line2, city, region, postal_code, country,
    phone, email)
  SELECT $2, g.id, t.name, t.company, t.line1, t.line2, t.city, t.region, t."postalCode", t.country, t.phone, t.email
  FROM given g, jsonb_to_record(g.ship_to) AS t (name text, company text, line1 text, line2 text, city text,
    region text, "postalCode" text, country text, phone text, email text)`;

/**
 * Stores an order's packages with their items and addresses, one statement whatever their number.
 * @param due by warehouse, until when what is paid now is promised to leave
 */
export async function planPackages(
  tx: EntityManager,
  request: PlanRequest,
  due: ReadonlyMap<string, Date> = new Map(),
): Promise<PackageRecord[]> {
  const units = new UnitPrices(request.lines, request.currency);
  const planned = request.packages.map((given, i) => ({
    given,
    record: toRecord(given, i + 1, { request, units, due }),
  }));
  const { merchantId, orderId, orderReference, currency, lateAfterDays, at, paid } = request;
  const params = [merchantId, orderId, orderReference, currency, lateAfterDays, at, paid ? at : null];
  await rows(tx, INSERT, [JSON.stringify(planned.map(({ given, record }) => toRow(given, record))), ...params]);
  return planned.map(({ record }) => record);
}

function toRow(given: PlannedPackage, record: PackageRecord): object {
  return {
    id: record.id,
    number: record.number,
    warehouse: record.warehouse,
    why: record.why,
    weight_g: record.plannedWeightG,
    courier: record.courier,
    service: record.service,
    goods: record.goodsPaid.minor.toString(),
    shipping: record.shippingPaid.minor.toString(),
    worth: record.worth.minor.toString(),
    items: record.items.map((item) => ({ ...item, paid: item.paid.minor.toString() })),
    ship_to: toPostal(given.shipTo),
    due: record.dispatchDueAt?.toISOString() ?? null,
  };
}

function toRecord(
  given: PlannedPackage,
  number: number,
  { request, units, due }: { request: PlanRequest; units: UnitPrices; due: ReadonlyMap<string, Date> },
): PackageRecord {
  const { warehouse, courier, service, shippingPaid } = given;
  const { merchantId, orderId, orderReference, currency, lateAfterDays } = request;
  const items = merged(given.items.map((item) => units.take(item)));
  const goodsPaid = Money.sum(
    items.map(({ paid }) => paid),
    currency,
  );
  return {
    ...{ merchantId, id: given.id ?? newId(), orderId, orderReference, number, currency, status: 'planned', warehouse },
    items,
    why: [...given.why],
    plannedWeightG: given.weightG,
    ...{ courier, service, trackingNumber: null, weightG: null, goodsPaid, shippingPaid, lateAfterDays },
    refunded: Money.zero(currency),
    madeGood: Money.zero(currency),
    worth: given.worth ?? Money.zero(currency),
    ...{ courierStatus: null, reason: null, direction: 'forward', disputed: false },
    plannedAt: request.at,
    paidAt: request.paid ? request.at : null,
    dispatchDueAt: request.paid ? (due.get(warehouse) ?? null) : null,
    ...{ estimateFrom: null, estimateTo: null },
    ...{ labelledAt: null, handedOverAt: null, handedOverBy: null, manifestId: null, deliveredAt: null },
    ...{ returnedAt: null, receivedAt: null, cancelledAt: null, settledAt: null, interception: null },
    readAt: request.at,
  };
}
