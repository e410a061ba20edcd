import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { counted, transactionsOf } from '../support/counted.ts';
import { expectStatus, SHIP_TO, World, type Merchant } from '../support/world.ts';

describe('what happens behind a request', () => {
  let test: TestApp;
  let world: World;
  let shop: Merchant;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    await world.catalogue();
    shop = await world.merchant('1000.00');
    await place('WARM-1');
    await test.settle();
  });

  afterAll(async () => {
    await test.close();
  });

  async function place(reference: string): Promise<void> {
    const items = [
      { sku: 'LAMP', quantity: 2 },
      { sku: 'POWERBANK', quantity: 1 },
    ];
    const order = { reference, currency: 'USD', ship_to: SHIP_TO, items };
    expectStatus(await shop.caller.post('/v1/orders', order), 201);
  }

  it('hands the events of an order to all who listen in one transaction of at most 5 round trips, and makes no row a listener', async () => {
    const lengths: number[] = [];
    for (const reference of ['COUNT-1', 'COUNT-2', 'COUNT-3', 'COUNT-4', 'COUNT-5']) {
      const sent = await counted(async () => {
        await place(reference);
        await test.settle();
      });
      const relayed = sent
        .flatMap(transactionsOf)
        .filter((trips) => trips.flat().some((sql) => sql.includes('event_lane')));
      const [whole = []] = relayed.filter((trips) =>
        trips.flat().some((sql) => sql.includes('INSERT INTO event_view')),
      );
      expect(whole.flat().filter((sql) => /INTO (event_view|invoice|mail) /.test(sql))).toHaveLength(3);
      expect(sent.flat(2).filter((sql) => sql.includes('INTO event_delivery'))).toEqual([]);
      // a look that came meanwhile may have found nothing left
      expect(relayed.filter((list) => list !== whole && list.length > 3)).toEqual([]);
      lengths.push(whole.length);
    }
    expect(Math.min(...lengths)).toBeLessThanOrEqual(5); // on a connection that has prepared all of it
  });
});
