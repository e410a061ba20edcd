import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { rows, send, type Db, type Statement } from '../database/sql.ts';
import { gather, goToHouse, writeNow } from '../database/transaction.ts';
import { Outbox } from '../events/outbox.ts';
import { Clock, instant } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { OutOfStock, StockTooLow } from './catalogue.errors.ts';
import { Shelf, type Promised, type StockLevel, type StockUnits, type Taken } from './shelf.ts';

export type { Promised, StockLevel, StockUnits } from './shelf.ts';

/** What is told of the operator's own stock is no merchant's. */
const HOUSE = '00000000-0000-0000-0000-000000000000';

export type MovementReason = 'receipt' | 'adjustment' | 'damage' | 'return';

export interface Movement extends StockUnits {
  id: string;
  reason: MovementReason | 'shipment';
  byUser: string | null;
  at: Date;
}

/** What is added to a row of stock: units on hand, reserved, back-ordered; below zero takes away. */
interface Change {
  sku: string;
  warehouse: string;
  hand: number;
  reserved: number;
  owed: number;
}

const LEVEL = `sku, warehouse, on_hand AS "onHand", reserved, backordered`;
const GIVEN = `given AS (SELECT sku, warehouse, sum(a)::int AS a, sum(b)::int AS b, sum(c)::int AS c
  FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[]) AS g (sku, warehouse, a, b, c) GROUP BY sku, warehouse)`;

/**
 * Adds hand, reserved and owed to locked rows, and gives what is free then to the oldest back-orders. Rows that would go
 * below zero, or below what is reserved, are left out of the answer and unchanged.
 */
const CHANGE = `
  WITH ${GIVEN}, queue AS (
    SELECT b.*, s.on_hand + g.a - s.reserved - g.b AS free,
      sum(b.quantity) OVER (PARTITION BY b.sku, b.warehouse ORDER BY b.placed_at, b.order_id) - b.quantity AS before
    FROM back_order b JOIN given g USING (sku, warehouse) JOIN stock s USING (sku, warehouse)
  ), served AS (
    SELECT merchant_id, order_id, sku, warehouse, quantity, least(quantity, free - before)::int AS units FROM queue WHERE before < free
  ), done AS (
    DELETE FROM back_order b USING served v WHERE b.merchant_id = v.merchant_id AND b.order_id = v.order_id AND b.sku = v.sku
      AND b.warehouse = v.warehouse AND v.units = v.quantity
  ), partly AS (
    UPDATE back_order b SET quantity = b.quantity - v.units FROM served v WHERE b.merchant_id = v.merchant_id
      AND b.order_id = v.order_id AND b.sku = v.sku AND b.warehouse = v.warehouse AND v.units < v.quantity
  ), sums AS (
    SELECT g.*, coalesce((SELECT sum(v.units) FROM served v WHERE v.sku = g.sku AND v.warehouse = g.warehouse), 0)::int AS served FROM given g
  )
  UPDATE stock s SET on_hand = s.on_hand + g.a, reserved = s.reserved + g.b + g.served, backordered = s.backordered + g.c - g.served
  FROM sums g WHERE s.sku = g.sku AND s.warehouse = g.warehouse AND s.reserved + g.b >= 0 AND s.on_hand + g.a >= s.reserved + g.b
  RETURNING s.sku, s.warehouse, s.on_hand AS "onHand", s.reserved, s.backordered`;

/** Takes from what is free (a) and promises what is not there (b), for orders whose rows are locked or not. */
const RESERVE = `
  WITH ${GIVEN}, locked AS (
    SELECT s.sku, s.warehouse FROM stock s JOIN given g USING (sku, warehouse) ORDER BY s.sku, s.warehouse FOR UPDATE OF s
  ), changed AS (
    UPDATE stock s SET reserved = s.reserved + g.a, backordered = s.backordered + g.b FROM locked l JOIN given g USING (sku, warehouse)
    WHERE s.sku = l.sku AND s.warehouse = l.warehouse AND s.on_hand - s.reserved >= g.a
    RETURNING s.sku, s.warehouse, s.on_hand, s.reserved
  ), promised AS (
    INSERT INTO back_order (merchant_id, order_id, sku, warehouse, quantity, placed_at)
    SELECT p.*, $8::timestamptz FROM unnest($6::uuid[], $7::uuid[], $1::text[], $2::text[], $4::int[]) AS p (merchant_id, order_id, sku, warehouse, quantity)
    JOIN changed USING (sku, warehouse) WHERE p.quantity > 0
  )
  SELECT c.sku, c.warehouse, (SELECT sum(o.on_hand - o.reserved) FROM stock o WHERE o.sku = c.sku AND o.warehouse <> ALL (
      SELECT x.warehouse FROM changed x WHERE x.sku = c.sku))::int AS elsewhere, c.on_hand - c.reserved AS free FROM changed c`;

const [TAKEN, OWED] = ['stock', 'back orders'];

const promising = (taken: readonly Taken[]): Statement => ({
  text: 'SELECT stock_promise($1::jsonb)',
  values: [JSON.stringify(taken)],
});

const owing = (owed: readonly (Promised & { at: string })[]): Statement => ({
  text: `INSERT INTO back_order (merchant_id, order_id, sku, warehouse, quantity, placed_at)
   SELECT * FROM jsonb_to_recordset($1::jsonb)
     AS o ("merchantId" uuid, "orderId" uuid, sku text, warehouse text, quantity int, at timestamptz)`,
  values: [JSON.stringify(owed)],
});

/** The counting of stock. Rows are locked in the order of sku and warehouse, by everyone. */
@Injectable()
export class StockService {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  /** Locks every row of the SKUs until the transaction ends. */
  lock(tx: EntityManager, skus: readonly string[]): Promise<StockLevel[]> {
    const sql = `SELECT ${LEVEL} FROM stock WHERE sku = ANY ($1::text[]) ORDER BY sku, warehouse FOR UPDATE`;
    return rows<StockLevel>(tx, sql, [[...new Set(skus)].sort()]);
  }

  /** Locks every row of the SKUs, for orders that take from them one after the other. */
  async openShelf(tx: EntityManager, skus: readonly string[]): Promise<Shelf> {
    return new Shelf(await this.lock(tx, skus));
  }

  /** Writes with COMMIT what orders took from the shelf, and tells of what is gone. */
  keepShelf(tx: EntityManager, shelf: Shelf): void {
    const at = instant(this.clock.now());
    for (const taken of shelf.taken()) gather(tx, TAKEN, taken, promising);
    for (const owed of shelf.owed()) gather(tx, OWED, { ...owed, at }, owing);
    for (const sku of shelf.soldOut()) this.outbox.tell(tx, 'stock.depleted', { merchantId: HOUSE, sku, at });
  }

  /** Writes now what was gathered: whatever comes after it in the transaction sees it. */
  storeTaken(tx: EntityManager): Promise<void> {
    return writeNow(tx, TAKEN, OWED);
  }

  levels(db: Db, skus: readonly string[]): Promise<StockLevel[]> {
    return rows<StockLevel>(db, `SELECT ${LEVEL} FROM stock WHERE sku = ANY ($1::text[]) ORDER BY sku, warehouse`, [
      skus,
    ]);
  }

  /**
   * Promises units to orders: those of the shelf, and as back-order those that are not there.
   * @throws OutOfStock somebody else took them
   */
  async reserve(tx: EntityManager, units: readonly Promised[]): Promise<void> {
    const sums = promises(units);
    if (sums.length === 0) return;
    const answered = await rows<{ sku: string; warehouse: string; free: number; elsewhere: number | null }>(
      tx,
      RESERVE,
      [
        sums.map((s) => s.sku),
        sums.map((s) => s.warehouse),
        sums.map((s) => s.firm),
        sums.map((s) => s.owed),
        sums.map(() => 0),
        sums.map((s) => s.merchantId),
        sums.map((s) => s.orderId),
        this.clock.now(),
      ],
    );
    const missing = sums.find((s) => !answered.some((a) => a.sku === s.sku && a.warehouse === s.warehouse));
    if (missing !== undefined) await this.refuse(tx, missing.sku, units);
    const at = instant(this.clock.now());
    for (const sku of new Set(sums.filter((s) => s.firm > 0).map((s) => s.sku))) {
      const here = answered.filter((a) => a.sku === sku);
      const left = here.reduce((sum, a) => sum + a.free, here[0]?.elsewhere ?? 0);
      if (left === 0) this.outbox.tell(tx, 'stock.depleted', { merchantId: HOUSE, sku, at });
    }
  }

  /** Gives promised units up: an order's or a package's cancellation. */
  async release(tx: EntityManager, units: readonly Promised[]): Promise<void> {
    await this.lock(
      tx,
      units.map((u) => u.sku),
    );
    const changes: Change[] = [];
    for (const { firm, owed, ...s } of promises(units)) {
      const withdrawn = owed === 0 ? 0 : await this.withdraw(tx, { ...s, quantity: owed });
      changes.push({
        sku: s.sku,
        warehouse: s.warehouse,
        hand: 0,
        reserved: withdrawn - firm - owed,
        owed: -withdrawn,
      });
    }
    await this.change(tx, changes);
  }

  /** Promised units leave the warehouse: at hand-over. @throws StockTooLow they never came in */
  async ship(tx: EntityManager, units: readonly StockUnits[]): Promise<void> {
    await this.lock(
      tx,
      units.map((u) => u.sku),
    );
    const at = this.clock.now();
    await this.change(
      tx,
      units.map(({ sku, warehouse, quantity }) => ({ sku, warehouse, hand: -quantity, reserved: -quantity, owed: 0 })),
    );
    this.keep(
      tx,
      units.map((u) => ({ ...u, quantity: -u.quantity, id: newId(), reason: 'shipment', byUser: null, at })),
    );
  }

  /** Goods that came back and can be sold again. */
  async returnToStock(tx: EntityManager, units: readonly StockUnits[]): Promise<void> {
    const at = this.clock.now();
    await this.move(
      tx,
      units.map((u) => ({ ...u, id: newId(), reason: 'return', byUser: null, at })),
    );
  }

  /**
   * Counts units in or out and writes the movements down. What comes in serves back-orders, the oldest first.
   * @param movements quantity below zero takes away
   * @throws StockTooLow they are not there, or promised
   */
  async move(tx: EntityManager, movements: readonly Movement[]): Promise<StockLevel[]> {
    await this.lock(
      tx,
      movements.map((m) => m.sku),
    );
    const changes = movements.map(({ sku, warehouse, quantity }) => ({
      sku,
      warehouse,
      hand: quantity,
      reserved: 0,
      owed: 0,
    }));
    const levels = await this.change(tx, changes);
    this.keep(tx, movements);
    for (const { sku, warehouse, quantity, at, reason } of movements) {
      if (reason !== 'receipt' && reason !== 'return') continue;
      this.outbox.tell(tx, 'stock.received', { merchantId: HOUSE, sku, warehouse, quantity, at: instant(at) });
    }
    return levels;
  }

  /** What the order was promised and no shelf has yet. */
  owed(db: Db, merchantId: string, orderId: string): Promise<StockUnits[]> {
    const sql = `SELECT sku, warehouse, quantity FROM back_order WHERE merchant_id = $1 AND order_id = $2 ORDER BY sku, warehouse`;
    return rows<StockUnits>(db, sql, [merchantId, orderId]);
  }

  /** @throws StockTooLow a row would go below zero or below what is reserved */
  private async change(tx: EntityManager, changes: readonly Change[]): Promise<StockLevel[]> {
    if (changes.length === 0) return [];
    goToHouse(tx); // units that become free are other merchants' back-orders' and restock requests'
    const levels = await rows<StockLevel>(tx, CHANGE, [
      changes.map((c) => c.sku),
      changes.map((c) => c.warehouse),
      changes.map((c) => c.hand),
      changes.map((c) => c.reserved),
      changes.map((c) => c.owed),
    ]);
    const missing = changes.find((c) => !levels.some((l) => l.sku === c.sku && l.warehouse === c.warehouse));
    if (missing !== undefined) {
      const { sku, warehouse } = missing;
      const level = (await this.levels(tx, [sku])).find((l) => l.warehouse === warehouse);
      throw new StockTooLow(level ?? { sku, warehouse, onHand: 0, reserved: 0 });
    }
    await this.announce(tx, levels);
    return levels;
  }

  /** Tells the merchants who asked, once, that a SKU can be had again. */
  private async announce(tx: EntityManager, levels: readonly StockLevel[]): Promise<void> {
    const free = levels.filter((l) => l.onHand > l.reserved).map((l) => l.sku);
    if (free.length === 0) return;
    const at = this.clock.now();
    const told = await rows<{ merchantId: string; sku: string }>(
      tx,
      `UPDATE restock_request SET restocked_at = $2 WHERE sku = ANY ($1::text[]) AND restocked_at IS NULL
       RETURNING merchant_id AS "merchantId", sku`,
      [free, at],
    );
    for (const request of told) this.outbox.tell(tx, 'stock.restocked', { ...request, at: instant(at) });
  }

  /** Takes back what an order is still owed. @returns how many units that were */
  private async withdraw(tx: EntityManager, owed: Omit<Promised, 'backorder'>): Promise<number> {
    const key = [owed.merchantId, owed.orderId, owed.sku, owed.warehouse];
    const where = 'merchant_id = $1 AND order_id = $2 AND sku = $3 AND warehouse = $4';
    const [row] = await rows<{ quantity: number }>(tx, `SELECT quantity FROM back_order WHERE ${where}`, key);
    const open = row?.quantity ?? 0;
    if (open > owed.quantity)
      await rows(tx, `UPDATE back_order SET quantity = quantity - $5 WHERE ${where}`, [...key, owed.quantity]);
    else if (open > 0) await rows(tx, `DELETE FROM back_order WHERE ${where}`, key);
    return Math.min(open, owed.quantity);
  }

  private keep(tx: EntityManager, movements: readonly Movement[]): void {
    send(
      tx,
      `INSERT INTO stock_movement (id, sku, warehouse, quantity, reason, by_user, moved_at)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::text[], $6::uuid[], $7::timestamptz[])`,
      [
        movements.map((m) => m.id),
        movements.map((m) => m.sku),
        movements.map((m) => m.warehouse),
        movements.map((m) => m.quantity),
        movements.map((m) => m.reason),
        movements.map((m) => m.byUser),
        movements.map((m) => m.at),
      ],
    );
  }

  private async refuse(tx: EntityManager, sku: string, units: readonly Promised[]): Promise<never> {
    const left = (await this.levels(tx, [sku])).reduce((sum, l) => sum + l.onHand - l.reserved, 0);
    const asked = units.reduce((sum, u) => sum + (u.sku === sku ? u.quantity : 0), 0);
    throw new OutOfStock([{ sku, asked, left, pointer: null }]);
  }
}

interface PromiseSum extends Omit<Promised, 'backorder' | 'quantity'> {
  firm: number;
  owed: number;
}

/** One row an order, SKU and warehouse. */
function promises(units: readonly Promised[]): PromiseSum[] {
  const sums = new Map<string, PromiseSum>();
  for (const { merchantId, orderId, sku, warehouse, quantity, backorder } of units) {
    const key = JSON.stringify([orderId, sku, warehouse]);
    const sum = sums.get(key) ?? { merchantId, orderId, sku, warehouse, firm: 0, owed: 0 };
    if (backorder) sum.owed += quantity;
    else sum.firm += quantity;
    sums.set(key, sum);
  }
  return [...sums.values()];
}
