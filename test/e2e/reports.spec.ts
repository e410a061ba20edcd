import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, SHIP_TO, usd, World, type Merchant, type Caller } from '../support/world.ts';

interface ReportJson {
  by: string;
  data: Record<string, unknown>[];
}

const FRANCE = { ...SHIP_TO, region: null, postal_code: '75001', city: 'Paris', country: 'FR' };
const START = '2026-05-01T10:00:00.000Z';
const after = (days: number): string => new Date(Date.parse(START) + days * 86_400_000).toISOString();

describe('reports', () => {
  let test: TestApp;
  let world: World;
  let shop: Merchant;
  let other: Merchant;

  /** One package on its way, with the words of its courier. */
  async function shipped(merchant: Merchant, sku: string, story: [status: string, at: string][], to: object = SHIP_TO) {
    const reference = `R-${sku}-${story.map(([status]) => status).join('-')}`;
    const body = { reference, currency: 'USD', ship_to: to, items: [{ sku, quantity: 1 }] };
    const order = expectStatus<{ id: string; packages: { id: string }[] }>(
      await merchant.caller.post('/v1/orders', body),
      201,
    );
    const packageId = order.packages[0]?.id ?? '';
    const number = `${merchant.id.slice(-6)}-${reference}`;
    await world.ship(packageId, number);
    const events = story.map(([status, at]) => ({ courier: 'ups', tracking_number: number, status, occurred_at: at }));
    if (events.length > 0) expectStatus(await world.admin.post('/v1/tracking/events', { events }), 200);
    return order.id;
  }

  const report = async (name: string, query = '', caller = shop.caller): Promise<ReportJson> =>
    expectStatus<ReportJson>(await caller.get(`/v1/reports/${name}${query}`), 200);

  beforeAll(async () => {
    test = await startApp({ SANDBOX_START: START });
    world = await World.open(test);
    await world.catalogue();
    shop = await world.merchant('500.00');
    other = await world.merchant('500.00');
    expectStatus(await world.admin.post('/v1/sandbox/clock', { now: START }), 200);
    await shipped(shop, 'LAMP', [
      ['in_transit', after(1)],
      ['delivered', after(2)],
    ]);
    await shipped(
      shop,
      'LAMP',
      [
        ['in_transit', after(1)],
        ['attempt_failed', after(3)],
        ['delivered', after(4)],
      ],
      FRANCE,
    );
    await shipped(
      shop,
      'SHADE',
      [
        ['in_transit', after(3)],
        ['rto_initiated', after(5)],
        ['rto_delivered', after(9)],
      ],
      FRANCE,
    );
    await shipped(shop, 'POWERBANK', [['lost', after(6)]]);
    await shipped(shop, 'LAMP', []);
    await shipped(other, 'LAMP', [['delivered', after(-1)]]);
    const cancelled = expectStatus<{ id: string }>(
      await shop.caller.post('/v1/orders', world.order('NEVER-SENT')),
      201,
    );
    expectStatus(await shop.caller.post(`/v1/orders/${cancelled.id}/cancellation`), 200);
    await test.settle();
  });

  afterAll(() => test.close());

  it('counts what came back of what has come to an end', async () => {
    const all = { delivered: 2, rto: 1, lost: 1, failed: 0, under_way: 1, rto_rate: '25' };
    expect((await report('rto-rate')).data).toEqual([{ group: 'ups', shipped: 5, ...all }]);
    expect((await report('rto-rate', '?by=country')).data).toMatchObject([
      { group: 'FR', shipped: 2, rto: 1, rto_rate: '50' },
      { group: 'US', shipped: 3, rto: 0, rto_rate: '0' },
    ]);
    expect((await report('rto-rate', '?by=sku')).data.map(({ group, rto }) => [group, rto])).toEqual([
      ['LAMP', 0],
      ['POWERBANK', 0],
      ['SHADE', 1],
    ]);
  });

  it('measures days from hand-over, and deliveries at the first attempt', async () => {
    expect((await report('delivery-times')).data).toEqual([
      {
        ...{ group: 'ups', shipped: 5, delivered: 2, days_to_first_scan: 1 },
        ...{ days_to_door: 3, days_to_door_p90: 3.8, first_attempt_rate: '50' },
      },
    ]);
    const [card] = (await report('couriers', '?by=merchant')).data;
    expect(card).toMatchObject({ group: shop.id, courier: 'ups', shipped: 5, lost: 1, lost_rate: '25', late: 0 });
  });

  it('counts no day below zero where a courier’s clock is behind the warehouse’s', async () => {
    const [row] = (await report('delivery-times', '', other.caller)).data;
    expect(row).toMatchObject({ delivered: 1, days_to_first_scan: 0, days_to_door: 0 });
  });

  it('adds up what was credited, by cause, also for what never left', async () => {
    expect((await report('refunds')).data).toEqual([
      { group: 'ups', cause: 'undelivered', refunds: 2, amount: usd('50.00') },
      { group: null, cause: 'cancellation', refunds: 1, amount: usd('25.00') },
    ]);
  });

  it('keeps to the period, both ends in it, in any offset', async () => {
    const at = encodeURIComponent('2026-05-01T12:00:00+02:00');
    expect((await report('rto-rate', `?from=${at}&to=${at}`)).data).toMatchObject([{ shipped: 5 }]);
    expect((await report('rto-rate', `?from=${after(1)}`)).data).toEqual([]);
    const answer = await shop.caller.get(`/v1/reports/rto-rate?from=${after(1)}&to=${START}`);
    expect(answer.body).toMatchObject({ errors: [{ pointer: '/from', code: 'range' }] });
    expectStatus(await shop.caller.get('/v1/reports/refunds?by=colour'), 422);
  });

  it('shows a merchant its own, and staff all', async () => {
    expect((await report('rto-rate', '?by=merchant', other.caller)).data).toMatchObject([
      { group: other.id, shipped: 1 },
    ]);
    const everybody = (await report('rto-rate', '?by=merchant', world.admin)).data;
    expect(everybody.map(({ group }) => group).sort()).toEqual([shop.id, other.id].sort());
  });

  it('is a table where CSV is accepted', async () => {
    const answer = await shop.caller.send('get', '/v1/reports/refunds', undefined, { Accept: 'text/csv' });
    expect(answer.headers['content-type']).toContain('text/csv');
    expect(answer.text.trim().split('\n')).toEqual([
      'group,cause,refunds,amount,currency',
      'ups,undelivered,2,50.00,USD',
      ',cancellation,1,25.00,USD',
    ]);
  });

  it('is a table of the same columns where there is nothing to tell', async () => {
    const stranger = await world.merchant();
    for (const name of ['rto-rate', 'delivery-times', 'couriers', 'refunds']) {
      const of = async (caller: Caller): Promise<string[]> =>
        (await caller.send('get', `/v1/reports/${name}`, undefined, { Accept: 'text/csv' })).text.trim().split('\n');
      const [head] = await of(shop.caller);
      expect(await of(stranger.caller)).toEqual([head]);
      const [row] = (await report(name)).data;
      const { amount, ...others } = row as { amount?: object };
      const fields = [...Object.keys(others), ...Object.keys(amount ?? {})];
      expect([...(head ?? '').split(',')].sort()).toEqual(fields.sort());
    }
  });
});
