import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { EasyPostServer as StoreServer } from '../support/easypost-server.ts';
import { until } from '../support/receiver.ts';
import { expectStatus, World } from '../support/world.ts';

const SECRET = 'a secret of the store';
/** Of ours in one of the store's; a parcel takes 40 of them, and the order has two. */
const UNITS = 30;

describe('a set that leaves in several parcels', () => {
  let test: TestApp;
  let world: World;
  const server = new StoreServer();
  let url: string;

  beforeAll(async () => {
    url = await server.start();
    test = await startApp({ WEBHOOK_ALLOW_LOCAL: 'true', WEBHOOK_TIMEOUT_SECONDS: '2' });
    world = await World.open(test);
    await world.catalogue();
  });
  afterAll(async () => {
    await test.close();
    await server.stop();
  });

  it('is told to the store as it becomes whole, every set of it once', async () => {
    const shop = await world.merchant('5000.00');
    const body = { kind: 'shopify', name: 'The store', url, webhook_secret: SECRET, access_token: 'shpat_0123456789' };
    const store = expectStatus<{ id: string; webhook_url: string }>(await shop.caller.post('/v1/stores', body), 201);
    for (const [storeSku, sku, quantity] of [
      ['SHOP-LAMP', 'LAMP', UNITS],
      ['variant:447654529', 'POWERBANK', 1],
    ] as const)
      expectStatus(
        await shop.caller.put(`/v1/stores/${store.id}/skus/${encodeURIComponent(storeSku)}`, { sku, quantity }),
        200,
      );
    const order = readFileSync(new URL('../data/stores/shopify-order.json', import.meta.url), 'utf8');
    const signed = createHmac('sha256', SECRET).update(order).digest('base64');
    const headers = { 'X-Shopify-Topic': 'orders/create', 'X-Shopify-Hmac-Sha256': signed };
    const told = await test.http
      .post(new URL(store.webhook_url).pathname)
      .set({ ...headers, 'Content-Type': 'application/json' })
      .send(order);
    const { store_order: held } = expectStatus<{ store_order: { id: string; order: string } }>(told, 200);
    const { packages } = expectStatus<{ packages: { id: string; items: { line: number; quantity: number }[] }[] }>(
      await shop.caller.get(`/v1/orders/${held.order}`),
      200,
    );
    const lamps = packages.filter(({ items: [item] }) => item?.line === 1);
    expect(lamps.map(({ items }) => items[0]?.quantity).sort()).toEqual([20, 40]);

    let left = 2;
    server.otherwise = ({ line, body: sent }) => {
      if (line.startsWith('POST')) {
        left -= JSON.stringify(sent).includes('"quantity":2') ? 2 : 1;
        return { status: 201, body: '{}' };
      }
      const line_items = `[{"id":11,"line_item_id":866550311766439020,"fulfillable_quantity":${left}}]`;
      return { status: 200, body: `{"fulfillment_orders":[{"id":1,"status":"open","line_items":${line_items}}]}` };
    };
    for (const [n, { id }] of lamps.entries()) {
      await world.ship(id, `1Z999AA1012345678${n}`);
      await test.settle();
    }
    await until(
      async () =>
        expectStatus<{ dispatches: { status: string }[] }>(await shop.caller.get(`/v1/store-orders/${held.id}`), 200),
      ({ dispatches }) => dispatches.length === 2 && dispatches.every(({ status }) => status === 'told'),
    );
    expect(left).toBe(0);
  });
});
