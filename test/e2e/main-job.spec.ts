import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { tenantTables, TenantStatements } from '../support/tenant-statements.ts';
import { expectStatus, SHIP_TO, usd, World, type Merchant } from '../support/world.ts';

interface Package {
  id: string;
  status: string;
  courier_status: string | null;
  tracking_number: string | null;
  shipping_paid: { amount: string };
  refunded: { amount: string };
  refund_clock: object | null;
  items: { sku: string }[];
  why: string[];
}

interface Order {
  id: string;
  status: string;
  items: { paid: { amount: string } }[];
  total: { amount: string };
  packages: Package[];
}

interface Statement {
  opening: { amount: string };
  lines: {
    type: string;
    amount: { amount: string };
    cause: { type: string; id: string };
    balance_after: { amount: string };
  }[];
  closing: { amount: string };
}

describe('the main job', () => {
  let test: TestApp;
  let world: World;
  let shop: Merchant;
  const statements = new TenantStatements();

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    await world.catalogue();
    shop = await world.merchant('500.00');
  });

  afterAll(async () => {
    statements.stop();
    await test.close();
  });

  const balance = async (): Promise<string> => {
    const wallet = expectStatus<{ balances: { available: { amount: string } }[] }>(
      await shop.caller.get('/v1/wallet'),
      200,
    );
    return wallet.balances[0]?.available.amount ?? 'none';
  };

  const event = (tracking_number: string, status: string, occurred_at: string) => ({
    courier: 'ups',
    tracking_number,
    status,
    occurred_at,
  });

  it('goes from a quote to a statement that adds up: one package delivered, one returned and refunded once', async () => {
    const basket = {
      currency: 'USD',
      ship_to: SHIP_TO,
      items: [
        { sku: 'LAMP', quantity: 2 },
        { sku: 'POWERBANK', quantity: 1 },
      ],
    };
    const quote = expectStatus<{ id: string; total: { amount: string }; packages: object[]; expires_at: string }>(
      await shop.caller.post('/v1/quotes', basket),
      201,
    );
    expect(quote.total.amount).toBe('80.00');
    expect(quote.packages).toHaveLength(2);

    const order = expectStatus<Order>(
      await shop.caller.post('/v1/orders', { ...basket, reference: 'SHOP-1', quote: quote.id }),
      201,
    );
    expect(order.status).toBe('paid');
    expect(order.items.map((i) => i.paid.amount)).toEqual(['40.00', '30.00']);
    expect(await balance()).toBe('420.00');
    const [lamps, battery] = order.packages as [Package, Package];
    expect([lamps, battery].map((p) => p.items.map((i) => i.sku))).toEqual([['LAMP'], ['POWERBANK']]);

    await world.ship(lamps.id, '1Z0000000000000001');
    await world.ship(battery.id, '1Z0000000000000002');
    await test.settle();
    expect(expectStatus<Order>(await shop.caller.get(`/v1/orders/${order.id}`), 200).status).toBe('shipped');

    const now = test.clock.now().getTime();
    const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
    await test.clock.advance('P3D');
    const told = [
      event('1Z0000000000000002', 'rto_delivered', at(600)),
      event('1Z0000000000000001', 'delivered', at(300)),
      event('1Z0000000000000001', 'in_transit', at(10)),
      event('1Z0000000000000002', 'in_transit', at(10)),
      event('1Z0000000000000002', 'rto_initiated', at(200)),
    ];
    for (let again = 0; again < 3; again += 1)
      expectStatus(await world.admin.post('/v1/tracking/events', { events: told }), 200);
    await test.settle();

    const ended = expectStatus<Order>(await shop.caller.get(`/v1/orders/${order.id}`), 200);
    expect(ended.packages.map((p) => [p.status, p.refunded.amount])).toEqual([
      ['delivered', '0.00'],
      ['rto_delivered', '34.29'],
    ]);
    expect(ended.status).toBe('completed');
    expect(await balance()).toBe('454.29');

    const statement = expectStatus<Statement>(await shop.caller.get('/v1/wallet/statement?currency=USD'), 200);
    expect(statement.lines.map((l) => [l.type, l.amount.amount])).toEqual([
      ['top_up', '500.00'],
      ['order_charge', '-80.00'],
      ['refund', '34.29'],
    ]);
    expect(statement.closing.amount).toBe('454.29');
    const verified = expectStatus<{ faults: unknown[] }>(await world.admin.get('/v1/ledger/verification'), 200);
    expect(verified.faults).toEqual([]);
  });

  it('takes an order once, however often and at once it is asked', async () => {
    const before = await balance();
    const [key, body] = [randomUUID(), world.order('TWICE-1')];
    const answers = await Promise.all(Array.from({ length: 50 }, () => shop.caller.post('/v1/orders', body, key)));
    const ids = new Set(answers.map((a) => expectStatus<Order>(a, 201).id));
    expect(ids.size).toBe(1);
    expect(answers.filter((a) => a.headers['idempotent-replayed'] === 'true')).toHaveLength(49);
    expect((Number(before) - Number(await balance())).toFixed(2)).toBe('25.00');
  });

  it('refuses another order under the same key, and another order of the same reference', async () => {
    const key = randomUUID();
    expectStatus(await shop.caller.post('/v1/orders', world.order('SAME-1'), key), 201);
    const other = await shop.caller.post('/v1/orders', world.order('SAME-2'), key);
    expect([other.status, (other.body as { code: string }).code]).toEqual([422, 'idempotency_key_reused']);
    const taken = await shop.caller.post('/v1/orders', world.order('SAME-1'));
    expect([taken.status, (taken.body as { code: string }).code]).toEqual([409, 'reference_taken']);
  });

  it('sells the last unit once', async () => {
    await world.variant('LAST', '5.00', [], 1);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        shop.caller.post('/v1/orders', world.order(`LAST-${i}`, [{ sku: 'LAST', quantity: 1 }])),
      ),
    );
    expect(answers.map((a) => a.status).sort()).toEqual([201, 422, 422, 422, 422, 422, 422, 422]);
    expect((answers.find((a) => a.status === 422)?.body as { code: string }).code).toBe('out_of_stock');
  });

  it('lets an order wait for money, hides it from the warehouse, and pays it when money comes, the oldest first', async () => {
    const poor = await world.merchant();
    const first = expectStatus<Order>(
      await poor.caller.post('/v1/orders', world.order('WAIT-1', [{ sku: 'LAMP', quantity: 3 }])),
      201,
    );
    const second = expectStatus<Order>(await poor.caller.post('/v1/orders', world.order('WAIT-2')), 201);
    expect([first.status, second.status]).toEqual(['awaiting_funds', 'awaiting_funds']);
    const pick = await world.admin.post(`/v1/packages/${second.packages[0]?.id ?? ''}/pick`);
    expect([pick.status, (pick.body as { code: string }).code]).toEqual([409, 'order_not_paid']);
    await world.topUp(poor, '30.00');
    await test.settle();
    const statuses = async () =>
      Promise.all(
        [first, second].map(
          async ({ id }) => expectStatus<Order>(await poor.caller.get(`/v1/orders/${id}`), 200).status,
        ),
      );
    expect(await statuses()).toEqual(['awaiting_funds', 'paid']);
    await world.topUp(poor, '100.00');
    await test.settle();
    expect(await statuses()).toEqual(['paid', 'paid']);
  });

  it('cancels what nobody paid for after seven days, and releases its stock', async () => {
    const poor = await world.merchant();
    await world.variant('SCARCE', '7.00', [], 1);
    const order = expectStatus<Order>(
      await poor.caller.post('/v1/orders', world.order('LATE-1', [{ sku: 'SCARCE', quantity: 1 }])),
      201,
    );
    expect((await shop.caller.post('/v1/orders', world.order('LATE-2', [{ sku: 'SCARCE', quantity: 1 }]))).status).toBe(
      422,
    );
    expectStatus(await poor.caller.post('/v1/sandbox/clock', { advance: 'P8D' }), 200);
    expect(expectStatus<Order>(await poor.caller.get(`/v1/orders/${order.id}`), 200).status).toBe('cancelled');
    expectStatus(await shop.caller.post('/v1/orders', world.order('LATE-3', [{ sku: 'SCARCE', quantity: 1 }])), 201);
  });

  it('places a batch one by one: bad orders are refused by themselves', async () => {
    const orders = [
      world.order('B-1'),
      { reference: 'B-2' },
      world.order('B-1'),
      world.order('B-3', [{ sku: 'NONE', quantity: 1 }]),
      world.order('B-4'),
    ];
    const { data } = expectStatus<{ data: { status: number; order?: Order; problem?: { code: string } }[] }>(
      await shop.caller.post('/v1/orders/batch', { orders }),
      200,
    );
    expect(data.map((d) => [d.status, d.problem?.code ?? d.order?.status])).toEqual([
      [201, 'paid'],
      [422, 'validation_failed'],
      [409, 'reference_taken'],
      [422, 'validation_failed'],
      [201, 'paid'],
    ]);
  });

  it('refuses what is no order by itself, too', async () => {
    const orders = [null, world.order('NO-1'), 7, 'order', [], true, {}, world.order('NO-2')];
    const { data } = expectStatus<{
      data: {
        status: number;
        order?: Order;
        problem?: { code: string; errors: { pointer: string; code: string }[] };
      }[];
    }>(await shop.caller.post('/v1/orders/batch', { orders }), 200);
    const none = [422, 'validation_failed', { pointer: '', code: 'wrong_type' }];
    expect(data.map((d) => [d.status, d.problem?.code ?? d.order?.status, d.problem?.errors[0]])).toMatchObject([
      none,
      [201, 'paid', undefined],
      ...[none, none, none, none],
      [422, 'validation_failed', { pointer: '/reference', code: 'required' }],
      [201, 'paid', undefined],
    ]);
  });

  it('answers another merchant’s order exactly as an unknown one', async () => {
    const other = await world.merchant();
    const order = expectStatus<Order>(await shop.caller.post('/v1/orders', world.order('MINE-1')), 201);
    const own = await other.caller.get(`/v1/orders/${order.id}`);
    const unknown = await other.caller.get(`/v1/orders/ord_01jqzzzzzzzzzzzzzzzzzzzzzz`);
    const wrongKind = await other.caller.get(`/v1/orders/${order.packages[0]?.id ?? ''}`);
    for (const answer of [own, unknown, wrongKind]) {
      expect([
        answer.status,
        (answer.body as { code: string }).code,
        (answer.body as { detail: string }).detail,
      ]).toEqual([404, 'not_found', 'There is no such order.']);
    }
  });

  it('refuses bad input with one entry per field, before anything happens', async () => {
    const before = await balance();
    const body = {
      reference: '',
      currency: 'usd',
      ship_to: { ...SHIP_TO, country: 'Nowhere' },
      items: [{ sku: 'LAMP', quantity: 0 }],
      colour: 'red',
    };
    const refused = expectStatus<{ code: string; errors: { pointer: string; code: string }[] }>(
      await shop.caller.post('/v1/orders', body),
      422,
    );
    expect(refused.code).toBe('validation_failed');
    expect(refused.errors.map((e) => e.pointer).sort()).toEqual([
      '/colour',
      '/currency',
      '/items/0/quantity',
      '/reference',
      '/ship_to/country',
    ]);
    const keyless = await shop.caller.send('post', '/v1/orders', world.order('NO-KEY'));
    expect([keyless.status, (keyless.body as { code: string }).code]).toEqual([400, 'idempotency_key_required']);
    expect(await balance()).toBe(before);
  });

  it('holds an order against its quote', async () => {
    const basket = { currency: 'USD', ship_to: SHIP_TO, items: [{ sku: 'LAMP', quantity: 1 }] };
    const quote = expectStatus<{ id: string }>(await shop.caller.post('/v1/quotes', basket), 201);
    const differs = await shop.caller.post('/v1/orders', {
      ...basket,
      items: [{ sku: 'LAMP', quantity: 2 }],
      reference: 'Q-1',
      quote: quote.id,
    });
    expect([differs.status, (differs.body as { code: string }).code]).toEqual([409, 'quote_differs']);
    expect((differs.body as { total: object }).total).toEqual(usd('45.00'));
    expectStatus(await shop.caller.post('/v1/sandbox/clock', { advance: 'PT31M' }), 200);
    const expired = await shop.caller.post('/v1/orders', { ...basket, reference: 'Q-2', quote: quote.id });
    expect([expired.status, (expired.body as { code: string }).code]).toEqual([409, 'quote_expired']);
  });

  it('is done by statements that look for a merchant’s rows by the merchant', async () => {
    const faults = await statements.withoutMerchant(process.env['DATABASE_URL'] ?? '', await tenantTables(test));
    expect(faults).toEqual([]);
    expect(statements.heard).toBeGreaterThan(50);
  });
});
