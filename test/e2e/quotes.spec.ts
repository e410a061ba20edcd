import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, SHIP_TO, usd, World, type Merchant } from '../support/world.ts';

interface QuoteJson {
  id: string;
  items: Record<string, unknown>[];
  discounts: Record<string, unknown>[];
  packages: {
    package: number;
    warehouse: string;
    items: object[];
    why: string[];
    options: object[];
    shipping: object;
  }[];
  shipping_options: {
    package: number;
    courier: string;
    service: string;
    price: object;
    days: object;
    chosen: boolean;
  }[];
  total: { amount: string; currency: string };
  expires_at: string;
}

interface ProblemJson {
  code: string;
  errors: { pointer: string; code: string }[];
}

describe('a quote', () => {
  let test: TestApp;
  let world: World;
  let merchant: Merchant;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    await world.catalogue();
    merchant = await world.merchant();
  });

  afterAll(() => test.close());

  const ask = (items: object[], more: object = {}): Promise<{ status: number; body: unknown; text: string }> =>
    merchant.caller.post('/v1/quotes', { currency: 'USD', ship_to: SHIP_TO, items, ...more });

  async function quote(items: object[], more: object = {}): Promise<QuoteJson> {
    return expectStatus<QuoteJson>((await ask(items, more)) as Parameters<typeof expectStatus>[0], 201);
  }

  async function problem(items: object[], more: object = {}): Promise<ProblemJson & Record<string, unknown>> {
    const answer = await ask(items, more);
    expect(answer.status).toBe(422);
    return answer.body as ProblemJson & Record<string, unknown>;
  }

  it('shows the split with its reasons, the options of each package, and the total, and holds for 30 minutes', async () => {
    const made = await quote([
      { sku: 'LAMP', quantity: 2 },
      { sku: 'SHADE', quantity: 1 },
      { sku: 'POWERBANK', quantity: 1 },
    ]);
    expect(made.packages).toMatchObject([
      {
        package: 1,
        warehouse: 'EWR',
        items: [{ line: 1, sku: 'LAMP', quantity: 2 }, { line: 2 }],
        weight_g: 1500,
        courier: 'ups',
      },
      {
        package: 2,
        warehouse: 'EWR',
        items: [{ line: 3, sku: 'POWERBANK', quantity: 1 }],
        why: ['battery travels alone'],
      },
    ]);
    expect(made.shipping_options).toEqual(
      [1, 2].map((n) => ({
        ...{ package: n, courier: 'ups', service: 'ground', class: 'standard', days: { min: 2, max: 5 } },
        ...{ price: usd('5.00'), chosen: true },
      })),
    );
    expect(made).toMatchObject({
      ...{
        service: 'standard',
        goods_paid: usd('80.00'),
        shipping_paid: usd('10.00'),
        discount: usd('0.00'),
        total: usd('90.00'),
      },
      items: [
        {
          line: 1,
          title: 'The lamp',
          list_price: usd('20.00'),
          unit_price: usd('20.00'),
          paid: usd('40.00'),
          discounts: [],
        },
        {},
        {},
      ],
    });
    expect(made.id).toMatch(/^quo_[0-9a-z]{26}$/);
    expect(new Date(made.expires_at).getTime() - test.clock.now().getTime()).toBe(30 * 60_000);
    expect(expectStatus(await merchant.caller.get(`/v1/quotes/${made.id}`), 200)).toEqual(made);
    const stranger = await world.merchant();
    expect((await stranger.caller.get(`/v1/quotes/${made.id}`)).status).toBe(404);
  });

  it('reserves nothing', async () => {
    const before = expectStatus<{ available: number }>(await merchant.caller.get('/v1/variants/LAMP'), 200);
    await quote([{ sku: 'LAMP', quantity: 5 }]);
    const after = expectStatus<{ available: number }>(await merchant.caller.get('/v1/variants/LAMP'), 200);
    expect(after).toEqual(before);
    expect(after).not.toHaveProperty('stock.0.on_hand');
  });

  it('names every line that it cannot price, by its place in the request', async () => {
    const unknown = await problem([
      { sku: 'LAMP', quantity: 1 },
      { sku: 'NOPE', quantity: 1 },
    ]);
    expect(unknown).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: '/items/1/sku', code: 'unknown_sku' }],
    });
    const unpriced = await problem([{ sku: 'LAMP', quantity: 1 }], { currency: 'JPY' });
    expect(unpriced.errors).toMatchObject([{ pointer: '/items/0/sku', code: 'no_price' }]);
    const address = { ...SHIP_TO, postal_code: 'ABC', phone: 'call me' };
    expect((await problem([{ sku: 'LAMP', quantity: 1, ship_to: address }])).errors.map((e) => e.pointer)).toEqual([
      '/items/0/ship_to/postal_code',
      '/items/0/ship_to/phone',
    ]);
    expect((await problem([{ sku: 'LAMP', quantity: 1 }], { service: 'rocket' })).errors).toMatchObject([
      { pointer: '/service' },
    ]);
    expect((await problem([{ sku: 'LAMP', quantity: 1 }], { discount_code: 'NOPE' })).errors).toMatchObject([
      { pointer: '/discount_code', code: 'unknown_discount_code' },
    ]);
  });

  it('refuses what is out of stock with the SKU and what is left, and takes it where back-order is allowed', async () => {
    await world.variant('RARE', '50.00', [], 2);
    const refused = await problem([{ sku: 'RARE', quantity: 3 }]);
    expect(refused).toMatchObject({
      code: 'out_of_stock',
      sku: 'RARE',
      requested: 3,
      available: 2,
      errors: [{ pointer: '/items/0/quantity' }],
    });
    const body = expectStatus<Record<string, unknown>>(await world.admin.get('/v1/variants/RARE'), 200);
    for (const readOnly of ['sku', 'available', 'stock']) Reflect.deleteProperty(body, readOnly);
    expectStatus(await world.admin.put('/v1/variants/RARE', { ...body, backorder: true }), 200);
    const taken = await quote([{ sku: 'RARE', quantity: 3 }]);
    expect(taken.packages).toMatchObject([
      {
        items: [
          { line: 1, sku: 'RARE', quantity: 2, backorder: false },
          { line: 1, sku: 'RARE', quantity: 1, backorder: true },
        ],
        why: ['waits for stock of RARE'],
      },
    ]);
  });

  it('refuses what no service can carry, with the line and why', async () => {
    const heavy = {
      title: 'An anvil',
      prices: [usd('90.00')],
      weight_g: 25_000,
      length_mm: 500,
      width_mm: 300,
      height_mm: 300,
    };
    expectStatus(await world.admin.put('/v1/variants/ANVIL', heavy), 200);
    const movement = { sku: 'ANVIL', warehouse: 'EWR', quantity: 5, reason: 'receipt' };
    expectStatus(await world.admin.post('/v1/stock-movements', movement), 201);
    const refused = await problem([
      { sku: 'LAMP', quantity: 1 },
      { sku: 'ANVIL', quantity: 1 },
    ]);
    expect(refused).toMatchObject({
      code: 'not_deliverable',
      lines: [{ line: 2, sku: 'ANVIL', reason: 'one unit is over the weight limit of every service to US' }],
    });
    const express = await problem([{ sku: 'LAMP', quantity: 1 }], { service: 'express' });
    expect(express).toMatchObject({
      code: 'not_deliverable',
      lines: [{ line: 1, reason: 'no service "express" goes to US' }],
    });
  });

  it('counts the better tier and then the code, to the cent on every line', async () => {
    const tiers = {
      quantity: [
        { from: 2, percent: '10' },
        { from: 4, percent: '20' },
      ],
      order_value: [{ over: usd('1000.00'), percent: '15' }],
    };
    expect(expectStatus(await world.admin.put('/v1/price-tiers', tiers), 200)).toEqual(tiers);
    expectStatus(
      await world.admin.put('/v1/discount-codes/FIVE', { amount: usd('5.00'), minimum_order: usd('50.00') }),
      200,
    );
    const items = [
      { sku: 'LAMP', quantity: 2 },
      { sku: 'SHADE', quantity: 1 },
    ];
    const made = await quote(items, { discount_code: 'FIVE' });
    expect(made.discounts).toEqual([
      { kind: 'quantity_tier', percent: '10', amount: usd('5.00') },
      { kind: 'discount_code', code: 'FIVE', amount: usd('5.00') },
    ]);
    expect(made.items).toMatchObject([
      {
        paid: usd('32.00'),
        unit_price: usd('16.00'),
        discounts: [
          { kind: 'quantity_tier', amount: usd('4.00') },
          { code: 'FIVE', amount: usd('4.00') },
        ],
      },
      {
        paid: usd('8.00'),
        discounts: [
          { kind: 'quantity_tier', amount: usd('1.00') },
          { code: 'FIVE', amount: usd('1.00') },
        ],
      },
    ]);
    expect(made.total).toEqual(usd('45.00'));
    const small = await problem([{ sku: 'SHADE', quantity: 1 }], { discount_code: 'FIVE' });
    expect(small).toMatchObject({ code: 'discount_code_refused', reason: 'below_minimum_order' });
    expectStatus(await world.admin.put('/v1/price-tiers', {}), 200);
  });

  it('prices in currencies of 0 and 3 minor digits', async () => {
    const prices = [
      { amount: '1500', currency: 'JPY' },
      { amount: '3.125', currency: 'KWD' },
    ];
    const size = { weight_g: 100, length_mm: 10, width_mm: 10, height_mm: 10 };
    expectStatus(await world.admin.put('/v1/variants/FAN', { title: 'A fan', prices, ...size, backorder: true }), 200);
    const service = { countries: ['*'], days: { min: 3, max: 9 }, max_weight_g: 1000, max_units: 5 };
    const steps = [
      { up_to_g: 1000, amount: { amount: '700', currency: 'JPY' } },
      { up_to_g: 1000, amount: { amount: '1.500', currency: 'KWD' } },
    ];
    expectStatus(
      await world.admin.put('/v1/couriers/post', {
        name: 'Post',
        services: [{ code: 'air', ...service, prices: steps }],
      }),
      200,
    );
    expect((await quote([{ sku: 'FAN', quantity: 1 }], { currency: 'JPY' })).total).toEqual({
      amount: '2200',
      currency: 'JPY',
    });
    expect((await quote([{ sku: 'FAN', quantity: 1 }], { currency: 'KWD' })).total).toEqual({
      amount: '4.625',
      currency: 'KWD',
    });
    const wrong = await world.admin.put('/v1/variants/FAN', {
      title: 'A fan',
      prices: [{ amount: '15.00', currency: 'JPY' }],
      ...size,
    });
    expect(wrong.status).toBe(422);
    expect((wrong.body as ProblemJson).errors).toMatchObject([{ pointer: '/prices/0' }]);
  });

  it('asks for what a courier needs of an address', async () => {
    const services = [
      {
        ...{
          code: 'door',
          class: 'express',
          countries: ['CH'],
          days: { min: 1, max: 2 },
          max_weight_g: 5000,
          max_units: 5,
        },
        ...{ prices: [{ up_to_g: 5000, amount: usd('3.00') }], needs: ['phone', 'postal_code'] },
      },
    ];
    expectStatus(await world.admin.put('/v1/couriers/swift', { name: 'Swift', services }), 200);
    const to = { name: 'Ada', line1: '1 Gasse', city: 'Bern', country: 'CH' };
    const refused = await problem([{ sku: 'LAMP', quantity: 1 }], { ship_to: to });
    expect(refused.errors.map((e) => e.pointer)).toEqual(['/ship_to/phone', '/ship_to/postal_code']);
    const made = await quote([{ sku: 'LAMP', quantity: 1 }], {
      ship_to: { ...to, phone: '+41 31 000 00 00', postal_code: '3011' },
    });
    expect(made.shipping_options.map((o) => [o.courier, o.chosen])).toEqual([
      ['swift', true],
      ['ups', false],
    ]);
  });
});
