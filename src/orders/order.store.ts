import type { EntityManager } from 'typeorm';
import { filtersOf, newestOf, whereOf } from '../database/filters.ts';
import { one, rows, send, type Db } from '../database/sql.ts';
import type { PackageRecord } from '../fulfilment/fulfilment.service.ts';
import type { ShipTo } from '../kernel/address.ts';
import { Money, type MoneyJson } from '../kernel/money.ts';
import type { PageRequest } from '../kernel/pages.ts';
import type { OrderStatus } from './order.machine.ts';

export interface LineDiscountRecord {
  kind: string;
  code: string | null;
  amount: Money;
}

export interface OrderLineRecord {
  line: number;
  sku: string;
  title: string;
  quantity: number;
  /** Of one unit. */
  listPrice: Money;
  /** Of one unit, rounded; `paid` is exact. */
  unitPrice: Money;
  /** For the whole line, after every discount. */
  paid: Money;
  discounts: LineDiscountRecord[];
}

export interface OrderRecord {
  merchantId: string;
  id: string;
  reference: string;
  status: OrderStatus;
  currency: string;
  /** The class that it goes by, which policies ask for. */
  service: 'standard' | 'express';
  /** What the store asked for, null for the cheapest. */
  chosenService: string | null;
  goodsPaid: Money;
  shippingPaid: Money;
  shippingCost: Money;
  discount: Money;
  total: Money;
  policy: { id: string; version: number };
  discountCode: string | null;
  createdAt: Date;
  paidAt: Date | null;
  payBy: Date | null;
  lines: OrderLineRecord[];
  /** Null once erased. */
  shipTo: ShipTo | null;
  /** Of a free order: what it is sent for. */
  replaces: Replaced | null;
}

/** What a free order stands for. Ids are UUIDs. */
export interface Replaced {
  orderId: string;
  packageId: string;
  /** The case: `claim:<id>` or `return:<id>`. */
  cause: string;
  /** The order whose money stands behind it: what is given back for a free order is of its charge. */
  rootOrderId: string;
  /** What was paid for the units, with their shipping. */
  worth: MoneyJson;
}

/** An order with its packages, as decisions and views need it. */
export interface OrderWithPackages {
  order: OrderRecord;
  packages: PackageRecord[];
}

interface OrderRow {
  merchant_id: string;
  id: string;
  reference: string;
  status: OrderStatus;
  currency: string;
  service: 'standard' | 'express';
  chosen_service: string | null;
  goods_paid_minor: string;
  shipping_paid_minor: string;
  shipping_cost_minor: string;
  discount_minor: string;
  total_minor: string;
  policy_id: string;
  policy_version: number;
  discount_code: string | null;
  created_at: Date;
  paid_at: Date | null;
  pay_by: Date | null;
  ship_to: ShipTo | null;
  replaces: Replaced | null;
  lines: LineJson[];
}

/** Minor units travel as text: JSON numbers end at 2^53. */
interface LineJson {
  line: number;
  sku: string;
  title: string;
  quantity: number;
  list_price: string;
  unit_price: string;
  paid: string;
  discounts: { kind: string; code: string | null; amount: MoneyJson }[];
}

const LINES_JSON = `json_agg(json_build_object('line', l.line, 'sku', l.sku, 'title', l.title, 'quantity', l.quantity,
    'list_price', l.list_price_minor::text, 'unit_price', l.unit_price_minor::text, 'paid', l.paid_minor::text,
    'discounts', l.discounts) ORDER BY l.line)`;
const LINES = `(SELECT ${LINES_JSON} FROM order_line l WHERE l.merchant_id = o.merchant_id AND l.order_id = o.id) AS lines`;
const ADDRESS = `(SELECT a.ship_to FROM order_address a WHERE a.merchant_id = o.merchant_id AND a.order_id = o.id) AS ship_to`;
const SELECT = `SELECT o.*, ${LINES}, ${ADDRESS} FROM orders o`;

function toRecord(row: OrderRow): OrderRecord {
  const money = (minor: string): Money => Money.ofMinor(minor, row.currency);
  return {
    merchantId: row.merchant_id,
    id: row.id,
    reference: row.reference,
    status: row.status,
    currency: row.currency,
    service: row.service,
    chosenService: row.chosen_service,
    goodsPaid: money(row.goods_paid_minor),
    shippingPaid: money(row.shipping_paid_minor),
    shippingCost: money(row.shipping_cost_minor),
    discount: money(row.discount_minor),
    total: money(row.total_minor),
    policy: { id: row.policy_id, version: row.policy_version },
    discountCode: row.discount_code,
    createdAt: row.created_at,
    paidAt: row.paid_at,
    payBy: row.pay_by,
    shipTo: row.ship_to,
    replaces: row.replaces,
    lines: row.lines.map((line) => ({
      line: line.line,
      sku: line.sku,
      title: line.title,
      quantity: line.quantity,
      listPrice: money(line.list_price),
      unitPrice: money(line.unit_price),
      paid: money(line.paid),
      discounts: line.discounts.map((d) => ({ kind: d.kind, code: d.code, amount: Money.fromJson(d.amount) })),
    })),
  };
}

/** @param merchantId null: whichever merchant's (staff) */
export async function findOrder(db: Db, merchantId: string | null, id: string): Promise<OrderRecord | null> {
  const row =
    merchantId === null
      ? await one<OrderRow>(db, `${SELECT} WHERE o.id = $1`, [id])
      : await one<OrderRow>(db, `${SELECT} WHERE o.merchant_id = $1 AND o.id = $2`, [merchantId, id]);
  return row === null ? null : toRecord(row);
}

/** Null: the merchant has no order of that reference. */
export async function findByReference(db: Db, merchantId: string, reference: string): Promise<OrderRecord | null> {
  const row = await one<OrderRow>(db, `${SELECT} WHERE o.merchant_id = $1 AND o.reference = $2`, [
    merchantId,
    reference,
  ]);
  return row === null ? null : toRecord(row);
}

/** Locks the order until the transaction ends: the first lock of whatever changes it. */
export async function lockOrder(tx: EntityManager, merchantId: string, id: string): Promise<OrderRecord | null> {
  send(tx, `SELECT 1 FROM orders WHERE merchant_id = $1 AND id = $2 FOR NO KEY UPDATE`, [merchantId, id]);
  return findOrder(tx, merchantId, id);
}

export interface OrderFilter {
  merchantId: string | null;
  status?: string | undefined;
  reference?: string | undefined;
  createdAfter?: string | undefined;
  createdBefore?: string | undefined;
}

/**
 * A page of one merchant's orders, $1. What belongs to them lies side by side: an index is gone down once for all of
 * them, not once for each.
 */
const pageOfMerchant = (page: string): string => `
  WITH page AS MATERIALIZED (SELECT o.* FROM orders o ${page}),
    lines AS MATERIALIZED (SELECT l.order_id, ${LINES_JSON} AS lines FROM order_line l
      WHERE l.merchant_id = $1 AND l.order_id = ANY (ARRAY (SELECT id FROM page)) GROUP BY l.order_id),
    addresses AS MATERIALIZED (SELECT a.order_id, a.ship_to FROM order_address a
      WHERE a.merchant_id = $1 AND a.order_id = ANY (ARRAY (SELECT id FROM page)))
  SELECT o.*, l.lines, a.ship_to FROM page o LEFT JOIN lines l ON l.order_id = o.id LEFT JOIN addresses a ON a.order_id = o.id
  ORDER BY o.id DESC`;

/** Newest first, one more than the page holds. */
export async function listOrders(db: Db, filter: OrderFilter, { limit, after }: PageRequest): Promise<OrderRecord[]> {
  const { clauses, params } = filtersOf(
    [],
    [
      ['o.merchant_id =', filter.merchantId],
      ['o.reference =', filter.reference],
      ['o.created_at >', filter.createdAfter],
      ['o.created_at <', filter.createdBefore],
    ],
  );
  const newest = newestOf('o', { ...filter, after }, params);
  const where = whereOf([...clauses, ...newest.clauses]);
  const page = `${where} ORDER BY ${newest.order} LIMIT $${params.push(limit + 1)}`;
  const sql = filter.merchantId === null ? `${SELECT} ${page}` : pageOfMerchant(page);
  const found = await rows<OrderRow>(db, sql, params);
  return found.map(toRecord);
}

/** Orders of a merchant in one currency that wait for money, oldest first, locked; those in `but` left out. */
export async function lockWaiting(
  tx: EntityManager,
  merchantId: string,
  currency: string,
  limit: number,
): Promise<OrderRecord[]> {
  const locked = await rows<{ id: string }>(
    tx,
    `SELECT id FROM orders WHERE merchant_id = $1 AND currency = $2 AND status = 'awaiting_funds'
     ORDER BY created_at, id LIMIT $3 FOR NO KEY UPDATE`,
    [merchantId, currency, limit],
  );
  if (locked.length === 0) return [];
  const found = await rows<OrderRow>(
    tx,
    `${SELECT} WHERE o.merchant_id = $1 AND o.id = ANY($2::uuid[]) ORDER BY o.created_at, o.id`,
    [merchantId, locked.map(({ id }) => id)],
  );
  return found.map(toRecord);
}

export interface StatusChange {
  merchantId: string;
  id: string;
  status: OrderStatus;
  /** Set with `paid`. */
  paidAt?: Date;
  /** Set with `settled` and `cancelled`. */
  endedAt?: Date;
}

export async function setStatus(
  tx: EntityManager,
  { merchantId, id, status, paidAt, endedAt }: StatusChange,
): Promise<void> {
  await rows(
    tx,
    `UPDATE orders SET status = $3, paid_at = coalesce($4, paid_at), ended_at = coalesce($5, ended_at), pay_by = NULL
     WHERE merchant_id = $1 AND id = $2`,
    [merchantId, id, status, paidAt ?? null, endedAt ?? null],
  );
}

export async function setAddress(tx: EntityManager, merchantId: string, id: string, shipTo: ShipTo): Promise<void> {
  await rows(tx, `UPDATE order_address SET ship_to = $3::jsonb WHERE merchant_id = $1 AND order_id = $2`, [
    merchantId,
    id,
    JSON.stringify(shipTo),
  ]);
}

/** The oldest limit of an order that waits for money; the order that it belongs to. */
export async function nextUnpaid(db: Db): Promise<{ merchantId: string; id: string; payBy: Date } | null> {
  const row = await one<{ merchant_id: string; id: string; pay_by: Date }>(
    db,
    `SELECT merchant_id, id, pay_by FROM orders WHERE pay_by IS NOT NULL ORDER BY pay_by LIMIT 1`,
  );
  return row === null ? null : { merchantId: row.merchant_id, id: row.id, payBy: row.pay_by };
}

/** The free orders whose goods stand for units of an order, at whatever remove. */
export async function replacementsOf(tx: EntityManager, merchantId: string, rootOrderId: string): Promise<string[]> {
  const found = await rows<{ id: string }>(
    tx,
    `SELECT id FROM orders WHERE merchant_id = $1 AND replaces ->> 'rootOrderId' = $2 AND replaces IS NOT NULL`,
    [merchantId, rootOrderId],
  );
  return found.map(({ id }) => id);
}
