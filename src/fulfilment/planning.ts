import type { EntityManager } from 'typeorm';
import type { Statement } from '../database/sql.ts';
import { gather, writeNow } from '../database/transaction.ts';
import type { ShipTo } from '../kernel/address.ts';
import { newId } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import { toPostal } from './documents/address.ts';
import type { PackageItem, PackageRecord } from './package.records.ts';
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

const GATHERED = 'packages';

const insertion = (planned: readonly { row: object; items: object[] }[]): Statement => ({
  text: 'SELECT package_plan($1::jsonb, $2::jsonb)',
  values: [JSON.stringify(planned.map(({ row }) => row)), JSON.stringify(planned.flatMap(({ items }) => items))],
});

/**
 * Plans an order's packages with their items and addresses; they are stored with COMMIT.
 * @param due by warehouse, until when what is paid now is promised to leave
 */
export function gatherPackages(
  tx: EntityManager,
  request: PlanRequest,
  due: ReadonlyMap<string, Date> = new Map(),
): PackageRecord[] {
  const units = new UnitPrices(request.lines, request.currency);
  return request.packages.map((given, i) => {
    const record = toRecord(given, i + 1, { request, units, due });
    const items = record.items.map((item) => toItem(record, item));
    gather(tx, GATHERED, { row: toRow(given, record), items }, insertion);
    return record;
  });
}

/** Stores now what was gathered: whatever comes after it in the transaction sees it. */
export function storePackages(tx: EntityManager): Promise<void> {
  return writeNow(tx, GATHERED);
}

/** Plans an order's packages and stores them, one statement whatever their number. */
export async function planPackages(
  tx: EntityManager,
  request: PlanRequest,
  due?: ReadonlyMap<string, Date>,
): Promise<PackageRecord[]> {
  const planned = gatherPackages(tx, request, due);
  await storePackages(tx);
  return planned;
}

function toRow(given: PlannedPackage, record: PackageRecord): object {
  const { merchantId, id, orderId, orderReference, number, currency, warehouse, why, courier, service } = record;
  const { postalCode, ...shipTo } = toPostal(given.shipTo);
  return {
    ...{ merchant_id: merchantId, id, order_id: orderId, order_reference: orderReference, number, currency },
    ...{ warehouse, why, courier, service, weight_g: record.plannedWeightG, late_after_days: record.lateAfterDays },
    goods: record.goodsPaid.minor.toString(),
    shipping: record.shippingPaid.minor.toString(),
    worth: record.worth.minor.toString(),
    ...{ planned_at: record.plannedAt, paid_at: record.paidAt, due: record.dispatchDueAt },
    ...{ ...shipTo, postal_code: postalCode },
  };
}

function toItem({ merchantId, id }: PackageRecord, { paid, ...item }: PackageItem): object {
  return { merchant_id: merchantId, package_id: id, ...item, paid: paid.minor.toString() };
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
