import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { rows } from '../../src/database/sql.ts';
import { Timers } from '../../src/events/timers.ts';
import { KeptAnswers } from '../../src/http/kept-answers.ts';
import { realNow } from '../../src/kernel/clock.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Caller, expectStatus, PASSWORD, SHIP_TO, World, type Merchant } from '../support/world.ts';

interface Order {
  id: string;
  reference: string;
  ship_to: object | null;
  packages: { id: string }[];
}

let test: TestApp;
let world: World;
let merchant: Merchant;
beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  await world.catalogue();
  merchant = await world.merchant('10000.00');
});
afterAll(() => test.close());

const CANARY = 'Zebedee Canary';

async function place(email: string, key: string = randomUUID()): Promise<Order> {
  const body = { ...world.order(`ERASE-${randomUUID()}`), ship_to: { ...SHIP_TO, name: CANARY, email } };
  return expectStatus<Order>(await merchant.caller.post('/v1/orders', body, key), 201);
}

async function cancel({ id }: Order): Promise<void> {
  expectStatus(await merchant.caller.post(`/v1/orders/${id}/cancellation`), 200);
  await test.settle();
}

const erase = async (body: object, caller = merchant.caller): Promise<unknown> =>
  expectStatus(await caller.post('/v1/erasures', body), 201);

const addressOf = async ({ id }: Order): Promise<unknown> =>
  expectStatus<Order>(await merchant.caller.get(`/v1/orders/${id}`), 200).ship_to;

/** Every table that holds the text anywhere in a row. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = await rows<{ name: string }>(
    test.db,
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
       AND relname <> 'migrations' ORDER BY relname`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const kept = await rows(
      test.db,
      `SELECT 1 FROM "${name}" t WHERE position(lower($1) IN lower(t::text)) > 0 LIMIT 1`,
      [text],
    );
    if (kept.length > 0) found.push(name);
  }
  return found;
}

describe('a buyer’s data', () => {
  it('are nowhere any more once they are erased, and the order, its money and its timeline stay', async () => {
    const email = 'canary-one@buyers.example';
    const order = await place(email, 'canary');
    await cancel(order);
    expect(await tablesWith(email)).toEqual(['idempotency', 'order_address', 'package_address']);
    expect(await erase({ order: order.id })).toEqual({ erased: [order.id], waiting: [] });
    await test.settle();
    expect(await tablesWith(email)).toEqual([]);
    expect(await tablesWith(CANARY)).toEqual([]);
    expect(await addressOf(order)).toBeNull();
    const timeline = await merchant.caller.get(`/v1/orders/${order.id}/timeline`);
    expect(JSON.stringify(timeline.body)).toContain('order.erased');
    expect(await erase({ order: order.id })).toEqual({ erased: [order.id], waiting: [] });
    expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
  });

  it('of an open order wait for its end', async () => {
    const order = await place('open@buyers.example');
    expect(await erase({ order: order.id })).toEqual({ erased: [], waiting: [order.id] });
    expect(await addressOf(order)).not.toBeNull();
    await cancel(order);
    expect(await addressOf(order)).toBeNull();
  });

  it('are found by e-mail in any case, and by address, in the merchant’s own orders alone', async () => {
    const [one, two] = [await place('Both@Buyers.example'), await place('both@buyers.example')];
    await cancel(one);
    await cancel(two);
    const stranger = await world.merchant();
    expect(await erase({ email: 'both@buyers.example' }, stranger.caller)).toEqual({ erased: [], waiting: [] });
    expect(await erase({ email: 'BOTH@buyers.example' })).toEqual({ erased: [one.id, two.id].sort(), waiting: [] });
    const three = await place('three@buyers.example');
    const address = { line1: '12 ANALYTICAL Row', postal_code: '62 701', country: 'US' };
    const found = (await erase({ address }, world.admin)) as { waiting: string[] };
    expect(found.waiting).toEqual([three.id]);
  });

  it('of another merchant are not found', async () => {
    const order = await place('other@buyers.example');
    const stranger = await world.merchant();
    expect((await stranger.caller.post('/v1/erasures', { order: order.id })).status).toBe(404);
  });

  it.each([[{}], [{ email: 'a@b.example', order: 'ord_01h2xcejqtf2nbrexx3vqjhp41' }], [{ order: 'ord_1' }]])(
    'are not erased by %j',
    async (body) => {
      const refused = await merchant.caller.post('/v1/erasures', body);
      expect([refused.status, refused.body]).toMatchObject([422, { errors: [{ pointer: '/order' }] }]);
    },
  );

  it('go by themselves 180 days after the order ended, and not before', async () => {
    const order = await place('late@buyers.example');
    await cancel(order);
    expectStatus(await world.admin.post('/v1/sandbox/clock', { advance: 'P179D' }), 200);
    expect(await addressOf(order)).not.toBeNull();
    expectStatus(await world.admin.post('/v1/sandbox/clock', { advance: 'P1D' }), 200);
    expect(await addressOf(order)).toBeNull();
  });
});

describe('the answer under an idempotency key', () => {
  it('names the buyer for 30 days, and is the first answer without the buyer after that', async () => {
    const key = randomUUID();
    const order = await place('kept@buyers.example', key);
    const other = await place('kept-other@buyers.example');
    await rows(test.db, `UPDATE idempotency SET created_at = created_at - interval '31 days' WHERE key = $1`, [key]);
    const [kept, at] = [new KeptAnswers(test.app.get(Timers)), realNow()];
    const owner = await new DataSource({ type: 'postgres', url: process.env['DATABASE_URL'] ?? '' }).initialize();
    await owner.query('ALTER TABLE idempotency RENAME TO idempotency_away');
    await expect(kept.sweep(test.db, at)).rejects.toThrow('idempotency');
    await owner.query('ALTER TABLE idempotency_away RENAME TO idempotency');
    await owner.destroy();
    await kept.sweep(test.db, at); // a day is not over, but the first time it did nothing
    const body = {
      ...world.order(order.reference),
      ship_to: { ...SHIP_TO, name: CANARY, email: 'kept@buyers.example' },
    };
    const again = await merchant.caller.post('/v1/orders', body, key);
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([201, 'true']);
    expect(again.body).toEqual({ ...order, ship_to: null });
    expect(await addressOf(other)).not.toBeNull();
    expect(await tablesWith('kept-other@buyers.example')).toContain('idempotency');
    expect(await tablesWith('kept@buyers.example')).not.toContain('idempotency');
  });
});

describe('a courier’s raw message', () => {
  it('is emptied 180 days after it came; what was read of it stays', async () => {
    const event = { courier: 'ups', tracking_number: 'RAW-1', status: 'delivered', description: 'Signed by a canary' };
    const occurred = { ...event, occurred_at: test.clock.now().toISOString() };
    expectStatus(await world.admin.post('/v1/tracking/events', { events: [occurred] }), 200);
    const before = await rows<{ size: string }>(test.db, `SELECT sum(length(body)) AS size FROM tracking_message`);
    expect(Number.parseInt(before[0]?.size ?? '', 10)).toBeGreaterThan(0);
    expectStatus(await world.admin.post('/v1/sandbox/clock', { advance: 'P181D' }), 200);
    const after = await rows<object>(
      test.db,
      `SELECT sum(length(body)) AS size, count(*) AS kept FROM tracking_message`,
    );
    expect(after).toMatchObject([{ size: '0', kept: expect.stringMatching(/^[1-9]/) }]);
  });
});

describe('the people of a closed account', () => {
  it('are erased 180 days later, and can no longer sign in', async () => {
    const closed = await world.merchant();
    await world.verifyEmail(closed);
    expectStatus(await closed.caller.post('/v1/merchant/close', { destination: 'DE89370400440532013000' }), 202);
    await test.settle();
    const signIn = { email: closed.email, password: PASSWORD };
    const session = new Caller(test, null);
    expectStatus(await session.post('/v1/sessions', signIn), 201);
    expectStatus(await world.admin.post('/v1/sandbox/clock', { advance: 'P181D' }), 200);
    expect((await session.post('/v1/sessions', signIn)).status).toBe(401);
    expect(expectStatus(await world.admin.get(`/v1/merchants/${closed.id}`), 200)).toMatchObject({
      status: 'closed',
      email: 'erased',
    });
    // the log of who changed what is never changed; a sign-in that failed counts for minutes; whoever verified the address
    // without signing in has the answer under a key of their own
    expect(await tablesWith(closed.email)).toEqual(['audit_entry', 'idempotency', 'login_failure']);
  });
});
