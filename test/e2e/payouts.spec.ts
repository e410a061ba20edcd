import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rows } from '../../src/database/sql.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

interface Payout {
  id: string;
  status: string;
}

let test: TestApp;
let world: World;
beforeAll(async () => {
  test = await startApp({ PAYOUT_LIMIT: '500' });
  world = await World.open(test);
  await world.catalogue();
});
afterAll(() => test.close());

const IBAN = 'DE89370400440532013000';

async function shop(money: string): Promise<Merchant> {
  const merchant = await world.merchant(money);
  await world.verifyEmail(merchant);
  return merchant;
}

async function ask(merchant: Merchant, amount: string): Promise<Payout> {
  return expectStatus<Payout>(
    await merchant.caller.post('/v1/payouts', { amount: usd(amount), destination: { iban: IBAN } }),
    201,
  );
}

async function balance({ caller }: Merchant): Promise<unknown> {
  const { balances } = expectStatus<{ balances: { available: object; held: object }[] }>(
    await caller.get('/v1/wallet'),
    200,
  );
  return [balances[0]?.available, balances[0]?.held];
}

const types = async ({ caller }: Merchant): Promise<string[]> =>
  expectStatus<{ data: { type: string }[] }>(await caller.get('/v1/wallet/transactions'), 200).data.map((t) => t.type);

describe('a payout', () => {
  it('is held at once, approved, paid, and leaves the wallet', async () => {
    const merchant = await shop('100.00');
    const payout = await ask(merchant, '60.00');
    expect(payout).toMatchObject({ status: 'requested', amount: usd('60.00'), destination: { iban: IBAN } });
    expect(await balance(merchant)).toEqual([usd('40.00'), usd('60.00')]);
    const early = await world.admin.post(`/v1/payouts/${payout.id}/paid`);
    expect([early.status, early.body]).toMatchObject([409, { code: 'illegal_step' }]);
    expect(expectStatus(await world.admin.post(`/v1/payouts/${payout.id}/approval`), 200)).toMatchObject({
      status: 'approved',
      approvals_needed: 1,
    });
    const paid = expectStatus(await world.admin.post(`/v1/payouts/${payout.id}/paid`, { bank_reference: 'B-1' }), 200);
    expect(paid).toMatchObject({ status: 'paid', bank_reference: 'B-1' });
    expect(await balance(merchant)).toEqual([usd('40.00'), usd('0.00')]);
    expect(await types(merchant)).toEqual(['payout', 'hold', 'top_up']);
    expect(expectStatus(await merchant.caller.get(`/v1/payouts/${payout.id}`), 200)).toEqual(paid);
    expect((await world.admin.post(`/v1/payouts/${payout.id}/rejection`)).status).toBe(409);
    expect((await (await world.merchant()).caller.get(`/v1/payouts/${payout.id}`)).status).toBe(404);
    expect((await merchant.caller.post(`/v1/payouts/${payout.id}/approval`)).status).toBe(403);
    expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
    await test.settle();
    const events = await rows<{ name: string }>(
      test.db,
      `SELECT name FROM event WHERE name LIKE 'payout.%' ORDER BY position`,
    );
    expect(events.map(({ name }) => name)).toEqual(['payout.requested', 'payout.paid']);
  });

  it('that is rejected comes back, with the reason', async () => {
    const merchant = await shop('100.00');
    const payout = await ask(merchant, '100.00');
    const rejection = { reason: 'The account does not exist' };
    expect(expectStatus(await world.admin.post(`/v1/payouts/${payout.id}/rejection`, rejection), 200)).toMatchObject({
      status: 'rejected',
      ...rejection,
    });
    expect(await balance(merchant)).toEqual([usd('100.00'), usd('0.00')]);
    expect(await types(merchant)).toEqual(['release', 'hold', 'top_up']);
  });

  it('above the limit takes two people, and the same person counts once', async () => {
    const merchant = await shop('1000.00');
    const payout = await ask(merchant, '500.01');
    const path = `/v1/payouts/${payout.id}/approval`;
    expect(expectStatus(await world.admin.post(path), 200)).toMatchObject({ status: 'requested', approvals: 1 });
    const again = await world.admin.post(path);
    expect([again.status, again.body]).toMatchObject([409, { code: 'second_person_needed' }]);
    const colleague = await world.colleague();
    expect(expectStatus(await colleague.post(path), 200)).toMatchObject({ status: 'approved', approvals: 2 });
  });

  it('pays cash alone: neither promotional credit nor more than there is', async () => {
    const merchant = await shop('10.00');
    const refused = await merchant.caller.post('/v1/payouts', { amount: usd('10.01'), destination: IBAN });
    expect([refused.status, refused.body]).toMatchObject([
      422,
      { code: 'insufficient_funds', available: usd('10.00') },
    ]);
  });

  it.each([
    [{ amount: usd('1.00') }, '/destination'],
    [{ amount: usd('1.00'), destination: '' }, '/destination'],
    [{ amount: usd('1.00'), destination: [] }, '/destination'],
    [{ amount: usd('1.00'), destination: { iban: 7 } }, '/destination'],
    [{ amount: usd('0.00'), destination: IBAN }, '/amount'],
  ])('refuses %j', async (body, pointer) => {
    const refused = await (await shop('10.00')).caller.post('/v1/payouts', body);
    expect([refused.status, refused.body]).toMatchObject([422, { errors: [{ pointer }] }]);
  });

  it('is once a key, however often it is asked at once', async () => {
    const merchant = await shop('10.00');
    const body = { amount: usd('1.00'), destination: IBAN };
    const all = await Promise.all(Array.from({ length: 10 }, () => merchant.caller.post('/v1/payouts', body, 'once')));
    expect(new Set(all.map((answer) => answer.text)).size).toBe(1);
    expect(await balance(merchant)).toEqual([usd('9.00'), usd('1.00')]);
  });
});

describe('what blocks a payout', () => {
  it('is an e-mail address that is not verified', async () => {
    const merchant = await world.merchant('10.00');
    const refused = await merchant.caller.post('/v1/payouts', { amount: usd('1.00'), destination: IBAN });
    expect([refused.status, refused.body]).toMatchObject([
      409,
      { code: 'payout_blocked', blockers: [{ name: 'email_unverified', until: null }] },
    ]);
  });

  it('is an order until it is settled; once it is delivered, the date is known', async () => {
    const merchant = await shop('100.00');
    const order = expectStatus<{ id: string; packages: { id: string }[] }>(
      await merchant.caller.post('/v1/orders', world.order('PAYOUT-1')),
      201,
    );
    const body = { amount: usd('1.00'), destination: IBAN };
    const refused = await merchant.caller.post('/v1/payouts', body);
    expect([refused.status, refused.body]).toMatchObject([
      409,
      { blockers: [{ name: 'order_not_settled', cause: { type: 'order', id: order.id }, until: null }] },
    ]);
    const parcel = order.packages[0]?.id ?? '';
    await world.ship(parcel, 'PAYOUT-1');
    const delivered = {
      ...{ courier: 'ups', tracking_number: 'PAYOUT-1', status: 'delivered' },
      occurred_at: test.clock.now().toISOString(),
    };
    expectStatus(await world.admin.post('/v1/tracking/events', { events: [delivered] }), 200);
    await test.settle();
    const dated = await merchant.caller.post('/v1/payouts', body);
    const [blocker] = (dated.body as { blockers: { until: string }[] }).blockers;
    expect(Date.parse(blocker?.until ?? '')).toBeGreaterThan(test.clock.now().getTime());
    expectStatus(await world.admin.post('/v1/sandbox/clock', { now: blocker?.until }), 200);
    expect((await merchant.caller.post('/v1/payouts', body)).status).toBe(409);
    expectStatus(await world.admin.post('/v1/sandbox/clock', { advance: 'PT1S' }), 200);
    expectStatus(await merchant.caller.post('/v1/payouts', body), 201);
  });

  it('is gone when the order is cancelled', async () => {
    const merchant = await shop('100.00');
    const order = expectStatus<{ id: string }>(await merchant.caller.post('/v1/orders', world.order('PAYOUT-2')), 201);
    expectStatus(await merchant.caller.post(`/v1/orders/${order.id}/cancellation`), 200);
    await test.settle();
    await ask(merchant, '100.00');
  });
});
