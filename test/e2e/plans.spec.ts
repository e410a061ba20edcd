import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { Plans } from '../support/plans.ts';
import { Caller, expectStatus, SHIP_TO, usd, World, type Merchant } from '../support/world.ts';

interface Priced {
  items: { paid: object; discounts: object[] }[];
  shipping_paid: object;
  discount: object;
  total: object;
}

const GROWTH = {
  ...{ name: 'Growth', monthly_price: [usd('29.00'), { amount: '3000', currency: 'JPY' }] },
  ...{ order_discount_percent: '5', shipping_discount_percent: '12.5', orders_per_minute: 3 },
};

describe('a plan', () => {
  let test: TestApp;
  let world: World;
  let plans: Plans;

  beforeAll(async () => {
    test = await startApp({ RATE_LIMIT_FACTOR: '1' });
    world = await World.open(test);
    plans = new Plans(world);
    await world.catalogue();
  });

  afterAll(async () => {
    await test.close();
  });

  const onPlan = async (plan: string): Promise<Merchant> => {
    const shop = await world.merchant('500.00');
    await plans.choose(shop, plan);
    return shop;
  };

  it('is set by an administrator, and read by everybody with an account', async () => {
    const view = { code: 'growth', ...GROWTH, trial_days: 0 };
    expect(expectStatus(await world.admin.put('/v1/plans/growth', GROWTH), 200)).toMatchObject({
      ...view,
      monthly_price: expect.arrayContaining(GROWTH.monthly_price) as unknown,
    });
    const shop = await world.merchant();
    const { data } = expectStatus<{ data: { code: string }[] }>(await shop.caller.get('/v1/plans'), 200);
    expect(data.map(({ code }) => code)).toEqual(['growth', 'starter']);
    const first = expectStatus<{ data: { code: string }[]; next_cursor: string }>(
      await shop.caller.get('/v1/plans?limit=1'),
      200,
    );
    const rest = expectStatus<{ data: { code: string }[]; next_cursor: null }>(
      await shop.caller.get(`/v1/plans?limit=1&cursor=${first.next_cursor}`),
      200,
    );
    expect([first.data[0]?.code, rest.data[0]?.code, rest.next_cursor]).toEqual(['growth', 'starter', null]);
    expect(expectStatus<{ code: string }>(await shop.caller.get('/v1/plans/growth'), 200).code).toBe('growth');
    expectStatus(await shop.caller.get('/v1/plans/none'), 404);
    expectStatus(await shop.caller.put('/v1/plans/growth', GROWTH), 403);
    const [dollars] = GROWTH.monthly_price;
    for (const prices of [[usd('31.00')], [dollars, { amount: '3000', currency: 'JPY' }]]) {
      const put = await world.admin.put('/v1/plans/growth', { ...GROWTH, monthly_price: prices });
      const { monthly_price: now } = expectStatus<{ monthly_price: object[] }>(put, 200);
      expect([now.length, now]).toEqual([prices.length, expect.arrayContaining(prices)]);
    }
    expectStatus(await new Caller(test, null).get('/v1/plans'), 401);
  });

  it.each<[string, string, object, string]>([
    ['a wrong code', 'Gr owth', {}, '/code'],
    ['no price', 'growth', { monthly_price: [] }, '/monthly_price'],
    ['two prices of a currency', 'growth', { monthly_price: [usd('1.00'), usd('2.00')] }, '/monthly_price/1'],
    ['a price below zero', 'growth', { monthly_price: [usd('-1.00')] }, '/monthly_price/0'],
    ['a price that is no money', 'growth', { monthly_price: [usd('1.0')] }, '/monthly_price/0'],
    ['a price of the free plan', 'starter', {}, '/monthly_price/0'],
    ['a trial of the free plan', 'starter', { monthly_price: [], trial_days: 3 }, '/trial_days'],
    ['more than all', 'growth', { order_discount_percent: '100.5' }, '/order_discount_percent'],
    ['no orders at all', 'growth', { orders_per_minute: 0 }, '/orders_per_minute'],
  ])('is refused with %s', async (_, code, change, pointer) => {
    const answer = await world.admin.put(`/v1/plans/${encodeURIComponent(code)}`, { ...GROWTH, ...change });
    const { errors } = expectStatus<{ errors: { pointer: string }[] }>(answer, 422);
    expect(errors.map((error) => error.pointer)).toContain(pointer);
  });

  it('that nobody offers, or not in the merchant’s currency, cannot be chosen', async () => {
    const shop = await world.merchant('100.00', 'EUR');
    const unknown = await shop.caller.post('/v1/membership', { plan: 'platinum' });
    expect(expectStatus<{ errors: object[] }>(unknown, 422).errors).toMatchObject([
      { pointer: '/plan', code: 'unknown_plan' },
    ]);
    const priceless = await shop.caller.post('/v1/membership', { plan: 'growth' });
    expect(expectStatus<{ errors: object[] }>(priceless, 422).errors).toMatchObject([
      { pointer: '/plan', code: 'no_price' },
    ]);
  });

  it('takes its share off goods, after the others, and off each way a package can go', async () => {
    await world.admin.put('/v1/discount-codes/TEN', { percent: '10' });
    const shop = await onPlan('growth');
    const basket = { currency: 'USD', ship_to: SHIP_TO, items: [{ sku: 'LAMP', quantity: 2 }], discount_code: 'TEN' };
    const quote = expectStatus<Priced & { id: string; shipping_options: object[]; discounts: object[] }>(
      await shop.caller.post('/v1/quotes', basket),
      201,
    );
    // 40.00 less 10 % is 36.00, less 5 % is 34.20; postage of 5.00 less an eighth is 4.37 (0.625 rounds up to 0.63)
    expect(quote).toMatchObject({
      discounts: [
        { kind: 'discount_code', code: 'TEN', amount: usd('4.00') },
        { kind: 'plan', code: 'growth', amount: usd('1.80'), percent: '5' },
      ],
      ...{ discount: usd('5.80'), shipping_paid: usd('4.37'), total: usd('38.57') },
      shipping_options: [{ price: usd('4.37'), chosen: true }],
    });
    const order = expectStatus<Priced>(
      await shop.caller.post('/v1/orders', { ...basket, reference: 'PLAN-1', quote: quote.id }),
      201,
    );
    expect(order).toMatchObject({
      ...{ shipping_paid: usd('4.37'), discount: usd('5.80'), total: usd('38.57') },
      items: [{ paid: usd('34.20'), discounts: [{ amount: usd('4.00') }, { kind: 'plan', amount: usd('1.80') }] }],
    });
    const items = ['LAMP', 'POWERBANK'].map((sku) => ({ sku, quantity: 1 }));
    const split = expectStatus<Priced & { packages: { shipping_paid: object }[] }>(
      await shop.caller.post('/v1/orders', { ...basket, items, reference: 'PLAN-2' }),
      201,
    );
    expect(split).toMatchObject({
      shipping_paid: usd('8.74'),
      packages: [{ shipping_paid: usd('3.50') }, { shipping_paid: usd('5.24') }], // by what was paid for their goods
    });
    const starter = await world.merchant('500.00');
    const full = expectStatus<Priced>(await starter.caller.post('/v1/quotes', basket), 201);
    expect(full).toMatchObject({ discount: usd('4.00'), shipping_paid: usd('5.00'), total: usd('41.00') });
  });

  it('limits the orders of a minute, whatever key they come with, and says so in the headers', async () => {
    const shop = await onPlan('growth');
    const made = await shop.caller.post('/v1/api-keys', { name: 'second' });
    const second = new Caller(test, expectStatus<{ secret: string }>(made, 201).secret);
    const [first, , third] = [
      await shop.caller.post('/v1/orders', world.order('LIMIT-1')),
      await second.post('/v1/orders/batch', { orders: [world.order('LIMIT-2'), world.order('LIMIT-3')] }),
      await shop.caller.post('/v1/orders', world.order('LIMIT-4')),
    ];
    expect([first.status, third.status]).toEqual([201, 201]);
    expect(third.headers['ratelimit-policy']).toBe('"writes";q=600;w=60, "orders";q=3;w=60');
    expect(third.headers['ratelimit']).toMatch(/^"writes";r=\d+;t=\d+, "orders";r=0;t=\d+$/);
    const refused = await second.post('/v1/orders', world.order('LIMIT-5'));
    expect(expectStatus<{ code: string }>(refused, 429).code).toBe('rate_limited');
    expect(Number.parseInt(String(refused.headers['retry-after']), 10)).toBeGreaterThan(0);
    expectStatus(
      await shop.caller.post('/v1/quotes', {
        currency: 'USD',
        ship_to: SHIP_TO,
        items: [{ sku: 'LAMP', quantity: 1 }],
      }),
      201,
    );
    await plans.put('plenty', { price: '30.00', perMinute: 60 });
    await plans.choose(shop, 'plenty');
    expectStatus(await second.post('/v1/orders', world.order('LIMIT-5')), 201);
  });

  it('shows staff who is on it', async () => {
    const shop = await onPlan('growth');
    await plans.choose(shop, 'starter');
    const { data } = expectStatus<{ data: Record<string, unknown>[] }>(
      await world.admin.get('/v1/memberships?plan=growth&status=active'),
      200,
    );
    expect(data[0]).toMatchObject({
      ...{ merchant: shop.id, plan: 'growth', status: 'active', currency: 'USD', next_charge: null },
      scheduled_change: { plan: 'starter' },
    });
    const nobody = expectStatus<{ data: unknown[] }>(await world.admin.get('/v1/memberships?status=past_due'), 200);
    expect(nobody.data).toEqual([]);
    const one = await world.admin.get(`/v1/memberships?merchant=${shop.id}`);
    expect(expectStatus<{ data: object[] }>(one, 200).data).toMatchObject([{ merchant: shop.id }]);
    expectStatus(await shop.caller.get('/v1/memberships'), 403);
  });
});
