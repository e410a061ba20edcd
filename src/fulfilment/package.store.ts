import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { filtersOf, newestOf, whereOf } from '../database/filters.ts';
import { one, rows, send, type Db } from '../database/sql.ts';
import { Clock } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import type { PageRequest } from '../kernel/pages.ts';
import type { PostalAddress } from './documents/address.ts';
import type { Interception, PackageRecord, OrderKey, PackageFilter, StepTaken } from './package.records.ts';

type Row = Omit<
  PackageRecord,
  'items' | 'goodsPaid' | 'shippingPaid' | 'refunded' | 'madeGood' | 'worth' | 'interception' | 'readAt'
> & {
  items: { line: number; sku: string; title: string; quantity: number; backorder: boolean; paid: string }[];
  goodsMinor: string;
  shippingMinor: string;
  refundedMinor: string;
  madeGoodMinor: string;
  worthMinor: string;
  interception:
    (Omit<Interception, 'requestedAt' | 'answeredAt'> & { requestedAt: string; answeredAt: string | null }) | null;
};

const COLUMNS = `p.merchant_id AS "merchantId", p.id, p.order_id AS "orderId", p.order_reference AS "orderReference", p.number,
    p.currency, p.status, p.warehouse, p.why, p.planned_weight_g AS "plannedWeightG", p.weight_g AS "weightG", p.courier,
    p.service, p.tracking_number AS "trackingNumber", p.goods_paid_minor AS "goodsMinor",
    p.shipping_paid_minor AS "shippingMinor", p.refunded_minor AS "refundedMinor", p.made_good_minor AS "madeGoodMinor", p.worth_minor AS "worthMinor", p.late_after_days AS "lateAfterDays",
    p.courier_status AS "courierStatus", p.reason, p.direction, p.disputed, p.planned_at AS "plannedAt",
    p.paid_at AS "paidAt", p.labelled_at AS "labelledAt", p.handed_over_at AS "handedOverAt",
    p.handed_over_by AS "handedOverBy", p.manifest_id AS "manifestId", p.delivered_at AS "deliveredAt",
    p.returned_at AS "returnedAt", p.received_at AS "receivedAt", p.cancelled_at AS "cancelledAt",
    p.settled_at AS "settledAt", p.dispatch_due_at AS "dispatchDueAt", p.estimate_from::text AS "estimateFrom",
    p.estimate_to::text AS "estimateTo"`;
const ITEMS = `json_agg(json_build_object('line', i.line, 'sku', i.sku, 'title', i.title, 'quantity', i.quantity,
    'backorder', i.backorder, 'paid', i.paid_minor::text) ORDER BY i.line, i.backorder)`;
const INTERCEPTION = `json_build_object('id', n.id, 'cause', n.cause, 'causeId', n.cause_id, 'requestedAt', n.requested_at,
    'answer', n.answer, 'answeredAt', n.answered_at)`;
const SELECT = `
  SELECT ${COLUMNS},
    (SELECT ${ITEMS} FROM package_item i WHERE i.merchant_id = p.merchant_id AND i.package_id = p.id) AS items,
    (SELECT ${INTERCEPTION} FROM interception n
      WHERE n.merchant_id = p.merchant_id AND n.package_id = p.id ORDER BY n.id DESC LIMIT 1) AS interception
  FROM package p`;

/**
 * Many of one merchant, $1. What belongs to them lies side by side: an index is gone down once for all of them, not once
 * for each.
 */
const selectOfMerchant = (page: string, order: string): string => `
  WITH page AS MATERIALIZED (SELECT p.* FROM package p ${page}),
    items AS MATERIALIZED (SELECT i.package_id, ${ITEMS} AS items FROM package_item i
      WHERE i.merchant_id = $1 AND i.package_id = ANY (ARRAY (SELECT id FROM page)) GROUP BY i.package_id),
    asked AS MATERIALIZED (SELECT DISTINCT ON (n.package_id) n.package_id, ${INTERCEPTION} AS interception FROM interception n
      WHERE n.merchant_id = $1 AND n.package_id = ANY (ARRAY (SELECT id FROM page)) ORDER BY n.package_id, n.id DESC)
  SELECT ${COLUMNS}, i.items, n.interception
  FROM page p LEFT JOIN items i ON i.package_id = p.id LEFT JOIN asked n ON n.package_id = p.id ORDER BY ${order}`;

const TO_BE_STOPPED = `EXISTS (SELECT 1 FROM interception n
  WHERE n.merchant_id = p.merchant_id AND n.package_id = p.id AND n.answer IS NULL)`;

/** Reads packages whole, one statement whatever their number, and locks them in the order of their ids. */
@Injectable()
export class PackageStore {
  constructor(private readonly clock: Clock) {}

  async byIds(db: Db, merchantId: string, ids: readonly string[]): Promise<PackageRecord[]> {
    return this.records(db, `WHERE p.merchant_id = $1 AND p.id = ANY ($2::uuid[]) ORDER BY p.id`, [merchantId, ids]);
  }

  async byOrder(db: Db, merchantId: string, orderId: string): Promise<PackageRecord[]> {
    return this.records(db, `WHERE p.merchant_id = $1 AND p.order_id = $2 ORDER BY p.number`, [merchantId, orderId]);
  }

  /** Of several orders, of several merchants where staff look. */
  async byOrders(db: Db, orders: readonly OrderKey[]): Promise<PackageRecord[]> {
    const [merchantIds, orderIds] = [orders.map(({ merchantId }) => merchantId), orders.map(({ orderId }) => orderId)];
    const [merchantId, ...others] = new Set(merchantIds);
    if (others.length === 0 && merchantId !== undefined)
      return this.ofMerchant(db, {
        page: `WHERE p.merchant_id = $1 AND p.order_id = ANY ($2::uuid[])`,
        order: `p.order_id, p.number`,
        params: [merchantId, orderIds],
      });
    return this.records(
      db,
      `JOIN unnest($1::uuid[], $2::uuid[]) AS o (merchant_id, id) ON p.merchant_id = o.merchant_id AND p.order_id = o.id
       ORDER BY p.order_id, p.number`,
      [merchantIds, orderIds],
    );
  }

  async byManifest(db: Db, manifestId: string): Promise<PackageRecord[]> {
    return this.records(db, `WHERE p.manifest_id = $1 ORDER BY p.id`, [manifestId]);
  }

  /**
   * @param merchantId null: whoever's it is (staff)
   * @throws NotFound unknown, or another merchant's
   */
  async get(db: Db, merchantId: string | null, id: string): Promise<PackageRecord> {
    const owner = merchantId ?? (await this.ownerOf(db, id));
    const [found] = await this.byIds(db, owner, [id]);
    if (found === undefined) throw new NotFound('package');
    return found;
  }

  /** @throws NotFound */
  async ownerOf(db: Db, id: string): Promise<string> {
    const row = await one<{ merchantId: string }>(db, `SELECT merchant_id AS "merchantId" FROM package WHERE id = $1`, [
      id,
    ]);
    if (row === null) throw new NotFound('package');
    return row.merchantId;
  }

  /**
   * Locks first and reads afterwards: what a lock waited for is then seen, requests to stop included.
   * @throws NotFound one of them is unknown, or another merchant's
   */
  async lock(tx: EntityManager, merchantId: string, ids: readonly string[]): Promise<PackageRecord[]> {
    send(tx, `SELECT 1 FROM package WHERE merchant_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR UPDATE`, [
      merchantId,
      ids,
    ]);
    const found = await this.byIds(tx, merchantId, ids);
    if (found.length !== new Set(ids).size) throw new NotFound('package');
    return found;
  }

  async lockOrder(tx: EntityManager, merchantId: string, orderId: string): Promise<PackageRecord[]> {
    send(tx, `SELECT 1 FROM package WHERE merchant_id = $1 AND order_id = $2 ORDER BY id FOR UPDATE`, [
      merchantId,
      orderId,
    ]);
    return this.byOrder(tx, merchantId, orderId);
  }

  /** @throws NotFound */
  async lockOne(tx: EntityManager, merchantId: string | null, id: string): Promise<PackageRecord> {
    const [found] = await this.lock(tx, merchantId ?? (await this.ownerOf(tx, id)), [id]);
    if (found === undefined) throw new NotFound('package');
    return found;
  }

  /** Across merchants, for a manifest; those that do not exist are left out. */
  async lockAcross(tx: EntityManager, ids: readonly string[]): Promise<PackageRecord[]> {
    send(tx, `SELECT 1 FROM package WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE`, [ids]);
    return this.records(tx, `WHERE p.id = ANY ($1::uuid[]) ORDER BY p.id`, [ids]);
  }

  /** Newest first; one more row than asked tells that there is a next page. */
  async list(db: Db, filter: PackageFilter, { limit, after }: PageRequest): Promise<PackageRecord[]> {
    const { clauses, params } = filtersOf(
      [],
      [
        ['p.merchant_id =', filter.merchantId],
        ['p.warehouse =', filter.warehouse],
        ['p.courier =', filter.courier],
        ['p.tracking_number =', filter.trackingNumber],
        ['p.order_id =', filter.orderId],
      ],
    );
    if (filter.paidOnly === true) clauses.push('p.paid_at IS NOT NULL');
    if (filter.toBeStopped === true) clauses.push(TO_BE_STOPPED);
    if (filter.disputed === true) clauses.push('p.disputed AND p.settled_at IS NULL');
    const newest = newestOf('p', { ...filter, after }, params);
    const where = whereOf([...clauses, ...newest.clauses]);
    const page = `${where} ORDER BY ${newest.order} LIMIT $${params.push(limit + 1)}`;
    return filter.merchantId === null
      ? this.records(db, page, params)
      : this.ofMerchant(db, { page, order: 'p.id DESC', params });
  }

  /**
   * What waits to be picked, the longest promised first: what is past its promise stands at the head. Each warehouse's
   * head is read by its index, then the first of them all.
   */
  async toPick(db: Db, warehouses: readonly string[], { limit, after }: PageRequest): Promise<PackageRecord[]> {
    return this.records(
      db,
      `WHERE p.id = ANY (ARRAY (SELECT head.id FROM unnest($1::text[]) AS w (code) CROSS JOIN LATERAL (
           SELECT q.id, q.dispatch_due_at FROM package q WHERE q.warehouse = w.code AND q.status = 'planned'
             AND (q.dispatch_due_at, q.id) > (coalesce($2::timestamptz, '-infinity'), coalesce($3::uuid, '00000000-0000-0000-0000-000000000000'))
           ORDER BY q.dispatch_due_at, q.id LIMIT $4) AS head
         ORDER BY head.dispatch_due_at, head.id LIMIT $4))
       ORDER BY p.dispatch_due_at, p.id`,
      [warehouses, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    );
  }

  /** Null once the buyer's data were erased. */
  async addressOf(db: Db, merchantId: string, packageId: string): Promise<PostalAddress | null> {
    return one<PostalAddress>(
      db,
      `SELECT name, company, line1, line2, city, region, postal_code AS "postalCode", country, phone, email
       FROM package_address WHERE merchant_id = $1 AND package_id = $2 AND erased_at IS NULL`,
      [merchantId, packageId],
    );
  }

  /** Where packages go, by their ids; kept when the rest of an address is erased. */
  async countriesOf(db: Db, packages: readonly PackageRecord[]): Promise<Map<string, string>> {
    const found = await rows<{ id: string; country: string }>(
      db,
      `SELECT a.package_id AS id, a.country FROM package_address a
       JOIN unnest($1::uuid[], $2::uuid[]) AS p (merchant_id, id) ON a.merchant_id = p.merchant_id AND a.package_id = p.id`,
      [packages.map((p) => p.merchantId), packages.map((p) => p.id)],
    );
    return new Map(found.map(({ id, country }) => [id, country]));
  }

  /** Writes what was done, appended only; one statement for all. */
  async note(tx: EntityManager, steps: readonly StepTaken[]): Promise<void> {
    const list = steps.map((s) => ({
      merchant_id: s.merchantId,
      package_id: s.packageId,
      id: newId(),
      step: s.step,
      at: s.at.toISOString(),
      by_user: s.byUser ?? null,
      detail: s.detail ?? {},
    }));
    await rows(
      tx,
      `INSERT INTO package_step (merchant_id, package_id, id, step, at, by_user, detail)
       SELECT merchant_id, package_id, id, step, at, by_user, detail FROM jsonb_to_recordset($1::jsonb)
         AS s (merchant_id uuid, package_id uuid, id uuid, step text, at timestamptz, by_user uuid, detail jsonb)`,
      [JSON.stringify(list)],
    );
  }

  private async records(db: Db, where: string, params: readonly unknown[]): Promise<PackageRecord[]> {
    return this.recordsOf(await rows<Row>(db, `${SELECT} ${where}`, params));
  }

  private async ofMerchant(
    db: Db,
    { page, order, params }: { page: string; order: string; params: readonly unknown[] },
  ): Promise<PackageRecord[]> {
    return this.recordsOf(await rows<Row>(db, selectOfMerchant(page, order), params));
  }

  private recordsOf(found: readonly Row[]): PackageRecord[] {
    const now = this.clock.now();
    return found.map((row) => toRecord(row, now));
  }
}

function toRecord(row: Row, readAt: Date): PackageRecord {
  const { goodsMinor, shippingMinor, refundedMinor, madeGoodMinor, worthMinor, items, interception, ...same } = row;
  const money = (minor: string): Money => Money.ofMinor(minor, row.currency);
  // cancelled while its order waited for money: its share was never taken
  const wasPaid = row.status !== 'cancelled' || row.paidAt !== null;
  const planned = (minor: string): Money => (wasPaid ? money(minor) : Money.zero(row.currency));
  return {
    ...same,
    items: items.map((item) => ({ ...item, paid: money(item.paid) })),
    goodsPaid: planned(goodsMinor),
    shippingPaid: planned(shippingMinor),
    refunded: money(refundedMinor),
    madeGood: money(madeGoodMinor),
    worth: money(worthMinor),
    interception: interception === null ? null : toInterception(interception),
    readAt,
  };
}

function toInterception(row: NonNullable<Row['interception']>): Interception {
  const answeredAt = row.answeredAt === null ? null : at(row.answeredAt);
  return { ...row, requestedAt: at(row.requestedAt), answeredAt };
}

/** JSON of PostgreSQL writes instants as text. */
function at(text: string): Date {
  return new Date(text);
}
