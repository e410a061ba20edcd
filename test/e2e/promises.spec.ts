import { startApp, type TestApp } from '../support/app.ts';
import { Cases } from '../support/case.ts';
import { expectStatus, usd, World } from '../support/world.ts';

interface Promised {
  id: string;
  dispatch_due_at: string | null;
  dispatch_overdue: boolean;
  estimated_delivery: { earliest: string; latest: string } | null;
  status: string;
}

let test: TestApp;
let world: World;
let cases: Cases;

/** A Friday. The operator keeps Newark's time; the Monday after is a holiday. */
const FRIDAY = '2026-12-04T15:00:00Z';

beforeAll(async () => {
  test = await startApp({ SANDBOX_START: FRIDAY });
  world = await World.open(test);
  await world.catalogue();
  const settings = { time_zone: 'America/New_York', holidays: ['2026-12-07'] };
  expectStatus(await world.admin.put('/v1/settings', settings), 200);
  cases = new Cases(world, await world.merchant('500.00'));
});

afterAll(() => test.close());

const promised = async (id: string): Promise<Promised> => (await cases.package(id)) as unknown as Promised;

const queue = async (): Promise<string[]> =>
  expectStatus<{ data: Promised[] }>(await world.admin.get('/v1/picking-queue?warehouse=EWR&limit=100'), 200).data.map(
    ({ id }) => id,
  );

describe('the promised dispatch time', () => {
  it('counts working days of the warehouse from payment; what is past it shows, is told once and stands first', async () => {
    const hasty = { name: 'Newark', country: 'US', dispatch_days: 1 };
    expect(
      expectStatus(await world.admin.put('/v1/warehouses/EWR', { ...hasty, dispatch_days: 3 }), 200),
    ).toMatchObject({
      dispatch_days: 3,
    });
    const patient = (await cases.place()).packages[0]?.id ?? '';
    expectStatus(await world.admin.put('/v1/warehouses/EWR', hasty), 200);
    const order = await cases.place();
    const first = order.packages[0]?.id ?? '';
    // Saturday, Sunday and the holiday are left out
    expect(await promised(first)).toMatchObject({
      dispatch_due_at: '2026-12-08T15:00:00.000Z',
      dispatch_overdue: false,
    });
    expect(await promised(patient)).toMatchObject({ dispatch_due_at: '2026-12-10T15:00:00.000Z' });
    expect(await queue()).toEqual([first, patient]);
    await cases.pass('P4D');
    expect(await promised(first)).toMatchObject({ dispatch_overdue: false });
    await cases.pass('P1D');
    expect(await promised(first)).toMatchObject({ status: 'planned', dispatch_overdue: true });
    expect(await promised(patient)).toMatchObject({ dispatch_overdue: false });
    const timeline = await cases.merchant.caller.get(`/v1/orders/${order.id}/timeline?limit=100`);
    const told = expectStatus<{ data: { type: string }[] }>(timeline, 200).data;
    expect(told.filter(({ type }) => type === 'package.dispatch_overdue')).toHaveLength(1);
    const mails = await world.admin.get(
      `/v1/mails?kind=dispatch_overdue&to=${encodeURIComponent(cases.merchant.email)}`,
    );
    expect(expectStatus<{ data: object[] }>(mails, 200).data).toHaveLength(1);
    const newer = (await cases.place()).packages[0]?.id ?? '';
    expect(await queue()).toEqual([first, patient, newer]);
    await world.ship(first, cases.number());
    expect(await promised(first)).toMatchObject({ status: 'handed_over', dispatch_overdue: false });
    expect(await queue()).toEqual([patient, newer]);
  });

  it('begins when the money is there', async () => {
    const poor = new Cases(world, await world.merchant());
    const id = (await poor.place()).packages[0]?.id ?? '';
    expect(await poor.package(id)).toMatchObject({ dispatch_due_at: null });
    expect(await queue()).not.toContain(id);
    await world.topUp(poor.merchant, '50.00');
    await test.settle();
    const { dispatch_due_at } = (await poor.package(id)) as unknown as Promised;
    expect(dispatch_due_at).not.toBeNull();
    expect(await queue()).toContain(id);
    expectStatus(await poor.merchant.caller.get('/v1/picking-queue'), 403);
  });
});

describe('the estimated delivery', () => {
  it('is shown from the hand-over day, in the service’s working days', async () => {
    const order = await cases.place();
    const id = order.packages[0]?.id ?? '';
    expect(await promised(id)).toMatchObject({ estimated_delivery: null });
    const shipped = await world.ship(id, cases.number());
    // handed over on Wednesday the 9th; the service takes 2 to 5 working days
    expect(shipped).toMatchObject({
      handed_over_at: '2026-12-09T15:00:00.000Z',
      estimated_delivery: { earliest: '2026-12-11', latest: '2026-12-16' },
    });
    const page = `/track/${shipped['tracking_number'] as string}`;
    expect((await test.http.get(page)).text).toContain('Expected between 2026-12-11 and 2026-12-16.');
    expect((await test.http.get(page).set('Accept-Language', 'fr')).text).toContain('entre le 2026-12-11');
  });
});

describe('goods that ask for a quality check', () => {
  const body = (quality_check: boolean) => ({
    ...{ title: 'Watch', prices: [usd('20.00')], weight_g: 100, length_mm: 50, width_mm: 50, height_mm: 50 },
    quality_check,
  });

  it('are packed only with its result', async () => {
    expect(expectStatus(await world.admin.put('/v1/variants/WATCH', body(true)), 200)).toMatchObject({
      quality_check: true,
    });
    const came = { sku: 'WATCH', warehouse: 'EWR', quantity: 5, reason: 'receipt' };
    expectStatus(await world.admin.post('/v1/stock-movements', came), 201);
    const order = await cases.place([
      { sku: 'WATCH', quantity: 1 },
      { sku: 'LAMP', quantity: 1 },
    ]);
    const path = `/v1/packages/${order.packages[0]?.id ?? ''}`;
    expectStatus(await world.admin.post(`${path}/pick`), 200);
    const packed = {
      scans: [
        { sku: 'WATCH', quantity: 1 },
        { sku: 'LAMP', quantity: 1 },
      ],
      weight_g: 700,
    };
    const pack = (quality_checks?: object[]) => world.admin.post(`${path}/pack`, { ...packed, quality_checks });
    expect(expectStatus(await pack(), 409)).toMatchObject({ code: 'quality_check_missing', skus: ['WATCH'] });
    expect(expectStatus(await pack([{ sku: 'WATCH', passed: false, note: 'Scratched' }]), 409)).toMatchObject({
      code: 'quality_check_failed',
      skus: ['WATCH'],
    });
    expect(expectStatus(await pack([{ sku: 'WATCH', passed: true }]), 200)).toMatchObject({ status: 'packed' });
  });

  it('ask for nothing any more when the variant does not', async () => {
    expectStatus(await world.admin.put('/v1/variants/WATCH', body(false)), 200);
    const order = await cases.place([{ sku: 'WATCH', quantity: 1 }]);
    expect(await world.ship(order.packages[0]?.id ?? '', cases.number())).toMatchObject({ status: 'handed_over' });
  });
});
