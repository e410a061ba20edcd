import fc from 'fast-check';
import { CatalogueService, type Promised, type StockLevel } from '../../src/catalogue/catalogue.service.ts';
import { OutOfStock, StockTooLow } from '../../src/catalogue/catalogue.errors.ts';
import { asMerchant } from '../../src/database/scope.ts';
import { one, rows } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { newId } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, World } from '../support/world.ts';

describe('stock', () => {
  let test: TestApp;
  let world: World;
  let catalogue: CatalogueService;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    catalogue = test.app.get(CatalogueService);
    for (const code of ['EAST', 'WEST']) {
      expectStatus(await world.admin.put(`/v1/warehouses/${code}`, { name: code, country: 'US' }), 200);
    }
  });

  afterAll(() => test.close());

  /** A SKU of its own for a test, with so many units in EAST. */
  async function sku(units = 0): Promise<string> {
    const code = `SKU-${newId().slice(-12)}`;
    await world.variant(code, '10.00', [], 0);
    if (units > 0) await move(code, units);
    return code;
  }

  async function move(code: string, quantity: number, reason = 'receipt', warehouse = 'EAST'): Promise<void> {
    expectStatus(await world.admin.post('/v1/stock-movements', { sku: code, warehouse, quantity, reason }), 201);
  }

  const wants = (code: string, quantity: number, more: Partial<Promised> = {}): Promised => ({
    ...{ merchantId: newId(), orderId: newId(), sku: code, warehouse: 'EAST', quantity, backorder: false },
    ...more,
  });

  const reserve = (...units: Promised[]): Promise<void> => inTransaction(test.db, (tx) => catalogue.reserve(tx, units));
  /** As a merchant's own request does. */
  const release = (...units: Promised[]): Promise<void> =>
    inTransaction(asMerchant(test.db.source, units[0]?.merchantId ?? newId()), (tx) => catalogue.release(tx, units));
  const ship = (...units: Promised[]): Promise<void> => inTransaction(test.db, (tx) => catalogue.ship(tx, units));

  async function level(code: string): Promise<Pick<StockLevel, 'onHand' | 'reserved' | 'backordered'>> {
    const found = (await catalogue.stockLevels(test.db, [code])).find((l) => l.warehouse === 'EAST');
    if (found === undefined) throw new Error(`There is no stock of ${code}.`);
    return { onHand: found.onHand, reserved: found.reserved, backordered: found.backordered };
  }

  it('gives the last unit to exactly one of twenty orders that want it at once', async () => {
    const code = await sku(1);
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => reserve(wants(code, 1))));
    expect(tries.filter((t) => t.status === 'fulfilled')).toHaveLength(1);
    for (const t of tries) if (t.status === 'rejected') expect(t.reason).toBeInstanceOf(OutOfStock);
    expect(await level(code)).toEqual({ onHand: 1, reserved: 1, backordered: 0 });
  });

  it('locks in one order, so that orders for the same goods in other orders never wait in a circle', async () => {
    const [a, b] = [await sku(50), await sku(50)];
    const orders = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? [a, b] : [b, a]));
    await Promise.all(orders.map((list) => reserve(...list.map((code) => wants(code, 1)))));
    expect([(await level(a)).reserved, (await level(b)).reserved]).toEqual([20, 20]);
  });

  it('serves back-orders with a receipt, the oldest first, and says who is still owed', async () => {
    const code = await sku(1);
    const orders = [wants(code, 2, { backorder: true }), wants(code, 3, { backorder: true })] as const;
    await reserve(wants(code, 1));
    await reserve(orders[0]);
    await test.clock.advance('PT1S');
    await reserve(orders[1]);
    expect(await level(code)).toEqual({ onHand: 1, reserved: 1, backordered: 5 });

    await move(code, 3);
    expect(await level(code)).toEqual({ onHand: 4, reserved: 4, backordered: 2 });
    const owed = await inTransaction(test.db, (tx) =>
      Promise.all(orders.map((o) => catalogue.owedTo(tx, o.merchantId, o.orderId))),
    );
    expect(owed).toEqual([[], [{ sku: code, warehouse: 'EAST', quantity: 2 }]]);

    await move(code, 5);
    expect(await level(code)).toEqual({ onHand: 9, reserved: 6, backordered: 0 });
  });

  it('gives what a cancelled order gets back to the orders that wait, before anybody else', async () => {
    const code = await sku(2);
    const [first, second] = [wants(code, 2), wants(code, 2, { backorder: true })];
    await reserve(first);
    await reserve(second);
    await release(first);
    expect(await level(code)).toEqual({ onHand: 2, reserved: 2, backordered: 0 });
    await expect(reserve(wants(code, 1))).rejects.toBeInstanceOf(OutOfStock);
    await release(second);
    expect(await level(code)).toEqual({ onHand: 2, reserved: 0, backordered: 0 });
  });

  it('takes a back-order back whether its goods have come or not', async () => {
    const code = await sku();
    const order = wants(code, 5, { backorder: true });
    await reserve(order);
    await move(code, 2);
    await release(order);
    expect(await level(code)).toEqual({ onHand: 2, reserved: 0, backordered: 0 });
  });

  it('ships what was promised and nothing that never came', async () => {
    const code = await sku(2);
    const [here, owed] = [wants(code, 2), wants(code, 1, { backorder: true })];
    await reserve(here);
    await reserve(owed);
    await ship(here);
    expect(await level(code)).toEqual({ onHand: 0, reserved: 0, backordered: 1 });
    await expect(ship(owed)).rejects.toBeInstanceOf(StockTooLow);
  });

  it('lets no movement take what is promised, and keeps every movement for ever', async () => {
    const code = await sku(3);
    await reserve(wants(code, 2));
    const lost = await world.admin.post('/v1/stock-movements', {
      sku: code,
      warehouse: 'EAST',
      quantity: 2,
      reason: 'damage',
    });
    expect(lost.status).toBe(422);
    expect(lost.body).toMatchObject({ code: 'stock_too_low', available: 1, reserved: 2 });
    await move(code, 1, 'damage');
    await move(code, 4, 'adjustment');
    const sum = await one<{ sum: number }>(
      test.db,
      `SELECT sum(quantity)::int AS sum FROM stock_movement WHERE sku = $1`,
      [code],
    );
    expect([sum?.sum, (await level(code)).onHand]).toEqual([6, 6]);
    await expect(rows(test.db, `UPDATE stock_movement SET quantity = 9 WHERE sku = $1`, [code])).rejects.toThrow(
      'permission denied',
    );
    await expect(rows(test.db, `DELETE FROM stock_movement WHERE sku = $1`, [code])).rejects.toThrow(
      'permission denied',
    );
  });

  it('tells a merchant once that what it asked for is back, after the orders that wait', async () => {
    const merchant = await world.merchant();
    const code = await sku();
    const served = wants(code, 2, { backorder: true });
    await reserve(served);
    expectStatus(await merchant.caller.post('/v1/restock-requests', { sku: code, quantity: 3 }), 201);
    await move(code, 2);
    const open = expectStatus<{ data: { status: string }[] }>(await merchant.caller.get('/v1/restock-requests'), 200);
    expect(open.data.map((r) => r.status)).toEqual(['open']);
    await release(served);
    await move(code, 1);
    const told = await rows(test.db, `SELECT 1 FROM event WHERE name = 'stock.restocked' AND payload->>'sku' = $1`, [
      code,
    ]);
    expect(told).toHaveLength(1);
    const done = expectStatus<{ data: { status: string }[] }>(await merchant.caller.get('/v1/restock-requests'), 200);
    expect(done.data.map((r) => r.status)).toEqual(['restocked']);
  });

  it('tells that a SKU is gone when its last free unit goes, and not before', async () => {
    const code = await sku(2);
    await move(code, 1, 'receipt', 'WEST');
    const told = async (): Promise<number> =>
      (await rows(test.db, `SELECT 1 FROM event WHERE name = 'stock.depleted' AND payload->>'sku' = $1`, [code]))
        .length;
    await reserve(wants(code, 2));
    expect(await told()).toBe(0);
    await reserve(wants(code, 1, { warehouse: 'WEST' }));
    expect(await told()).toBe(1);
  });

  it('agrees with a simple count after any sequence of steps', async () => {
    type Step = { kind: 'receive' | 'order' | 'cancel' | 'ship'; units: number };
    const step = fc.record({
      kind: fc.constantFrom<Step['kind']>('receive', 'order', 'order', 'cancel', 'ship'),
      units: fc.integer({ min: 1, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const code = await sku();
        let onHand = 0;
        const open: Promised[][] = [];
        const promised = (): number => open.flat().reduce((sum, u) => sum + u.quantity, 0);
        for (const { kind, units } of steps) {
          if (kind === 'receive') {
            await move(code, units);
            onHand += units;
          } else if (kind === 'order') {
            const free = Math.min(units, Math.max(0, onHand - promised()));
            const order = wants(code, free);
            const parts = [order, { ...order, quantity: units - free, backorder: true }].filter((p) => p.quantity > 0);
            await reserve(...parts);
            open.push(parts);
          } else if (kind === 'cancel') {
            const last = open.pop();
            if (last !== undefined) await release(...last);
          } else {
            const first = open[0] ?? [];
            const quantity = first.reduce((sum, u) => sum + u.quantity, 0);
            if (quantity === 0 || quantity > onHand) continue; // the oldest order: whatever has come is its own
            await ship(...first);
            open.shift();
            onHand -= quantity;
          }
          const reserved = Math.min(onHand, promised());
          expect(await level(code)).toEqual({ onHand, reserved, backordered: promised() - reserved });
        }
      }),
      { numRuns: 15 },
    );
  });
});
