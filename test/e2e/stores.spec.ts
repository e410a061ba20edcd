import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import { rows } from '../../src/database/sql.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { EasyPostServer as StoreServer, type SeenCall } from '../support/easypost-server.ts';
import { until } from '../support/receiver.ts';
import { expectStatus, World, type Merchant } from '../support/world.ts';

interface StoreJson {
  id: string;
  webhook_url: string;
}

interface StoreOrderJson {
  id: string;
  status: string;
  reason: string | null;
  order: string | null;
  dispatches: { status: string; attempts: number; last_error: string | null }[];
}

interface OrderJson {
  id: string;
  reference: string;
  status: string;
  ship_to: { name: string } | null;
  items: { sku: string; quantity: number }[];
  packages: { id: string; items: { line: number }[] }[];
}

const SECRET = 'a secret of the store';
const sample = (name: string): string => readFileSync(new URL(`../data/stores/${name}.json`, import.meta.url), 'utf8');

describe('stores that are connected directly', () => {
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

  async function connect(
    kind: 'shopify' | 'woocommerce',
    money = '500.00',
  ): Promise<{ shop: Merchant; store: StoreJson }> {
    const shop = await world.merchant(money);
    const token = kind === 'shopify' ? 'shpat_0123456789' : 'ck_0123:cs_4567';
    const body = { kind, name: 'The store', url, webhook_secret: SECRET, access_token: token };
    return { shop, store: expectStatus<StoreJson>(await shop.caller.post('/v1/stores', body), 201) };
  }

  function send(store: StoreJson, headers: Record<string, string>, body: string, secret = SECRET): Promise<Response> {
    const signature = createHmac('sha256', secret).update(body).digest('base64');
    const kind = 'x-shopify-topic' in headers ? 'x-shopify-hmac-sha256' : 'x-wc-webhook-signature';
    const all = { 'content-type': 'application/json', [kind]: signature, ...headers };
    return test.http.post(new URL(store.webhook_url).pathname).set(all).send(body);
  }
  const shopify = (store: StoreJson, topic: string, change: object = {}) => {
    const fields = Object.entries(change).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    const body = sample('shopify-order')
      .trimEnd()
      .replace(/\}$/, `${fields.map((field) => `,${field}`).join('')}}`);
    return send(store, { 'x-shopify-topic': topic }, body);
  };
  /** As WooCommerce tells of the sample at a time of its day. */
  const woo = (status: string, time: string): string =>
    sample('woo-order')
      .replace('"processing"', JSON.stringify(status))
      .replace('"date_modified_gmt": "2026-05-03T19:28:08"', `"date_modified_gmt": "2026-05-03T${time}"`);
  const heard = async (store: StoreJson, topic: string, body: string): Promise<string> =>
    expectStatus<{ status: string }>(await send(store, { 'x-wc-webhook-topic': topic }, body), 200).status;
  const storeOrder = async (shop: Merchant, id: string): Promise<StoreOrderJson> =>
    expectStatus<StoreOrderJson>(await shop.caller.get(`/v1/store-orders/${id}`), 200);
  const ordersOf = async (shop: Merchant): Promise<OrderJson[]> =>
    expectStatus<{ data: OrderJson[] }>(await shop.caller.get('/v1/orders'), 200).data;
  const map = async (shop: Merchant, store: StoreJson, storeSku: string, sku: string, quantity = 1): Promise<void> =>
    void expectStatus(
      await shop.caller.put(`/v1/stores/${store.id}/skus/${encodeURIComponent(storeSku)}`, { sku, quantity }),
      200,
    );

  it('hold an order whose goods nobody knows, and place it by itself when they are mapped, once', async () => {
    const { shop, store } = await connect('shopify');
    const first = expectStatus<{ store_order: StoreOrderJson }>(await shopify(store, 'orders/create'), 200);
    expect(first.store_order).toMatchObject({ status: 'held', reason: 'sku_not_mapped', order: null });
    await map(shop, store, 'SHOP-LAMP', 'LAMP');
    await map(shop, store, 'variant:447654529', 'POWERBANK', 2);
    const placed = await until(
      () => storeOrder(shop, first.store_order.id),
      ({ status }) => status === 'placed',
    );
    expect(placed.order).not.toBeNull();
    for (let again = 0; again < 3; again += 1) expectStatus(await shopify(store, 'orders/create'), 200);
    const orders = await ordersOf(shop);
    expect(orders).toMatchObject([{ reference: '9999', status: 'paid', ship_to: { name: 'Steve Shipper' } }]);
    expect(orders[0]?.items.map(({ sku, quantity }) => [sku, quantity])).toEqual([
      ['LAMP', 2],
      ['POWERBANK', 2],
    ]);
  });

  it('place one order when the same message comes ten times at once', async () => {
    const { shop, store } = await connect('woocommerce');
    await map(shop, store, 'variant:93', 'LAMP');
    const body = sample('woo-order');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => send(store, { 'x-wc-webhook-topic': 'order.created' }, body)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await ordersOf(shop)).toHaveLength(1);
  });

  it('refuse what is not signed by the store, what is no order, and a store that is not there', async () => {
    const { shop, store } = await connect('shopify');
    const topic = { 'x-shopify-topic': 'orders/create' };
    const forged = await send(store, topic, sample('shopify-order'), 'another secret');
    expect([forged.status, forged.body.code]).toEqual([401, 'invalid_signature']);
    for (const body of ['{', '[]', '{}', '"x"', '{"id":1,"updated_at":"then","currency":"USD"}']) {
      const answer = await send(store, topic, body);
      expect([body, answer.status, answer.body.code]).toEqual([body, 422, 'message_unreadable']);
    }
    expectStatus(await shop.caller.delete(`/v1/stores/${store.id}`), 204);
    const gone = await shopify(store, 'orders/create');
    expect([gone.status, gone.body.detail]).toEqual([401, forged.body.detail]);
    expect(await ordersOf(shop)).toEqual([]);
  });

  it('wait for the money of the buyer, or for whoever releases the order', async () => {
    const { shop, store } = await connect('woocommerce');
    await map(shop, store, 'variant:93', 'LAMP');
    const pending = sample('woo-order').replace('"processing"', '"pending"');
    const told = expectStatus<{ store_order: StoreOrderJson }>(
      await send(store, { 'x-wc-webhook-topic': 'order.created' }, pending),
      200,
    );
    expect(told.store_order).toMatchObject({ status: 'held', reason: 'not_paid' });
    expectStatus(await shop.caller.post(`/v1/store-orders/${told.store_order.id}/release`), 200);
    expect(await ordersOf(shop)).toMatchObject([{ reference: '727' }]);
    const again = await shop.caller.post(`/v1/store-orders/${told.store_order.id}/release`);
    expect([again.status, again.body.code]).toEqual([409, 'illegal_step']);
  });

  it('cancel what they take back, by the policy, also before the order has come', async () => {
    const { shop, store } = await connect('shopify');
    await map(shop, store, 'SHOP-LAMP', 'LAMP');
    await map(shop, store, 'variant:447654529', 'POWERBANK');
    expectStatus(await shopify(store, 'orders/create'), 200);
    const gone = { updated_at: '2026-05-03T10:00:00-04:00', cancelled_at: '2026-05-03T10:00:00-04:00' };
    expectStatus(await shopify(store, 'orders/cancelled', gone), 200);
    expect(await ordersOf(shop)).toMatchObject([{ status: 'cancelled' }]);
    const other = await connect('shopify');
    expectStatus(await shopify(other.store, 'orders/cancelled', gone), 200);
    const bare = { updated_at: null, created_at: null, cancelled_at: null };
    const third = await connect('shopify');
    const said = expectStatus<{ status: string }>(await shopify(third.store, 'orders/cancelled', bare), 200);
    expect(said.status).toBe('cancelled');
    const late = expectStatus<{ status: string }>(await shopify(other.store, 'orders/create'), 200);
    expect(late.status).toBe('cancelled');
    expect(await ordersOf(other.shop)).toEqual([]);
  });

  it('place what is paid after all, in whatever order the messages come', async () => {
    const { shop, store } = await connect('woocommerce');
    await map(shop, store, 'variant:93', 'LAMP');
    const failed = woo('failed', '20:00:00');
    const paid = woo('processing', '20:05:00');
    expect(await heard(store, 'order.updated', failed)).toBe('cancelled');
    expect(await heard(store, 'order.updated', paid)).toBe('placed');
    expect(await heard(store, 'order.updated', failed)).toBe('placed');
    expect(await ordersOf(shop)).toMatchObject([{ reference: '727', status: 'paid' }]);
    const other = await connect('woocommerce');
    await map(other.shop, other.store, 'variant:93', 'LAMP');
    for (const [body, status] of [
      [failed, 'cancelled'],
      [woo('cancelled', '20:10:00'), 'cancelled'],
      [paid, 'cancelled'], // older than what cancelled it last
    ] as const)
      expect(await heard(other.store, 'order.updated', body)).toBe(status);
    expect(await ordersOf(other.shop)).toEqual([]);
  });

  it('place nothing of what they have deleted, until they restore it', async () => {
    const { shop, store } = await connect('woocommerce');
    await map(shop, store, 'variant:93', 'LAMP');
    expect(await heard(store, 'order.deleted', '{"id":727}')).toBe('cancelled');
    expect(await heard(store, 'order.created', sample('woo-order'))).toBe('cancelled');
    expect(await ordersOf(shop)).toEqual([]);
    expect(await heard(store, 'order.restored', woo('processing', '20:05:00'))).toBe('placed');
    expect(await ordersOf(shop)).toMatchObject([{ reference: '727', status: 'paid' }]);
    const nameless = await send(store, { 'x-wc-webhook-topic': 'order.deleted' }, '{}');
    expect([nameless.status, nameless.body.code]).toEqual([422, 'message_unreadable']);
  });

  it('hear of each parcel with its number, though their API fails at first', async () => {
    const { shop, store } = await connect('shopify');
    await map(shop, store, 'SHOP-LAMP', 'LAMP');
    await map(shop, store, 'variant:447654529', 'POWERBANK');
    const made = expectStatus<{ store_order: StoreOrderJson }>(await shopify(store, 'orders/create'), 200);
    const [order] = await ordersOf(shop);
    const lamps = order?.packages.find(({ items }) => items.some(({ line }) => line === 1));
    server.seen.length = 0;
    server.answers = [{ status: 503, body: '{}' }];
    server.otherwise = (call) => ({ status: call.line.startsWith('POST') ? 201 : 200, body: shopifyAnswer(call) });
    await world.ship(lamps?.id ?? '', '1Z999AA10123456784');
    await test.settle();
    await until(
      () => storeOrder(shop, made.store_order.id),
      ({ dispatches: [dispatch] }) => dispatch?.last_error?.startsWith('status 503') === true,
    );
    await rows(test.db, 'UPDATE store_dispatch SET next_at = clock_timestamp() WHERE next_at IS NOT NULL');
    const told = await until(
      () => storeOrder(shop, made.store_order.id),
      ({ dispatches: [dispatch] }) => dispatch?.status === 'told',
    );
    expect(told.dispatches).toMatchObject([{ status: 'told', attempts: 2 }]);
    const posted = server.seen.filter(({ line }) => line.startsWith('POST'));
    expect(posted).toMatchObject([
      {
        line: 'POST /admin/api/2025-07/fulfillments.json',
        body: {
          fulfillment: {
            line_items_by_fulfillment_order: [
              { fulfillment_order_id: 1, fulfillment_order_line_items: [{ id: 11, quantity: 2 }] },
            ],
            tracking_info: { number: '1Z999AA10123456784', company: 'UPS' },
          },
        },
      },
    ]);
  });

  it('keep their ids and secrets from everybody else', async () => {
    const { shop, store } = await connect('shopify');
    const other = await world.merchant();
    for (const path of [`/v1/stores/${store.id}`, `/v1/stores/${store.id}/skus`]) {
      expect((await other.caller.get(path)).status).toBe(404);
      expect(JSON.stringify((await shop.caller.get(path)).body)).not.toContain(SECRET);
    }
    expect((await other.caller.put(`/v1/stores/${store.id}/skus/A`, { sku: 'LAMP' })).status).toBe(404);
    await map(shop, store, 'A', 'LAMP');
    const audit = await shop.caller.get('/v1/audit');
    expect(expectStatus<{ data: object[] }>(audit, 200).data.slice(0, 2)).toMatchObject([
      { subject: { type: 'store_sku' }, after: { store: store.id, store_sku: 'A', sku: 'LAMP' } },
      { subject: { type: 'store', id: store.id } },
    ]);
    expect(audit.text).not.toMatch(/secret|token|shpat/);
    const held = expectStatus<{ store_order: StoreOrderJson }>(await shopify(store, 'orders/create'), 200);
    expect((await other.caller.post(`/v1/store-orders/${held.store_order.id}/release`)).status).toBe(404);
  });

  it('lose a buyer’s data when the platform asks for it', async () => {
    const { shop, store } = await connect('shopify');
    const held = expectStatus<{ store_order: StoreOrderJson }>(await shopify(store, 'orders/create'), 200);
    const body = `{"shop_domain":"x","customer":{"id":1},"orders_to_redact":[820982911946154508]}`;
    expectStatus(await send(store, { 'x-shopify-topic': 'customers/redact' }, body), 200);
    expect(await storeOrder(shop, held.store_order.id)).toMatchObject({ status: 'passed_over', reason: 'erased' });
    const kept: { text: string }[] = await rows(
      test.db,
      `SELECT o::text AS text FROM store_order o WHERE draft IS NOT NULL AND merchant_id IN (SELECT merchant_id FROM store WHERE id = $1)`,
      [idIn('sto', store.id)],
    );
    expect(kept).toEqual([]);
  });
});

/** Shopify's answers to the calls that tell of a parcel. */
function shopifyAnswer({ line }: SeenCall): string {
  if (line.endsWith('/fulfillments.json') && line.startsWith('GET')) return '{"fulfillments":[]}';
  if (!line.endsWith('/fulfillment_orders.json')) return '{"fulfillment":{"id":7}}';
  const line_items = [
    { id: 11, line_item_id: 866550311766439020n, fulfillable_quantity: 2 },
    { id: 12, line_item_id: 141249953214522974n, fulfillable_quantity: 1 },
  ];
  const numbers = (_: string, value: unknown) => (typeof value === 'bigint' ? `big:${value}` : value);
  return JSON.stringify({ fulfillment_orders: [{ id: 1, status: 'open', line_items }] }, numbers).replaceAll(
    /"big:(\d+)"/g,
    '$1',
  );
}
