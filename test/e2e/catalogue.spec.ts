import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

interface ListJson {
  data: Record<string, unknown>[];
  next_cursor: string | null;
}

const LAMP = {
  ...{ title: 'Desk lamp, oak', prices: [usd('20.00'), { amount: '18.50', currency: 'EUR' }], weight_g: 900 },
  ...{
    length_mm: 300,
    width_mm: 200,
    height_mm: 150,
    handling: ['fragile'],
    hs_code: '9405.21',
    origin: 'CN',
    backorder: false,
  },
};

const SERVICE = {
  ...{
    code: 'ground',
    countries: ['US', 'CA'],
    days: { min: 2, max: 5 },
    max_weight_g: 20_000,
    max_units: 10,
    max_volume_cm3: 90_000,
  },
  prices: [
    { up_to_g: 1000, amount: usd('5.00') },
    { up_to_g: 20_000, amount: usd('9.00') },
  ],
};

describe('the catalogue', () => {
  let test: TestApp;
  let world: World;
  let merchant: Merchant;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    merchant = await world.merchant();
    for (const [code, country] of [
      ['AMS', 'NL'],
      ['EWR', 'US'],
    ]) {
      expectStatus(await world.admin.put(`/v1/warehouses/${code}`, { name: `In ${code}`, country }), 200);
    }
  });

  afterAll(() => test.close());

  const pointers = (answer: { status: number; body: unknown }): string[] => {
    expect(answer.status).toBe(422);
    return (answer.body as { errors: { pointer: string }[] }).errors.map((e) => e.pointer);
  };

  it('keeps a variant as staff set it, and sets it anew with the next PUT', async () => {
    const made = expectStatus(await world.admin.put('/v1/variants/LAMP-01', LAMP), 200);
    const prices = [{ amount: '18.50', currency: 'EUR' }, usd('20.00')];
    expect(made).toMatchObject({
      sku: 'LAMP-01',
      ...LAMP,
      prices,
      available: 0,
      stock: [{ warehouse: 'AMS' }, { warehouse: 'EWR', on_hand: 0 }],
    });
    const less: Record<string, unknown> = { ...LAMP };
    delete less['hs_code'];
    delete less['handling'];
    expectStatus(await world.admin.put('/v1/variants/LAMP-01', { ...less, prices: [usd('21.00')] }), 200);
    expect(expectStatus(await merchant.caller.get('/v1/variants/LAMP-01'), 200)).toMatchObject({
      hs_code: null,
      handling: [],
      prices: [usd('21.00')],
    });
    expect((await merchant.caller.get('/v1/variants/LAMP-99')).status).toBe(404);
  });

  it('names every field of a variant that is wrong', async () => {
    const wrong = { ...LAMP, weight_g: 0, origin: 'Mars', handling: ['magic'], colour: 'red' };
    const found = pointers(await world.admin.put('/v1/variants/LAMP-02', wrong));
    expect(found.sort()).toEqual(['/colour', '/handling/0', '/origin', '/weight_g']);
    const twice = { ...LAMP, prices: [usd('1.00'), usd('2.00'), { amount: '3.1', currency: 'EUR' }] };
    expect(pointers(await world.admin.put('/v1/variants/LAMP-02', twice)).sort()).toEqual(['/prices/1', '/prices/2']);
    expect(pointers(await world.admin.put('/v1/variants/a%20b', LAMP))).toEqual(['/sku']);
  });

  it('is searched by a part of the SKU or the title, page by page, newest first', async () => {
    for (const n of [1, 2, 3])
      expectStatus(await world.admin.put(`/v1/variants/TENT-${n}`, { ...LAMP, title: `Tent for ${n}00%` }), 200);
    const first = expectStatus<ListJson>(await merchant.caller.get('/v1/variants?q=tent&limit=2'), 200);
    expect(first.data.map((v) => v['sku'])).toEqual(['TENT-3', 'TENT-2']);
    const second = expectStatus<ListJson>(
      await merchant.caller.get(`/v1/variants?q=tent&limit=2&cursor=${first.next_cursor}`),
      200,
    );
    expect([second.data.map((v) => v['sku']), second.next_cursor]).toEqual([['TENT-1'], null]);
    const literal = expectStatus<ListJson>(await merchant.caller.get('/v1/variants?q=200%25'), 200);
    expect(literal.data.map((v) => v['sku'])).toEqual(['TENT-2']);
    expect(
      pointers(await merchant.caller.get(`/v1/variants?cursor=${Buffer.from('["x","y"]').toString('base64url')}`)),
    ).toEqual(['/cursor']);
  });

  it('counts goods in and out of a warehouse, for merchants without the inner figures', async () => {
    expectStatus(await world.admin.put('/v1/variants/BOX', LAMP), 200);
    const movement = { sku: 'BOX', warehouse: 'EWR', quantity: 7, reason: 'receipt' };
    expect(expectStatus(await world.admin.post('/v1/stock-movements', movement), 201)).toMatchObject({
      ...movement,
      on_hand: 7,
      available: 7,
    });
    expectStatus(await world.admin.post('/v1/stock-movements', { ...movement, quantity: 2, reason: 'damage' }), 201);
    expect(expectStatus(await merchant.caller.get('/v1/variants/BOX'), 200)).toMatchObject({
      available: 5,
      stock: [
        { warehouse: 'AMS', available: 0 },
        { warehouse: 'EWR', available: 5 },
      ],
    });
    const kept = expectStatus<ListJson>(await world.admin.get('/v1/stock-movements?sku=BOX'), 200);
    expect(kept.data.map((m) => m['quantity'])).toEqual([-2, 7]);
    expect(pointers(await world.admin.post('/v1/stock-movements', { ...movement, sku: 'NONE', quantity: -1 }))).toEqual(
      ['/sku', '/quantity'],
    );
    expect(pointers(await world.admin.post('/v1/stock-movements', { ...movement, warehouse: 'MOON' }))).toEqual([
      '/warehouse',
    ]);
    const below = await world.admin.post('/v1/stock-movements', { ...movement, quantity: -6, reason: 'adjustment' });
    expect([below.status, (below.body as { code: string }).code]).toEqual([422, 'stock_too_low']);
  });

  it('keeps couriers with their services, replaced whole', async () => {
    const body = {
      name: 'UPS',
      services: [SERVICE, { ...SERVICE, code: 'air', class: 'express' }],
      tracking: [{ source: 'easypost', carrier: 'UPS' }],
    };
    const made = expectStatus<{ services: object[] }>(await world.admin.put('/v1/couriers/ups', body), 200);
    expect(made).toMatchObject({
      code: 'ups',
      ...body,
      services: [
        { code: 'ground', class: 'standard' },
        { code: 'air', class: 'express' },
      ],
    });
    expectStatus(await world.admin.put('/v1/couriers/ups', { name: 'UPS', services: [SERVICE] }), 200);
    const read = expectStatus(await world.admin.get('/v1/couriers/ups'), 200);
    expect(read).toEqual({
      code: 'ups',
      name: 'UPS',
      services: [{ class: 'standard', needs: [], ...SERVICE, countries: ['CA', 'US'] }],
      tracking: [],
    });
    const wrong = { ...SERVICE, days: { min: 5, max: 2 }, prices: [...SERVICE.prices, SERVICE.prices[0]] };
    const refused = await world.admin.put('/v1/couriers/dhl', { name: 'DHL', services: [wrong, wrong] });
    expect(pointers(refused)).toContain('/services/0/days/max');
    expect(pointers(refused)).toContain('/services/1');
    expect(pointers(refused)).toContain('/services/0/prices/2');
    expect((await world.admin.get('/v1/couriers/dhl')).status).toBe(404);
  });

  it('refuses a courier that is told of by an unknown source, and names the known ones', async () => {
    const tracking = [{ source: 'easypost' }, { source: 'eazypost' }, { source: 'UPS' }];
    const refused = await world.admin.put('/v1/couriers/typo', { name: 'Typo', services: [SERVICE], tracking });
    const { errors } = expectStatus<{ errors: { pointer: string; code: string; detail: string }[] }>(refused, 422);
    expect(errors.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/tracking/1/source', 'unknown_source'],
      ['/tracking/2/source', 'unknown_source'],
    ]);
    expect(errors[0]?.detail).toMatch(/^There is no source eazypost; there are .*\beasypost\b.*\bups\b/);
    expect((await world.admin.get('/v1/couriers/typo')).status).toBe(404);
  });

  it('keeps the settings that a PUT does not name', async () => {
    const holidays = ['2026-12-25', '2026-01-01'];
    expectStatus(await world.admin.put('/v1/settings', { time_zone: 'Europe/Paris', holidays }), 200);
    expectStatus(await world.admin.put('/v1/settings', { awaiting_funds_days: 3 }), 200);
    expect(expectStatus(await world.admin.get('/v1/settings'), 200)).toEqual({
      ...{ default_policy: 'courier-proof', time_zone: 'Europe/Paris', awaiting_funds_days: 3 },
      holidays: ['2026-01-01', '2026-12-25'],
    });
    const wrong = { time_zone: 'Mars/Base', holidays: ['2026-02-30'], default_policy: 'kindness' };
    expect(pointers(await world.admin.put('/v1/settings', wrong))).toEqual([
      '/holidays/0',
      '/time_zone',
      '/default_policy',
    ]);
  });

  it('keeps discount codes as percent or amount, never both or neither', async () => {
    const code = { percent: '12.5', from: '2026-01-01T00:00:00Z', until: '2026-02-01T00:00:00.000Z', max_uses: 9 };
    expect(expectStatus(await world.admin.put('/v1/discount-codes/WINTER', code), 200)).toMatchObject({
      code: 'WINTER',
      percent: '12.5',
      amount: null,
      max_uses: 9,
      uses: 0,
    });
    expectStatus(await world.admin.put('/v1/discount-codes/WINTER', { amount: usd('3.00') }), 200);
    expect(expectStatus(await world.admin.get('/v1/discount-codes/WINTER'), 200)).toMatchObject({
      percent: null,
      amount: usd('3.00'),
      until: null,
    });
    expect(pointers(await world.admin.put('/v1/discount-codes/NONE', {}))).toEqual(['/percent']);
    expect(pointers(await world.admin.put('/v1/discount-codes/NONE', { percent: '1', amount: usd('1.00') }))).toEqual([
      '/percent',
    ]);
    expect(
      pointers(await world.admin.put('/v1/discount-codes/NONE', { ...code, until: '2025-01-01T00:00:00Z' })),
    ).toEqual(['/until']);
    const twice = {
      quantity: [
        { from: 2, percent: '1' },
        { from: 2, percent: '2' },
      ],
    };
    expect(pointers(await world.admin.put('/v1/price-tiers', twice))).toEqual(['/quantity/1']);
  });

  it('lets merchants look and nobody but staff set', async () => {
    const calls = [
      merchant.caller.put('/v1/variants/LAMP-01', LAMP),
      merchant.caller.put('/v1/warehouses/EWR', { name: 'Mine', country: 'US' }),
      merchant.caller.put('/v1/couriers/ups', { name: 'UPS', services: [] }),
      merchant.caller.put('/v1/discount-codes/FREE', { percent: '100' }),
      merchant.caller.put('/v1/price-tiers', {}),
      merchant.caller.put('/v1/settings', {}),
      merchant.caller.post('/v1/stock-movements', { sku: 'BOX', warehouse: 'EWR', quantity: 1, reason: 'receipt' }),
      merchant.caller.get('/v1/couriers/ups'),
    ];
    expect((await Promise.all(calls)).map((answer) => answer.status)).toEqual(calls.map(() => 403));
  });
});
