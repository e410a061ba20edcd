import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { rows } from '../../src/database/sql.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { Caller } from '../support/world.ts';
import { expectStatus, PASSWORD, usd, World, type Merchant } from '../support/world.ts';

interface Entry {
  id: string;
  at: string;
  merchant: string | null;
  by: { type: string; user: string | null; key: string | null };
  call: string;
  request_id: string;
  subject: { type: string; id: string | null };
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

let test: TestApp;
let world: World;

beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  await world.catalogue();
});

afterAll(async () => {
  await test.close();
});

const entries = async (caller: Caller, query = ''): Promise<Entry[]> =>
  expectStatus<{ data: Entry[] }>(await caller.get(`/v1/audit?limit=100&${query}`), 200).data;

const own = ({ caller }: Merchant, query = ''): Promise<Entry[]> => entries(caller, query);

it('tells who changed what, with before and after, in the words of the API', async () => {
  const merchant = await world.merchant();
  const headers = { 'X-Request-Id': 'rename-1' };
  expectStatus(await merchant.caller.send('patch', '/v1/merchant', { name: 'Lamps & more' }, headers), 200);
  const [entry] = await own(merchant, 'subject=merchant');
  expect(entry).toMatchObject({
    merchant: merchant.id,
    by: { type: 'merchant', user: null },
    ...{ call: 'PATCH /v1/merchant', request_id: 'rename-1', subject: { type: 'merchant', id: merchant.id } },
    ...{ before: { name: 'A shop' }, after: { name: 'Lamps & more' } },
  });
  expect(entry?.by.key).toMatch(/^key_/);
  expect(await own(merchant, `subject_id=${merchant.id}&subject=merchant`)).toHaveLength(2); // the sign-up, the change
});

it('names the operator’s people to staff, not to merchants', async () => {
  const merchant = await world.merchant();
  expectStatus(await world.admin.post(`/v1/merchants/${merchant.id}/suspend`), 200);
  const [seen] = await own(merchant, 'subject=merchant');
  expect(seen).toMatchObject({ by: { type: 'staff', user: null, key: null }, after: { status: 'suspended' } });
  const [told] = await entries(world.admin, `merchant=${merchant.id}&subject=merchant`);
  expect(told).toMatchObject({ id: seen?.id, by: { type: 'staff' } });
  expect(told?.by.user).toMatch(/^usr_/);
  expect(await entries(world.admin, `user=${told?.by.user ?? ''}&merchant=${merchant.id}`)).toHaveLength(1);
});

it('shows money as money, and what is the operator’s to staff alone', async () => {
  await world.variant('AUDITED', '12.50', [], 0);
  await world.variant('AUDITED', '13.50', [], 0);
  const prices = await entries(world.admin, 'subject=variant_price&subject_id=AUDITED');
  expect(prices.map(({ merchant, after }) => [merchant, after?.['price'] ?? null])).toContainEqual([
    null,
    usd('13.50'),
  ]);
  const merchant = await world.merchant('40.00');
  const [topUp] = await own(merchant, 'subject=top_up');
  expect(topUp).toMatchObject({ by: { type: 'staff' }, after: { status: 'received', received: usd('40.00') } });
  expect((await own(merchant)).map(({ subject }) => subject.type)).not.toContain('variant_price');
});

it('holds no secret, and nothing of another merchant', async () => {
  const [merchant, stranger] = [await world.merchant(), await world.merchant()];
  const { secret } = expectStatus<{ secret: string }>(await merchant.caller.post('/v1/api-keys', { name: 'two' }), 201);
  const [made] = await own(merchant, 'subject=api_key');
  expect(made).toMatchObject({
    call: 'POST /v1/api-keys',
    before: null,
    after: { name: 'two', last_four: secret.slice(-4) },
  });
  const all = JSON.stringify(await entries(world.admin));
  for (const hidden of [secret, PASSWORD, 'password_hash', 'argon2', '"hash"']) expect(all).not.toContain(hidden);
  expect(JSON.stringify(await own(stranger, `merchant=${merchant.id}`))).not.toContain(merchant.id);
});

it('says nothing of what a rule refused, nor of what timers and listeners do', async () => {
  const merchant = await world.merchant('100.00');
  const before = await own(merchant);
  expectStatus(await merchant.caller.patch('/v1/merchant', { country: 'ZZ' }), 422);
  expectStatus(await merchant.caller.post('/v1/orders', world.order('AUDIT-1')), 201);
  await test.settle();
  expect(await own(merchant)).toEqual(before);
});

it('names who opened and who withdrew a claim, without what they wrote', async () => {
  const merchant = await world.merchant('100.00');
  const order = expectStatus<{ id: string; packages: { id: string }[] }>(
    await merchant.caller.post('/v1/orders', world.order('AUDIT-2')),
    201,
  );
  await world.ship(order.packages[0]?.id ?? '', '1Z0000000000000401');
  await test.settle();
  const delivered = { courier: 'ups', tracking_number: '1Z0000000000000401', status: 'delivered' };
  const occurred_at = test.clock.now().toISOString();
  expectStatus(await world.admin.post('/v1/tracking/events', { events: [{ ...delivered, occurred_at }] }), 200);
  await test.settle();
  const asked = {
    order: order.id,
    type: 'damaged',
    items: [{ line: 1, quantity: 1 }],
    description: 'Ada got it broken',
  };
  const claim = expectStatus<{ id: string }>(await merchant.caller.post('/v1/claims', asked), 201);
  expectStatus(await merchant.caller.post(`/v1/claims/${claim.id}/withdrawal`), 200);
  const told = await own(merchant, `subject=claim&subject_id=${claim.id}`);
  expect(told.map(({ call }) => call)).toContain('POST /v1/claims/:id/withdrawal');
  expect(told[0]).toMatchObject({ subject: { type: 'claim', id: claim.id }, after: { status: 'withdrawn' } });
  expect(JSON.stringify(told)).not.toContain('Ada');
});

it('is written once', async () => {
  for (const change of [`UPDATE audit_entry SET call = 'x' RETURNING id`, 'DELETE FROM audit_entry RETURNING id']) {
    await expect(rows(test.db, change)).rejects.toThrow(/permission denied|written once/);
  }
});
