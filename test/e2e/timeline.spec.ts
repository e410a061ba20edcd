import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { Cases } from '../support/case.ts';
import { Claims } from '../support/claims.ts';
import { ReturnStories } from '../support/returns.ts';
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
  expect(steps.filter((step) => !step.endsWith('waybill')).slice(0, 6)).toEqual([
    'order.placed by merchant',
    'order.paid by merchant',
    'package.picked by staff',
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
    text: 'Decided about the delivery: refund 25.00 USD.',
  });
  const packers = new Set(data.filter(({ by }) => by === 'staff').map(({ user }) => user));
  expect([...packers]).toEqual([expect.stringMatching(/^usr_/)]);
  expect(data.every(({ text, type }) => text !== type)).toBe(true);
});

const sentences = async (orderId: string): Promise<string[]> =>
  (await page(orderId, 'limit=100')).data.map(({ by, text }) => `${by}: ${text}`);

it('tells of a claim, its evidence, and the goods that are sent again in its place', async () => {
  const { world, merchant } = cases;
  expectStatus(await world.admin.patch(`/v1/merchants/${merchant.id}`, { policy: 'guaranteed-delivery' }), 200);
  const claims = new Claims(cases);
  const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 1 }]);
  await cases.told(parcel, 'delivered');
  const { id } = await claims.open(parcel, { type: 'wrong_item' });
  await claims.shown(id);
  await test.settle();
  const told = await sentences(parcel.order.id);
  expect(told.slice(told.indexOf('merchant: A claim was opened (wrong item).'))).toEqual([
    'merchant: A claim was opened (wrong item).',
    'merchant: The claim needs evidence: photo.',
    'merchant: A file was shown for the claim: photo.',
    'merchant: Goods of it are sent again by a free order.',
    'policy: Decided about the claim (wrong item): reship.',
  ]);
  const again = (await page(parcel.order.id, 'limit=100')).data.find(({ type }) => type === 'package.sent_again');
  const free = again?.cause?.split(':')[1] ?? '';
  const ofFree = (await page(free, 'limit=100')).data.map(({ text, amount }) => ({ text, amount }));
  expect(ofFree).toEqual([
    { text: `Placed to send goods of ${parcel.order.id} again.`, amount: null },
    { text: 'Nothing is to be paid for it.', amount: null },
  ]);
});

it('tells of a return: asked, allowed, sent, received by the warehouse, paid', async () => {
  cases = await ReturnStories.under(cases.world, 'retail-standard', '100.00');
  const stories = cases as ReturnStories;
  const parcel = await stories.delivered();
  const asked = await stories.approved(parcel, 'quality');
  await stories.sent(asked);
  await stories.received(asked.return_code);
  await test.settle();
  const told = await sentences(parcel.order.id);
  expect(told.slice(told.indexOf('merchant: It was asked whether goods may come back (quality).'))).toEqual([
    'merchant: It was asked whether goods may come back (quality).',
    'policy: Decided about the return (quality): accept.',
    `staff: A return was authorised: ${asked.return_code ?? ''}`,
    'merchant: The buyer has sent the goods back with postal service.',
    'staff: The warehouse received it back: original, unopened.',
    'staff: A return was received, original.',
    'policy: Decided about the goods that came back (quality): refund 45.00 USD.',
    'staff: A return was paid back.',
    'waybill: The package is settled: nothing can be claimed any more.',
    'waybill: The order is settled: nothing can be claimed any more.',
  ]);
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
