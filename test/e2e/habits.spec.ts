import { randomUUID } from 'node:crypto';
import type { Response } from 'supertest';
import { startApp, type TestApp } from '../support/app.ts';
import { Caller, expectStatus, SHIP_TO, usd, World, type Merchant } from '../support/world.ts';

interface ProblemJson {
  code: string;
  errors?: { pointer: string; code: string }[];
}

const problem = (answer: Response, status: number): ProblemJson => {
  expect(answer.headers['content-type']).toContain('application/problem+json');
  return expectStatus<ProblemJson>(answer, status);
};

const faults = (answer: Response): string[] =>
  (problem(answer, 422).errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`);

const cursorOf = (...keys: string[]): string => Buffer.from(JSON.stringify(keys)).toString('base64url');

/** Offsets, days and years that PostgreSQL or JavaScript would read otherwise, or not at all. */
const STRANGE_INSTANTS = {
  taken: [
    '2026-01-01T00:00:00-23:59',
    '2026-01-01t00:00:00z',
    '2026-01-01T00:00:00.123456789123Z',
    '2026-01-01T00:00Z',
    '0001-01-01T00:00:00Z',
    '2026-01-01T12:00:00.5+14:00',
  ],
  refused: [
    '2026-02-30T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:00+24:00',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999-00:01',
    '0001-01-01T00:00:00+00:01',
    '2026-01-01',
    '2026-01-01 00:00:00Z',
  ],
};

describe('the habits of every call', () => {
  let test: TestApp;
  let world: World;
  let shop: Merchant;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    await world.catalogue();
    shop = await world.merchant('100.00');
  });

  afterAll(() => test.close());

  it('asks for the idempotency key before it looks at the fields, where money moves', async () => {
    for (const path of ['/v1/orders', '/v1/orders/batch', '/v1/top-ups', '/v1/payouts']) {
      expect(problem(await shop.caller.send('post', path, {}), 400).code).toBe('idempotency_key_required');
    }
    expect(problem(await world.admin.send('post', '/v1/adjustments', {}), 400).code).toBe('idempotency_key_required');
    expect(problem(await shop.caller.post('/v1/quotes', {}, 'two words'), 400).code).toBe('idempotency_key_invalid');
    expect(problem(await new Caller(test, null).send('post', '/v1/orders', {}), 401).code).toBe('unauthorized');
  });

  it('refuses a field on an action that takes none, and takes nothing or {}', async () => {
    const order = expectStatus<{ packages: { id: string }[] }>(
      await shop.caller.post('/v1/orders', world.order('NO-BODY')),
      201,
    );
    const path = `/v1/packages/${order.packages[0]?.id}/pick`;
    expect(faults(await world.admin.post(path, { quantity: 1 }))).toEqual(['/quantity unknown_field']);
    expect(faults(await world.admin.post(path, []))).toEqual([' wrong_type']);
    expectStatus(await world.admin.send('post', path), 200);
    expectStatus(await world.admin.post('/v1/sandbox/drain', {}), 200);
  });

  it('names the item of a list that is none, and takes no list for an object', async () => {
    const item = { sku: 'LAMP', quantity: 1 };
    const refusals: [Caller, string, object, string[]][] = [
      [world.admin, '/v1/tracking/events', { events: [[]] }, ['/events/0 wrong_type']],
      [shop.caller, '/v1/orders', { ...world.order('LISTS'), items: [item, []] }, ['/items/1 wrong_type']],
      [shop.caller, '/v1/orders/batch', { orders: 'x' }, ['/orders wrong_type']],
      [shop.caller, '/v1/api-keys', { name: 'k', scopes: ['orders:read', 7] }, ['/scopes/1 wrong_type']],
      [shop.caller, '/v1/api-keys', { name: 'k', scopes: ['orders:read', 'x'] }, ['/scopes/1 not_allowed']],
    ];
    for (const [caller, path, body, expected] of refusals)
      expect(faults(await caller.post(path, body))).toEqual(expected);
    for (const body of [{ quantity: [[]] }, { order_value: [[]] }])
      expect(faults(await world.admin.put('/v1/price-tiers', body))).toEqual([
        `/${Object.keys(body).join()}/0 wrong_type`,
      ]);
    expectStatus(await world.admin.put('/v1/price-tiers', { quantity: null, order_value: null }), 200); // left out
    const courier = { name: 'Z', services: [[]], tracking: [[]] };
    expect(faults(await world.admin.put('/v1/couriers/zz', courier))).toEqual([
      '/services/0 wrong_type',
      '/tracking/0 wrong_type',
    ]);
  });

  it('says in what form a file is sent, and of an address that leads nowhere no more than that', async () => {
    const asAdmin = { Authorization: `Bearer ${world.admin.token ?? ''}` };
    const form = await test.http.post('/v1/imports/variants').set(asAdmin).attach('file', Buffer.from('sku'), 'a.csv');
    expect([form.status, form.body.detail]).toEqual([415, expect.stringContaining('text/csv')]);
    const photo = await world.admin.post('/v1/receipts/rec_01h455vb4pex5vsknk084sn02q/photo', { kind: 'photo' });
    expect([photo.status, photo.body.detail]).toEqual([415, expect.stringContaining('multipart/form-data')]);
    const csv = { 'Content-Type': 'text/csv' };
    expect((await world.admin.send('post', '/v1/imports/nothing', 'sku', csv)).status).toBe(404);
  });

  it('unpacks nothing', async () => {
    for (const [path, type] of [
      ['/v1/quotes', 'application/json'],
      ['/v1/imports/variants?dry_run=true', 'text/csv'],
    ] as const) {
      const packed = { 'Content-Type': type, 'Content-Encoding': 'gzip' };
      expect(problem(await world.admin.send('post', path, 'sku', packed), 415).code).toBe('unsupported_media_type');
    }
    const plain = { 'Content-Type': 'application/json', 'Content-Encoding': 'identity' };
    expect((await world.admin.send('post', '/v1/sandbox/drain', '{}', plain)).status).toBe(200);
  });

  it('heeds an idempotency key where something changes alone', async () => {
    const key = { 'Idempotency-Key': 'x'.repeat(300) };
    expect((await world.admin.send('get', '/v1/warehouses', undefined, key)).status).toBe(200);
    expect((await world.admin.send('post', '/v1/stock-movements', {}, key)).status).toBe(400);
  });

  it('answers 404 as a problem where an address cannot be read', async () => {
    for (const path of ['/v1/orders/ord_%E0%A4%A', `/v1/orders/${'x'.repeat(600)}`, '/v1/orders/%00', '/nowhere']) {
      const answer = await shop.caller.get(path);
      expect(problem(answer, 404).code).toBe('not_found');
      expect(answer.headers['x-request-id']).toBeTruthy();
    }
  });

  it.each([
    ['/v1/orders', [cursorOf('a'), cursorOf(), cursorOf('a', 'b'), 'zzz']],
    ['/v1/variants', [cursorOf('2026', 'LAMP'), cursorOf('a', 'b'), cursorOf('a')]],
    ['/v1/wallet/transactions', [cursorOf('1.5'), cursorOf('a')]],
    ['/v1/top-ups', [cursorOf('a')]],
    ['/v1/packages', [cursorOf('a')]],
    ['/v1/audit', [cursorOf('a')]],
  ])('refuses a cursor that is not of the list %s', async (path, cursors) => {
    for (const cursor of cursors) {
      expect(faults(await shop.caller.get(`${path}?cursor=${cursor}`))).toEqual(['/cursor cursor']);
    }
  });

  it.each([
    ...[['/v1/packages', 'order'] as const, ['/v1/claims', 'order'] as const, ['/v1/returns', 'order'] as const],
    ...[['/v1/invoices', 'order'] as const, ['/v1/webhook-deliveries', 'endpoint'] as const],
  ])('refuses %s?%s= with what is no id of its kind, and finds nothing of an unknown one', async (path, field) => {
    const prefix = field === 'order' ? 'ord' : 'whe';
    for (const wrong of ['x', 'evt_01h455vb4pex5vsknk084sn02q', `${prefix}_01h455vb4pex5vsknk084sn0`, ''])
      expect(faults(await shop.caller.get(`${path}?${field}=${wrong}`))).toEqual([`/${field} id`]);
    const unknown = `${path}?${field}=${prefix}_01h455vb4pex5vsknk084sn02q`;
    expect(expectStatus(await shop.caller.get(unknown), 200)).toMatchObject({ data: [] });
  });

  it('reads instants with any offset, and refuses days and years that are none', async () => {
    for (const [path, field] of [
      ['/v1/orders', 'created_after'],
      ['/v1/wallet/transactions', 'from'],
      ['/v1/wallet/statement', 'from'],
    ] as const) {
      for (const taken of STRANGE_INSTANTS.taken)
        expectStatus(await shop.caller.get(`${path}?${field}=${encodeURIComponent(taken)}`), 200);
      for (const refused of STRANGE_INSTANTS.refused) {
        const answer = await shop.caller.get(`${path}?${field}=${encodeURIComponent(refused)}`);
        expect(faults(answer)).toEqual([`/${field} instant`]);
      }
    }
  });

  it('reads the + of an offset in an address as it stands there, too', async () => {
    const caller = (await world.merchant('5.00')).caller;
    const now = test.clock.now().getTime();
    const inTwoHoursEast = (at: number) => new Date(at + 2 * 3_600_000).toISOString().replace('Z', '+02:00');
    const since = (at: number) => caller.get(`/v1/wallet/transactions?from=${inTwoHoursEast(at)}`);
    expect(expectStatus<{ data: object[] }>(await since(now), 200).data).toHaveLength(1);
    expect(expectStatus<{ data: object[] }>(await since(now + 1), 200).data).toHaveLength(0);
    for (const path of ['/v1/orders?created_before', '/v1/reports/refunds?from', '/v1/audit?from', '/v1/invoices?to'])
      expectStatus(await caller.get(`${path}=${inTwoHoursEast(now)}`), 200);
  });

  it('refuses text that cannot be stored as it was sent', async () => {
    for (const reference of ['a\u0000b', 'a\ud800b', '\udc00']) {
      const body = JSON.stringify({ ...world.order('TEXT'), reference });
      const answer = await test.http
        .post('/v1/orders')
        .set({
          Authorization: `Bearer ${shop.caller.token}`,
          'Idempotency-Key': randomUUID(),
          'Content-Type': 'application/json',
        })
        .send(body);
      expect(faults(answer)).toEqual(['/reference format']);
    }
    expectStatus(await shop.caller.post('/v1/orders', world.order('😀\u202eé')), 201);
  });

  it('refuses unknown fields inside money, and money that is more than can be booked', async () => {
    const ask = (amount: object) => shop.caller.post('/v1/top-ups', { amount, method: 'bank_transfer' });
    expect(faults(await ask({ ...usd('5.00'), note: 'x' }))).toEqual(['/amount/note unknown_field']);
    expect(faults(await ask(usd('10000000000000000.01')))).toEqual(['/amount money']);
    const asked = expectStatus<{ amount: object }>(await ask(usd('9007199254740993.11')), 201);
    expect(asked.amount).toEqual(usd('9007199254740993.11')); // more than 2^53 in whole units, too
    const variant = { title: 'Gold', prices: [usd('99999999999999999999.00')], weight_g: 1 };
    const sizes = { length_mm: 1, width_mm: 1, height_mm: 1, handling: [], backorder: false };
    expect(faults(await world.admin.put('/v1/variants/GOLD', { ...variant, ...sizes }))).toEqual(['/prices/0 money']);
    const dear = { ...variant, ...sizes, prices: [usd('9999999999999999.00')] };
    expectStatus(await world.admin.put('/v1/variants/GOLD', dear), 200);
    const stocked = { sku: 'GOLD', warehouse: 'EWR', quantity: 100_000, reason: 'receipt' };
    expectStatus(await world.admin.post('/v1/stock-movements', stocked), 201);
    const many = { ...world.order('DEAR', [{ sku: 'GOLD', quantity: 50 }]), ship_to: SHIP_TO };
    expect(faults(await shop.caller.post('/v1/orders', many))).toEqual([' too_large']);
  });

  it.each([
    [{ amount: '100', currency: 'USD' }, 'USD is written with 2 decimals; "100" has 0.'],
    [{ amount: '1.00', currency: 'JPY' }, 'JPY is written with 0 decimals; "1.00" has 2.'],
    [{ amount: '1e2', currency: 'USD' }, '"1e2" is not a decimal amount such as "12.34".'],
    [{ amount: '5.00', currency: 'usd' }, 'usd is not an ISO 4217 currency code.'],
    [{ amount: 5, currency: 'USD' }, 'the amount is a decimal string.'],
    [
      { amount: '10000000000000000.01', currency: 'USD' },
      '10000000000000000.01 is more than can be booked; 10000000000000000.00 USD is the most.',
    ],
  ])('says why %j is no money', async (amount, why) => {
    const answer = await shop.caller.post('/v1/top-ups', { amount, method: 'bank_transfer' });
    const such = 'Amount must be money such as {"amount":"12.34","currency":"USD"}: ';
    expect(expectStatus<{ detail: string }>(answer, 422).detail).toBe(such + why);
  });

  it('takes the countries of ISO 3166 and Kosovo, and no others’ or former ones', async () => {
    const at = (country: string) =>
      shop.caller.post('/v1/quotes', {
        ...{ currency: 'USD', items: [{ sku: 'LAMP', quantity: 1 }] },
        ship_to: { ...SHIP_TO, country, postal_code: undefined, region: undefined, phone: undefined },
      });
    for (const country of ['GB', 'XK', 'SS', 'CW']) expectStatus(await at(country), 201);
    for (const country of ['UK', 'SU', 'YU', 'EU', 'ZZ', 'gb', 'GBR'])
      expect(faults(await at(country))).toEqual(['/ship_to/country country']);
  });

  it('says which country of a service is none, and which durations move no clock', async () => {
    const service = { code: 's', days: { min: 1, max: 2 }, max_weight_g: 1000, max_units: 5 };
    const prices = [{ up_to_g: 1000, amount: usd('1.00') }];
    const courier = { name: 'C', services: [{ ...service, prices, countries: ['NL', 'ZZ', '*'] }] };
    expect(faults(await world.admin.put('/v1/couriers/c', courier))).toEqual(['/services/0/countries/1 country']);
    expect(faults(await shop.caller.post('/v1/sandbox/clock', { advance: 'P' }))).toEqual(['/advance duration']);
    for (const advance of ['P9999Y', 'P10Y1D'])
      expect(faults(await shop.caller.post('/v1/sandbox/clock', { advance }))).toEqual(['/advance too_large']);
    expect(faults(await shop.caller.post('/v1/sandbox/clock', { now: '2999-01-01T00:00:00Z' }))).toEqual([
      '/now too_large',
    ]);
  });
});
