import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { counted, transactionsOf } from '../support/counted.ts';
import { expectStatus, SHIP_TO, World, type Merchant } from '../support/world.ts';

describe('round trips to the database', () => {
  let test: TestApp;
  let world: World;
  let shop: Merchant;

  beforeAll(async () => {
    test = await startApp({ ROLE: 'api' }); // no relay beside: only the request's own statements are counted
    world = await World.open(test);
    await world.catalogue();
    shop = await world.merchant('1000.00');
  });

  afterAll(async () => {
    await test.close();
  });

  it('places an order of two lines in at most five, BEGIN and COMMIT among them', async () => {
    const order = (reference: string) => ({
      ...{ reference, currency: 'USD', ship_to: SHIP_TO },
      items: [
        { sku: 'LAMP', quantity: 2 },
        { sku: 'POWERBANK', quantity: 1 },
      ],
    });
    expectStatus(await shop.caller.post('/v1/orders', order('WARM-1')), 201); // what rarely changes is in the caches now
    const sent = await counted(async () => {
      expect(expectStatus<{ status: string }>(await shop.caller.post('/v1/orders', order('COUNT-1')), 201).status).toBe(
        'paid',
      );
    });
    // cache refreshes and the sandbox clock's own looks go over other connections: they are nobody's order
    const [own = []] = sent
      .flatMap(transactionsOf)
      .filter((trips) => trips.flat().some((sql) => sql.includes('order_place(')));
    expect(own.length).toBeGreaterThan(2);
    expect(own.length).toBeLessThanOrEqual(5);
  });

  it.each(['/v1/warehouses', '/v1/couriers', '/v1/couriers/ups', '/v1/settings'])(
    'reads %s in one, past all the goods',
    async (path) => {
      expectStatus(await world.admin.get(path), 200); // the session is known, the statement prepared
      const sent = await counted(async () => {
        expectStatus(await world.admin.get(path), 200);
      });
      const own = sent.flat(2).filter((sql) => /FROM (warehouse|courier|setting)\b/.test(sql));
      expect(own).toHaveLength(1);
      expect(own[0]).not.toContain('FROM variant');
    },
  );
});
