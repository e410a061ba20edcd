import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { rows } from '../../src/database/sql.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { OK, Receiver, until, type Got } from '../support/receiver.ts';
import { expectStatus, World, type Merchant } from '../support/world.ts';

interface Endpoint {
  id: string;
  url: string;
  events: string[];
  status: string;
  disabled_reason: string | null;
  secret: string;
}

interface Delivery {
  id: string;
  endpoint: string;
  event: string;
  type: string;
  status: string;
  next_attempt_at: string | null;
  attempts: {
    number: number;
    status_code: number | null;
    error: string | null;
    request_headers: Record<string, string>;
    response_headers: Record<string, string> | null;
    response_body: string | null;
  }[];
}

interface Order {
  id: string;
  status: string;
  ship_to: object;
  packages: { id: string }[];
}

let test: TestApp;
let world: World;
const receivers: Receiver[] = [];

beforeAll(async () => {
  test = await startApp({ WEBHOOK_ALLOW_LOCAL: 'true', WEBHOOK_TIMEOUT_SECONDS: '1' });
  world = await World.open(test);
  await world.catalogue();
});

afterAll(async () => {
  await test.close();
  await Promise.all(receivers.map((receiver) => receiver.stop()));
});

async function receiver(): Promise<{ receiver: Receiver; url: string }> {
  const made = new Receiver();
  receivers.push(made);
  return { receiver: made, url: await made.start() };
}

const subscribe = async ({ caller }: Merchant, url: string, events: readonly string[]): Promise<Endpoint> =>
  expectStatus<Endpoint>(await caller.post('/v1/webhook-endpoints', { url, events }), 201);

const deliveries = async ({ caller }: Merchant, query: string): Promise<Delivery[]> =>
  expectStatus<{ data: Delivery[] }>(await caller.get(`/v1/webhook-deliveries?${query}`), 200).data;

const place = async (merchant: Merchant, reference: string): Promise<Order> =>
  expectStatus<Order>(await merchant.caller.post('/v1/orders', world.order(reference)), 201);

/** As though the time to try again had come. */
async function hurry({ id }: Endpoint): Promise<void> {
  const endpoint = idIn('whe', id);
  await rows(test.db, `UPDATE webhook_endpoint SET paused_until = NULL WHERE id = $1 RETURNING id`, [endpoint]);
  await rows(
    test.db,
    `UPDATE webhook_delivery SET next_at = created_at WHERE endpoint_id = $1 AND status = 'pending' RETURNING id`,
    [endpoint],
  );
}

describe('a webhook', () => {
  it('carries the event signed, with the object as the API shows it, less the buyer’s address', async () => {
    const merchant = await world.merchant('100.00');
    const { receiver: hook, url } = await receiver();
    const endpoint = await subscribe(merchant, url, ['order.paid']);
    expect(endpoint.secret).toMatch(/^whsec_/);
    const order = await place(merchant, 'HOOK-1');
    const [got] = await until(
      () => hook.taken,
      (taken) => taken.length === 1,
    );
    expect(got?.type).toBe('order.paid');
    const shown = expectStatus<Order>(await merchant.caller.get(`/v1/orders/${order.id}`), 200);
    expect({ ...got?.data, ship_to: shown.ship_to }).toEqual(shown);
    expect(got?.data).not.toHaveProperty('ship_to');
    const headers = got?.headers as Record<string, string>;
    expect(new Webhook(endpoint.secret).verify(got?.body ?? '', headers)).toMatchObject({ id: headers['webhook-id'] });
    const event = expectStatus<object>(await merchant.caller.get(`/v1/events/${got?.id ?? ''}`), 200);
    expect(event).toEqual(JSON.parse(got?.body ?? ''));
  });

  it('is listed with the heads of request and answer, and sent again on request', async () => {
    const merchant = await world.merchant();
    const { receiver: hook, url } = await receiver();
    hook.react = () => ({ status: 200, headers: { 'x-answered-by': 'shop' }, body: 'thanks' });
    const endpoint = await subscribe(merchant, url, ['order.*']);
    const asked = expectStatus<Delivery>(await merchant.caller.post(`/v1/webhook-endpoints/${endpoint.id}/test`), 200);
    expect(asked).toMatchObject({ type: 'webhook.test', endpoint: endpoint.id });
    const [delivered] = await until(
      () => deliveries(merchant, `endpoint=${endpoint.id}&status=delivered`),
      (list) => list.length === 1,
    );
    expect(delivered?.attempts).toMatchObject([
      {
        number: 1,
        status_code: 200,
        error: null,
        response_headers: { 'x-answered-by': 'shop' },
        response_body: 'thanks',
      },
    ]);
    expect(delivered?.attempts[0]?.request_headers).toMatchObject({ 'webhook-id': asked.event });
    expect(JSON.stringify(delivered)).not.toContain('v1,');
    expectStatus(await merchant.caller.post(`/v1/webhook-deliveries/${asked.id}/redelivery`), 200);
    await until(
      () => hook.taken,
      (taken) => taken.length === 2,
    );
    expect(new Set(hook.taken.map(({ id }) => id))).toEqual(new Set([asked.event]));
  });

  it('is signed with both secrets while one replaces the other', async () => {
    const merchant = await world.merchant();
    const { receiver: hook, url } = await receiver();
    const { id, secret: old } = await subscribe(merchant, url, ['order.*']);
    const { secret } = expectStatus<Endpoint>(
      await merchant.caller.post(`/v1/webhook-endpoints/${id}/rotate-secret`),
      200,
    );
    expect(secret).not.toBe(old);
    expectStatus(await merchant.caller.post(`/v1/webhook-endpoints/${id}/test`), 200);
    const [got] = await until(
      () => hook.taken,
      (taken) => taken.length === 1,
    );
    const headers = got?.headers as Record<string, string>;
    for (const known of [secret, old]) expect(() => new Webhook(known).verify(got?.body ?? '', headers)).not.toThrow();
  });

  it('comes in order per order, each event once, while the endpoint is healthy', async () => {
    const merchant = await world.merchant('500.00');
    const { receiver: hook, url } = await receiver();
    await subscribe(merchant, url, ['order.*', 'package.*']);
    const orders: Order[] = [];
    for (let n = 1; n <= 5; n += 1) orders.push(await place(merchant, `IN-ORDER-${n}`));
    for (const [n, order] of orders.entries()) await world.ship(order.packages[0]?.id ?? '', `1Z00000000000010${n}`);
    await test.settle();
    const feed = await merchant.caller.get('/v1/events?type=order.*,package.*&limit=100');
    const { data } = expectStatus<{ data: Pick<Got, 'id' | 'data'>[] }>(feed, 200);
    await until(
      () => hook.taken.length,
      (taken) => taken >= data.length,
    );
    for (const order of orders) {
      const own = (event: Pick<Got, 'data'>): boolean => [event.data['id'], event.data['order']].includes(order.id);
      const ids = data.filter(own).map(({ id }) => id);
      expect(ids.length).toBeGreaterThanOrEqual(6);
      expect(hook.taken.filter(own).map(({ id }) => id)).toEqual(ids);
    }
    expect(new Set(hook.taken.map(({ id }) => id)).size).toBe(hook.taken.length);
  });
});

describe('an endpoint', () => {
  it.each([
    ['http://shop.example/hooks', 'not_https'],
    ['https://10.0.0.8/hooks', 'not_public'],
    ['https://169.254.169.254/latest', 'not_public'],
    ['https://[::ffff:192.168.0.1]/', 'not_public'],
    ['nowhere', 'unreadable'],
  ])('may not be %s', async (url, code) => {
    const { caller } = await world.merchant();
    const refused = expectStatus<{ errors: object[] }>(
      await caller.post('/v1/webhook-endpoints', { url, events: ['*'] }),
      422,
    );
    expect(refused.errors).toMatchObject([{ pointer: '/url', code }]);
  });

  it('that asks for an event that there is none of hears which one is meant, in a sentence', async () => {
    const body = { url: 'https://shop.example/hooks', events: ['order.paid', 'package.deliverd'] };
    const refused = await (await world.merchant()).caller.post('/v1/webhook-endpoints', body);
    expect(expectStatus<{ errors: object[] }>(refused, 422).errors).toMatchObject([
      { pointer: '/events/1', code: 'not_allowed' },
    ]);
    expect(refused.text).toContain('Is it package.delivered?');
    expect(refused.text.length).toBeLessThan(600);
  });

  it('is changed, disabled, enabled and deleted; another merchant’s is unknown', async () => {
    const merchant = await world.merchant('100.00');
    const stranger = await world.merchant();
    const { receiver: hook, url } = await receiver();
    const { id } = await subscribe(merchant, url, ['order.paid']);
    const path = `/v1/webhook-endpoints/${id}`;
    expectStatus(await stranger.caller.patch(path, { events: ['*'] }), 404);
    expectStatus(await stranger.caller.delete(path), 404);
    const off = expectStatus<Endpoint>(await merchant.caller.patch(path, { status: 'disabled' }), 200);
    expect(off).toMatchObject({ status: 'disabled', disabled_reason: 'asked' });
    expect(expectStatus<{ code: string }>(await merchant.caller.post(`${path}/test`), 409).code).toBe(
      'endpoint_disabled',
    );
    const from = test.clock.now().toISOString();
    await place(merchant, 'MISSED-1');
    await test.settle();
    expect(hook.calls).toEqual([]);
    expectStatus(await merchant.caller.patch(path, { status: 'enabled' }), 200);
    const range = { from, to: test.clock.now().toISOString() };
    expect(expectStatus(await merchant.caller.post(`${path}/redelivery`, range), 200)).toEqual({ events: 1 });
    await until(
      () => hook.types(),
      (types) => types.length === 1,
    );
    expect(hook.types()).toEqual(['order.paid']);
    expectStatus(await merchant.caller.delete(path), 204);
    expectStatus(await merchant.caller.get(path), 404);
    expect(expectStatus<{ data: object[] }>(await merchant.caller.get('/v1/webhook-endpoints'), 200).data).toEqual([]);
  });

  it('that answers 410 is disabled, and its merchant told by mail', async () => {
    const merchant = await world.merchant('100.00');
    const { receiver: hook, url } = await receiver();
    hook.react = () => ({ status: 410 });
    const { id } = await subscribe(merchant, url, ['order.paid']);
    await place(merchant, 'GONE-1');
    const gone = await until(
      async () => expectStatus<Endpoint>(await merchant.caller.get(`/v1/webhook-endpoints/${id}`), 200),
      ({ status }) => status === 'disabled',
    );
    expect(gone.disabled_reason).toBe('gone');
    const mails = `/v1/mails?kind=webhook_disabled&to=${encodeURIComponent(merchant.email)}`;
    expect(expectStatus<{ data: object[] }>(await world.admin.get(mails), 200).data).toHaveLength(1);
    expect(hook.calls).toHaveLength(1);
  });

  it('that fails for 3 days is disabled, and its merchant told by mail, once', async () => {
    const merchant = await world.merchant('100.00');
    const { receiver: hook, url } = await receiver();
    hook.react = () => ({ status: 500 });
    const endpoint = await subscribe(merchant, url, ['order.paid']);
    await place(merchant, 'FAILING-1');
    await until(
      () => deliveries(merchant, `endpoint=${endpoint.id}`),
      ([delivery]) => delivery?.attempts[0]?.status_code === 500,
    );
    const uuid = idIn('whe', endpoint.id);
    await rows(
      test.db,
      `UPDATE webhook_delivery SET give_up_at = created_at - interval '1 minute' WHERE endpoint_id = $1 RETURNING id`,
      [uuid],
    );
    await rows(
      test.db,
      `UPDATE webhook_endpoint SET failing_since = failing_since - interval '73 hours' WHERE id = $1 RETURNING id`,
      [uuid],
    );
    await hurry(endpoint);
    const off = await until(
      async () => expectStatus<Endpoint>(await merchant.caller.get(`/v1/webhook-endpoints/${endpoint.id}`), 200),
      ({ status }) => status === 'disabled',
    );
    expect(off.disabled_reason).toBe('failing');
    expect((await deliveries(merchant, 'status=failed'))[0]?.attempts).toHaveLength(2);
    const mails = `/v1/mails?kind=webhook_disabled&to=${encodeURIComponent(merchant.email)}`;
    expect(expectStatus<{ data: object[] }>(await world.admin.get(mails), 200).data).toHaveLength(1);
  });
});

describe('receivers that misbehave get every event in the end, and slow nobody down:', () => {
  it.each([
    ['500', { status: 500 }],
    ['silence', 'hang'],
    ['a cut connection', 'reset'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' } }],
    ['dripping', 'drip'],
    ['429', { status: 429, headers: { 'retry-after': '3600' } }],
    ['death', 'dead'],
  ] as const)('%s', async (_, misbehaviour) => {
    const [ill, well] = [await world.merchant('500.00'), await world.merchant('500.00')];
    const [sick, sound] = [await receiver(), await receiver()];
    const endpoint = await subscribe(ill, sick.url, ['order.paid']);
    await subscribe(well, sound.url, ['order.paid']);
    if (misbehaviour === 'dead') await sick.receiver.stop();
    else sick.receiver.react = () => misbehaviour;
    for (let n = 1; n <= 3; n += 1) {
      await place(ill, `ILL-${n}`);
      await place(well, `WELL-${n}`);
    }
    await until(
      () => sound.receiver.taken.length,
      (taken) => taken === 3,
    );
    const tried = await until(
      () => deliveries(ill, `endpoint=${endpoint.id}&status=pending`),
      (list) =>
        list.length === 3 &&
        list.some(({ attempts: [first] }) => (first?.status_code ?? first?.error ?? null) !== null),
    );
    expect(tried.every(({ next_attempt_at }) => next_attempt_at !== null)).toBe(true);
    expect(sick.receiver.taken).toEqual([]);
    sick.receiver.react = () => OK;
    if (misbehaviour === 'dead') await sick.receiver.start();
    await until(
      async () => {
        await hurry(endpoint);
        return new Set(sick.receiver.taken.map(({ sequence }) => sequence)).size; // at least once: one may come twice
      },
      (events) => events >= 3,
    );
    await until(
      () => deliveries(ill, `endpoint=${endpoint.id}&status=pending`),
      (list) => list.length === 0,
    );
  });
});
