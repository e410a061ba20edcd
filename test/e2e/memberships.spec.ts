import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { Plans } from '../support/plans.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

const START = '2027-01-31T10:00:00.000Z';

describe('a membership', () => {
  let test: TestApp;
  let world: World;
  let plans: Plans;

  beforeAll(async () => {
    test = await startApp({ SANDBOX_START: START });
    world = await World.open(test);
    plans = new Plans(world);
    await plans.put('growth', { price: '29.00' });
    await plans.put('pro', { price: '99.00' });
  });

  afterAll(async () => {
    await test.close();
  });

  const now = () => test.clock.now().toISOString();
  const after = (iso: string) => world.admin.post('/v1/sandbox/clock', { advance: iso });
  const plan = async ({ caller }: Merchant) =>
    expectStatus<{ plan: string }>(await caller.get('/v1/merchant'), 200).plan;
  const months = (from: string, count: number): string => {
    const at = new Date(from); // for days that every month has
    at.setUTCMonth(at.getUTCMonth() + count);
    return at.toISOString();
  };

  const letters = async ({ email }: Merchant): Promise<string[]> => {
    await test.settle();
    const path = `/v1/mails?to=${encodeURIComponent(email)}&kind=membership_changed`;
    const { data } = expectStatus<{ data: { id: string }[] }>(await world.admin.get(path), 200);
    const whole = await Promise.all(data.map(({ id }) => world.admin.get(`/v1/mails/${id}`)));
    return whole.map((answer) => expectStatus<{ text: string }>(answer, 200).text.replaceAll(/\s+/g, ' '));
  };

  it('of the free plan is there from the first call, and costs nothing', async () => {
    const shop = await world.merchant();
    expect(await plans.of(shop)).toEqual({
      ...{ plan: 'starter', status: 'active', period: null, scheduled_change: null, next_charge: null },
    });
    expect(await plan(shop)).toBe('starter');
    const { effective_at, membership } = await plans.choose(shop, 'starter');
    expect([effective_at, membership.plan]).toEqual([now(), 'starter']);
    expect(await plans.periods(shop)).toEqual([]);
  });

  it('is paid on joining, then on the last day of short months, and on its anchor day again: a jump of three months is three charges', async () => {
    const shop = await world.merchant('200.00');
    const { membership, effective_at } = await plans.choose(shop, 'growth');
    expect(effective_at).toBe(START);
    expect(membership).toEqual({
      ...{ plan: 'growth', status: 'active', period: { start: START, end: '2027-02-28T10:00:00.000Z' } },
      ...{ scheduled_change: null, next_charge: { at: '2027-02-28T10:00:00.000Z', amount: usd('29.00') } },
    });
    expect(await plan(shop)).toBe('growth');
    await plans.until('2027-04-30T10:00:00Z');
    const periods = await plans.periods(shop);
    expect(periods.map(({ start }) => start.slice(0, 10))).toEqual([
      ...['2027-01-31', '2027-02-28', '2027-03-31', '2027-04-30'],
    ]);
    expect(periods.map(({ charged_at: at }) => at)).toEqual(periods.map(({ start }) => start));
    expect(await plans.fees(shop)).toEqual(['-29.00', '-29.00', '-29.00', '-29.00']);
    expect(await plans.told(shop)).toEqual([
      ...['membership.changed joined', 'membership.renewed', 'membership.renewed', 'membership.renewed'],
    ]);
  });

  it('that cannot be paid is past due, tried again after 1, 3 and 5 days, then starter at once', async () => {
    const shop = await world.merchant('30.00');
    const joined = now();
    await plans.choose(shop, 'growth');
    const due = months(joined, 1);
    await plans.until(due);
    const at = (days: number) => new Date(Date.parse(due) + days * 86_400_000).toISOString();
    expect(await plans.of(shop)).toMatchObject({
      ...{
        plan: 'growth',
        status: 'past_due',
        period: { start: due },
        next_charge: { at: at(1), amount: usd('29.00') },
      },
    });
    await after('P1D');
    expect((await plans.of(shop)).next_charge?.at).toBe(at(3));
    await after('P2D');
    expect((await plans.of(shop)).next_charge?.at).toBe(at(5));
    await plans.until(new Date(Date.parse(at(5)) - 1).toISOString());
    expect(await plan(shop)).toBe('growth');
    await plans.until(at(5));
    expect(await plans.of(shop)).toMatchObject({ plan: 'starter', status: 'active', next_charge: null });
    expect(await plan(shop)).toBe('starter');
    expect(await plans.fees(shop)).toEqual(['-29.00']);
    expect((await plans.periods(shop)).map(({ kind, start, end }) => [kind, start, end])).toEqual([
      ['paid', joined, due],
      ['unpaid', due, at(5)],
    ]);
    expect(await plans.told(shop)).toEqual([
      ...['membership.changed joined', 'membership.past_due', 'membership.downgraded'],
    ]);
  });

  it('that is past due is paid at once when money arrives, before the orders that wait, and keeps its anchor', async () => {
    await world.catalogue();
    const shop = await world.merchant('29.00');
    const joined = now();
    await plans.choose(shop, 'growth');
    const due = months(joined, 1);
    await plans.until(due);
    const order = expectStatus<{ id: string; status: string }>(
      await shop.caller.post('/v1/orders', world.order('WAITS-1')),
      201,
    );
    expect(order.status).toBe('awaiting_funds');
    await after('P2D');
    await world.topUp(shop, '30.00');
    await test.settle();
    expect(await plans.of(shop)).toMatchObject({ status: 'active', period: { start: due, end: months(joined, 2) } });
    expect(await plans.fees(shop)).toEqual(['-29.00', '-29.00']);
    expect((await plans.periods(shop))[1]?.charged_at).toBe(now());
    const path = `/v1/orders/${order.id}`;
    expect(expectStatus<{ status: string }>(await shop.caller.get(path), 200).status).toBe('awaiting_funds');
    await world.topUp(shop, '24.00');
    await test.settle();
    expect(expectStatus<{ status: string }>(await shop.caller.get(path), 200).status).toBe('paid');
  });

  it('leaves the order its money when the dues are more than there is', async () => {
    const shop = await world.merchant('29.00');
    await plans.choose(shop, 'growth');
    await after('P31D');
    const order = expectStatus<{ id: string }>(await shop.caller.post('/v1/orders', world.order('WAITS-2')), 201);
    await world.topUp(shop, '26.00');
    await test.settle();
    expect((await plans.of(shop)).status).toBe('past_due');
    const path = `/v1/orders/${order.id}`;
    expect(expectStatus<{ status: string }>(await shop.caller.get(path), 200).status).toBe('paid');
  });

  it('is upgraded at once: charged in full, a new period, nothing back for what was left', async () => {
    const shop = await world.merchant('200.00');
    await plans.choose(shop, 'growth');
    const joined = now();
    await after('P10D');
    const { membership, effective_at } = await plans.choose(shop, 'pro');
    expect(effective_at).toBe(now());
    expect(membership).toMatchObject({ plan: 'pro', period: { start: now(), end: months(now(), 1) } });
    expect(await plans.fees(shop)).toEqual(['-29.00', '-99.00']);
    expect((await plans.periods(shop)).map(({ start, end, plan: on }) => [on, start, end])).toEqual([
      ['growth', joined, now()],
      ['pro', now(), months(now(), 1)],
    ]);
  });

  it('may be joined and upgraded at the same instant of a clock that stands still', async () => {
    const shop = await world.merchant('300.00');
    await plans.choose(shop, 'growth');
    await plans.choose(shop, 'pro');
    expect(await plans.fees(shop)).toEqual(['-29.00', '-99.00']);
    expect((await plans.of(shop)).plan).toBe('pro');
  });

  it('is not joined, nor upgraded, without the money', async () => {
    const shop = await world.merchant('40.00');
    await plans.choose(shop, 'growth');
    const refused = expectStatus<{ code: string; asked: object; available: object }>(
      await shop.caller.post('/v1/membership', { plan: 'pro' }),
      422,
    );
    expect(refused).toMatchObject({ code: 'insufficient_funds', asked: usd('99.00'), available: usd('11.00') });
    expect(await plans.of(shop)).toMatchObject({ plan: 'growth', status: 'active' });
    expect(await plan(shop)).toBe('growth');
    expect(await plans.fees(shop)).toEqual(['-29.00']);
  });

  it('is downgraded at the end of what is paid, for starter or another plan, without a further charge before', async () => {
    const shop = await world.merchant('300.00');
    const { membership } = await plans.choose(shop, 'pro');
    const end = membership.period?.end ?? '';
    const asked = await plans.choose(shop, 'growth');
    expect(asked.effective_at).toBe(end);
    expect(asked.membership).toMatchObject({
      ...{ plan: 'pro', status: 'active', scheduled_change: { plan: 'growth', effective_at: end } },
      next_charge: { at: end, amount: usd('29.00') },
    });
    await plans.until(end);
    expect(await plans.of(shop)).toMatchObject({ plan: 'growth', scheduled_change: null, period: { start: end } });
    const { effective_at: last, membership: leaving } = await plans.choose(shop, 'starter');
    expect(leaving).toMatchObject({ plan: 'growth', scheduled_change: { plan: 'starter' }, next_charge: null });
    await plans.until(last);
    expect(await plans.of(shop)).toMatchObject({ plan: 'starter', period: null });
    expect(await plan(shop)).toBe('starter');
    expect(await plans.fees(shop)).toEqual(['-99.00', '-29.00']);
    expect(await plans.told(shop)).toEqual([
      ...['membership.changed joined', 'membership.changed scheduled', 'membership.downgraded', 'membership.renewed'],
      ...['membership.changed scheduled', 'membership.downgraded'],
    ]);
  });

  it('goes on when the scheduled change is withdrawn, by its own call or by choosing the plan again', async () => {
    const shop = await world.merchant('300.00');
    await plans.choose(shop, 'growth');
    await plans.choose(shop, 'starter');
    expectStatus(await shop.caller.delete('/v1/membership/scheduled-change'), 204);
    expect(await plans.of(shop)).toMatchObject({ plan: 'growth', scheduled_change: null });
    expect(expectStatus<{ code: string }>(await shop.caller.delete('/v1/membership/scheduled-change'), 404).code).toBe(
      'nothing_scheduled',
    );
    await plans.choose(shop, 'starter');
    const again = await plans.choose(shop, 'growth');
    expect([again.effective_at, again.membership.scheduled_change]).toEqual([now(), null]);
    await after('P32D');
    expect(await plans.fees(shop)).toEqual(['-29.00', '-29.00']);
  });

  it('begins with free days where the plan has them, once a merchant', async () => {
    await plans.put('basic', { price: '10.00', trialDays: 14 });
    const shop = await world.merchant('20.00');
    const began = now();
    const { membership } = await plans.choose(shop, 'basic');
    const ends = new Date(Date.parse(began) + 14 * 86_400_000).toISOString();
    expect(membership).toMatchObject({
      ...{ plan: 'basic', status: 'trial', period: { start: began, end: ends } },
      next_charge: { at: ends, amount: usd('10.00') },
    });
    expect(await plans.fees(shop)).toEqual([]);
    await plans.until(ends);
    expect(await plans.of(shop)).toMatchObject({ status: 'active', period: { start: ends, end: months(ends, 1) } });
    await plans.choose(shop, 'starter');
    await plans.until(months(ends, 1));
    expect((await plans.choose(shop, 'basic')).membership.status).toBe('active');
    expect(await plans.fees(shop)).toEqual(['-10.00', '-10.00']);
    expect((await plans.periods(shop)).map(({ kind }) => kind)).toEqual(['trial', 'paid', 'paid']);
  });

  it('costs another price from the next period on, and says so beforehand', async () => {
    await plans.put('craft', { price: '20.00' });
    const shop = await world.merchant('100.00');
    await plans.choose(shop, 'craft');
    await plans.put('craft', { price: '25.00' });
    expect((await plans.of(shop)).next_charge?.amount).toEqual(usd('25.00'));
    expect(await plans.told(shop)).toEqual(['membership.changed joined', 'membership.changed price_changed']);
    expect(await plans.fees(shop)).toEqual(['-20.00']);
    expect((await letters(shop)).filter((text) => text.includes('a month costs 25.00 USD'))).toHaveLength(1);
    await after('P32D');
    expect(await plans.fees(shop)).toEqual(['-20.00', '-25.00']);
  });

  it('previews its next charge: date, amount, and what happens if the wallet is short', async () => {
    const shop = await world.merchant('40.00');
    const joined = now();
    await plans.choose(shop, 'growth');
    const due = months(joined, 1);
    const at = (days: number) => new Date(Date.parse(due) + days * 86_400_000).toISOString();
    const preview = expectStatus<{ next_charge: object }>(await shop.caller.get('/v1/membership/next-charge'), 200);
    expect(preview.next_charge).toEqual({
      ...{ at: due, amount: usd('29.00'), plan: 'growth', period: { start: due, end: months(joined, 2) } },
      ...{ available: usd('11.00'), missing: usd('18.00'), sufficient: false },
      if_short: [
        { at: at(1), then: 'retry' },
        { at: at(3), then: 'retry' },
        { at: at(5), then: 'retry' },
        { at: at(5), then: 'downgrade' },
      ],
    });
    await plans.until(at(3));
    const last = expectStatus<{ next_charge: object }>(await shop.caller.get('/v1/membership/next-charge'), 200);
    expect(last.next_charge).toMatchObject({ at: at(5), if_short: [{ at: at(5), then: 'downgrade' }] });
    const free = await world.merchant();
    expect((await free.caller.get('/v1/membership/next-charge')).body).toEqual({ next_charge: null });
  });

  it('is not charged while the account is suspended, and is collected when it is reinstated', async () => {
    const shop = await world.merchant('200.00');
    const joined = now();
    await plans.choose(shop, 'growth');
    expectStatus(await world.admin.post(`/v1/merchants/${shop.id}/suspend`), 200);
    expect((await plans.of(shop)).next_charge).toBeNull();
    const refused = await shop.caller.post('/v1/membership', { plan: 'pro' });
    expect([refused.status, (refused.body as { code: string }).code]).toEqual([403, 'merchant_suspended']);
    await after('P75D');
    expect(await plans.of(shop)).toMatchObject({ plan: 'growth', status: 'past_due', next_charge: null });
    await world.topUp(shop, '10.00');
    await test.settle();
    expect(await plans.fees(shop)).toEqual(['-29.00']);
    expectStatus(await world.admin.post(`/v1/merchants/${shop.id}/reinstate`), 200);
    await test.settle();
    expect(await plans.of(shop)).toMatchObject({ status: 'active', period: { start: months(joined, 2) } });
    expect((await plans.periods(shop)).map(({ kind, start }) => [kind, start])).toEqual([
      ['paid', joined],
      ['waived', months(joined, 1)],
      ['paid', months(joined, 2)],
    ]);
    expect(await plans.fees(shop)).toEqual(['-29.00', '-29.00']);
  });

  it('that is past due is settled by a cheaper plan, or left at once', async () => {
    const [cheaper, leaving] = [await world.merchant('130.00'), await world.merchant('99.00')];
    await plans.choose(cheaper, 'pro');
    await plans.choose(leaving, 'pro');
    const due = months(now(), 1);
    await plans.until(due);
    const { membership } = await plans.choose(cheaper, 'growth');
    expect(membership).toMatchObject({ plan: 'growth', status: 'active', period: { start: due } });
    expect(await plans.fees(cheaper)).toEqual(['-99.00', '-29.00']);
    expect((await plans.choose(leaving, 'starter')).membership).toMatchObject({ plan: 'starter', status: 'active' });
    await after('P6D');
    expect(await plans.fees(leaving)).toEqual(['-99.00']);
  });

  it('keeps the operator’s books balanced through all of this', async () => {
    const { faults } = expectStatus<{ faults: unknown[] }>(await world.admin.get('/v1/ledger/verification'), 200);
    expect(faults).toEqual([]);
  });
});
