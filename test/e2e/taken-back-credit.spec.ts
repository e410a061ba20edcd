import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { rows } from '../../src/database/sql.ts';
import { courierProof } from '../../src/policies/presets/courier-proof.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { ReturnStories } from '../support/returns.ts';
import { expectStatus, usd, World } from '../support/world.ts';

const POLICY = 'proof-take-back';

let test: TestApp;
let world: World;
beforeAll(async () => {
  test = await startApp({ TOP_UP_BONUS_PERCENT: '10', TOP_UP_BONUS_DAYS: '40' });
  const settlement = { ...courierProof.settlement, delivered_after_refund: 'take_back' };
  const terms = JSON.stringify({ ...courierProof, id: POLICY, settlement });
  await rows(test.db, `INSERT INTO policy_version (policy_id, version, terms, published_at) VALUES ($1, 1, $2, $3)`, [
    ...[POLICY, terms, test.clock.now()],
  ]);
  world = await World.open(test);
  await world.catalogue();
});
afterAll(() => test.close());

/**
 * An order of 25.00 whose package is refunded as late, 20 days after its hand-over, and then delivered.
 * @param rest between the top-up, whose bonus expires after 40 days, and the order
 */
async function deliveredLate(money: string, rest: string | null): Promise<{ store: ReturnStories; parcel: string }> {
  const store = await ReturnStories.under(world, POLICY, money);
  if (rest !== null) await store.pass(rest);
  const parcel = await store.shipped();
  await store.told(parcel, 'in_transit');
  await store.pass('P20D');
  await store.pass('PT1S');
  await store.told(parcel, 'delivered');
  return { store, parcel: parcel.id };
}

const adjusted = async ({ merchant }: ReturnStories): Promise<unknown[]> =>
  expectStatus<{ data: { amount: unknown }[] }>(
    await merchant.caller.get('/v1/wallet/transactions?type=adjustment'),
    200,
  ).data.map(({ amount }) => amount);

const balance = async ({ merchant }: ReturnStories): Promise<{ available: string; promotional: string }> => {
  const { balances } = expectStatus<{
    balances: { currency: string; available: { amount: string }; promotional: { amount: string } }[];
  }>(await merchant.caller.get('/v1/wallet'), 200);
  const line = balances.find(({ currency }) => currency === 'USD');
  return { available: line?.available.amount ?? '', promotional: line?.promotional.amount ?? '' };
};

const noticesOf = async (parcel: string): Promise<unknown[]> =>
  expectStatus<{ data: { package: string; kind: string; text: string }[] }>(
    await world.admin.get('/v1/notices?limit=100'),
    200,
  ).data.flatMap(({ package: of, kind, text }) => (of === parcel && kind === 'delivered_after_refund' ? [text] : []));

// Source: wallet.md, refund: "an expired lot's share lapses at once, visibly"
it('takes back what came back as cash, not the credit that lapsed at once', async () => {
  const { store, parcel } = await deliveredLate('100.00', 'P25D'); // 10.00 of credit paid for it, and 15.00 of cash
  expect(await store.available()).toBe('100.00');
  expect(await noticesOf(parcel)).toEqual([
    expect.stringMatching(/^Delivered after 25\.00 USD were refunded: 15\.00 USD are taken back on /),
  ]);
  await store.pass('P8D');
  expect(await store.available()).toBe('85.00');
  expect(await adjusted(store)).toEqual([usd('-15.00')]);
});

it('takes credit back as credit, and cash as cash', async () => {
  const { store, parcel } = await deliveredLate('100.00', null);
  expect(await balance(store)).toEqual({ available: '100.00', promotional: '10.00' });
  expect(await noticesOf(parcel)).toEqual([
    expect.stringMatching(/^Delivered after 25\.00 USD were refunded: 25\.00 USD are taken back on /),
  ]);
  await store.pass('P8D');
  expect(await balance(store)).toEqual({ available: '85.00', promotional: '0.00' });
  expect(await adjusted(store)).toEqual([usd('-15.00')]);
});

it('takes no cash for credit that was spent before the notice was over', async () => {
  const { store } = await deliveredLate('100.00', null);
  await store.shipped(); // another 25.00, and the credit first
  expect(await balance(store)).toEqual({ available: '85.00', promotional: '0.00' });
  await store.pass('P8D');
  expect(await balance(store)).toEqual({ available: '70.00', promotional: '0.00' });
});

it('takes store credit for a package that had not come back as credit, when it is delivered', async () => {
  const store = await ReturnStories.under(world, POLICY, '100.00');
  const parcel = await store.shipped();
  await store.told(parcel, 'in_transit');
  const claim = { order: parcel.order.id, package: parcel.id, type: 'not_received' };
  const { id } = expectStatus<{ id: string }>(await store.merchant.caller.post('/v1/claims', claim), 201);
  const granted = { outcome: 'store_credit', note: 'The buyer cannot wait.' };
  expectStatus(await world.admin.post(`/v1/claims/${id}/decision`, granted), 200);
  expect(await balance(store)).toEqual({ available: '85.00', promotional: '25.00' });
  await store.told(parcel, 'delivered');
  expect(await noticesOf(parcel.id)).toEqual([
    expect.stringMatching(/^Delivered after 25\.00 USD were refunded: 25\.00 USD are taken back on /),
  ]);
  await store.pass('P8D');
  expect(await balance(store)).toEqual({ available: '85.00', promotional: '0.00' });
  expect(await adjusted(store)).toEqual([]);
});

it('takes nothing back of what was paid with credit alone', async () => {
  const { store, parcel } = await deliveredLate('300.00', 'P25D');
  expect(await noticesOf(parcel)).toEqual(['Delivered after 25.00 USD were refunded: the merchant keeps it.']);
  await store.pass('P8D');
  expect(await store.available()).toBe('300.00');
  expect(await adjusted(store)).toEqual([]);
  expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
});
