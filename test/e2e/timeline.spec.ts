import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { Cases } from '../support/case.ts';
import { expectStatus, usd, World } from '../support/world.ts';

interface Entry {
  id: string;
  at: string;
  type: string;
  by: string;
  user: string | null;
  amount: { amount: string } | null;
  cause: string | null;
  text: string;
}

let test: TestApp;
let cases: Cases;

beforeAll(async () => {
  test = await startApp();
  const world = await World.open(test);
  await world.catalogue();
  cases = new Cases(world, await world.merchant('100.00'));
});

afterAll(() => test.close());

const page = async (orderId: string, query: string) =>
  expectStatus<{ data: Entry[]; next_cursor: string | null }>(
    await cases.merchant.caller.get(`/v1/orders/${orderId}/timeline?${query}`),
    200,
  );

it('tells an order by when things happened, whoever told of them late, with who did them', async () => {
  const parcel = await cases.shipped();
  const shipped = test.clock.now().getTime();
  await cases.pass('P3D');
  const hour = (n: number) => ({ at: new Date(shipped + n * 3_600_000) });
  for (const [status, n] of [
    ['rto_delivered', 60],
    ['rto_initiated', 50],
    ['in_transit', 5],
  ] as const)
    expectStatus(await cases.tell(parcel, status, hour(n)), 200);
  await test.settle();

  const { data } = await page(parcel.order.id, 'limit=100');
  const steps = data.map(({ type, by }) => `${type} by ${by}`);
  expect(steps.filter((step) => !step.endsWith('waybill')).slice(0, 5)).toEqual([
    'order.placed by merchant',
    'order.paid by merchant',
    'package.packed by staff',
    'package.labelled by staff',
    'package.handed_over by staff',
  ]);
  expect(steps).toContain('order.in_fulfilment by waybill');
  expect(steps.indexOf('package.rto_delivered by courier')).toBeGreaterThan(0);
  expect(steps.indexOf('claim.decided by policy')).toBeGreaterThan(steps.indexOf('package.rto_delivered by courier'));
  expect(data.map(({ at }) => at)).toEqual(data.map(({ at }) => at).sort());
  expect(data.find(({ type }) => type === 'claim.decided')).toMatchObject({
    ...{ amount: usd('25.00'), cause: expect.stringMatching(/^decision:dec_/) },
    text: 'Decided: refund.',
  });
  const packers = new Set(data.filter(({ by }) => by === 'staff').map(({ user }) => user));
  expect([...packers]).toEqual([expect.stringMatching(/^usr_/)]);
  expect(data.every(({ text, type }) => text !== type)).toBe(true);
});

it('pages without a gap or a repetition', async () => {
  const { order } = await cases.shipped();
  const whole = (await page(order.id, 'limit=100')).data.map(({ id }) => id);
  const read: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const next = await page(order.id, `limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
    read.push(...next.data.map(({ id }) => id));
    cursor = next.next_cursor;
  }
  expect(read).toEqual(whole);
});
