import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rows } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { idIn, newId } from '../../src/kernel/ids.ts';
import { Money } from '../../src/kernel/money.ts';
import { MembershipsCron } from '../../src/memberships/memberships.cron.ts';
import { WalletService, type Use } from '../../src/wallet/wallet.service.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Plans } from '../support/plans.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

const START = '2028-01-31T06:30:00.000Z';
const SCHEDULERS = 4;

describe('memberships under several schedulers', () => {
  let apps: TestApp[];
  let world: World;
  let plans: Plans;

  beforeAll(async () => {
    apps = [await startApp({ SANDBOX_START: START })];
    while (apps.length < SCHEDULERS) apps.push(await startApp());
    world = await World.open(first());
    plans = new Plans(world);
    await plans.put('growth', { price: '29.00' });
    await plans.put('pro', { price: '99.00' });
  });

  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
  });

  const first = (): TestApp => apps[0] as TestApp;
  const now = () => first().clock.now();
  /** Lets time go by with nobody there: what falls due on the way is found at the end of it. */
  const sleep = (iso: string) => first().clock.advance(iso);
  const sleepUntilDue = async (shop: Merchant): Promise<void> => {
    const { next_charge: next } = await plans.of(shop);
    await sleep(`PT${(Date.parse(next?.at ?? '') - now().getTime()) / 1000}S`);
  };
  /** Every scheduler looks at once, several times over, and all events are handled. */
  const wake = async (): Promise<void> => {
    const looks = [...apps, ...apps, ...apps].map(({ app, db }) => app.get(MembershipsCron).run(db, now()));
    await Promise.all(looks);
    await first().settle();
  };
  const kinds = async (shop: Merchant) =>
    (await plans.periods(shop)).map(({ kind, start }) => `${kind} ${start.slice(0, 10)}`);
  const touching = async (shop: Merchant): Promise<void> => {
    const periods = await plans.periods(shop);
    expect(periods.slice(1).map(({ start }) => start)).toEqual(periods.slice(0, -1).map(({ end }) => end));
  };
  const grant = (shop: Merchant, amount: string, paysFor: readonly Use[]): Promise<unknown> => {
    const merchantId = idIn('mer', shop.id) ?? '';
    const money = Money.parse(amount, 'USD');
    const lot = { amount: money, rank: 1, expiresAt: null, paysFor, explanation: [{ text: 'Credit', amount: money }] };
    const movement = { merchantId, key: `grant:${newId()}`, cause: { type: 'merchant', id: merchantId }, at: now() };
    return inTransaction(first().db, (tx) =>
      first()
        .app.get(WalletService)
        .grant(tx, { ...movement, ...lot }),
    );
  };

  it('are charged once a period, however many look at the same time', async () => {
    const shops = await Promise.all(Array.from({ length: 8 }, () => world.merchant('100.00')));
    for (const shop of shops) await plans.choose(shop, 'growth');
    await sleep('P29D');
    await wake();
    for (const shop of shops) {
      expect(await plans.fees(shop)).toEqual(['-29.00', '-29.00']);
      expect(await kinds(shop)).toEqual(['paid 2028-01-31', 'paid 2028-02-29']);
    }
  });

  it('are joined once when a merchant asks twice at the same time', async () => {
    const shop = await world.merchant('200.00');
    const answers = await Promise.all([1, 2, 3].map(() => shop.caller.post('/v1/membership', { plan: 'growth' })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await plans.fees(shop)).toEqual(['-29.00']);
  });

  it('wake from a long downtime with one charge for the current period, and waived ones so that periods touch', async () => {
    const shop = await world.merchant('100.00');
    await plans.choose(shop, 'growth'); // on 29 February
    await sleep('P80D');
    await wake();
    expect(await kinds(shop)).toEqual(['paid 2028-02-29', 'waived 2028-03-29', 'paid 2028-04-29']);
    await touching(shop);
    expect(await plans.fees(shop)).toEqual(['-29.00', '-29.00']);
    expect((await plans.of(shop)).period).toEqual({
      start: '2028-04-29T06:30:00.000Z',
      end: '2028-05-29T06:30:00.000Z',
    });
  });

  it('give a merchant the days of the retries after a downtime that outlasted them', async () => {
    const shop = await world.merchant('29.00');
    await plans.choose(shop, 'growth');
    const due = (await plans.of(shop)).period?.end ?? '';
    await sleep('P40D');
    await wake();
    const tried = now().getTime();
    expect(await plans.of(shop)).toMatchObject({
      ...{ plan: 'growth', status: 'past_due', period: { start: due } },
      next_charge: { at: new Date(tried + 86_400_000).toISOString() },
    });
    await sleep('P4D'); // past the first two retries: both are made now, and the last one a day later
    await wake();
    expect(await plans.of(shop)).toMatchObject({ status: 'past_due' });
    await sleep('P1D');
    await wake();
    expect(await plans.of(shop)).toMatchObject({ plan: 'starter', status: 'active' });
    await touching(shop);
  });

  it('pay what is owed once when money arrives at the instant of a retry', async () => {
    const shop = await world.merchant('30.00');
    await plans.choose(shop, 'growth');
    await sleepUntilDue(shop);
    await wake();
    expect((await plans.of(shop)).status).toBe('past_due');
    await sleep('P1D');
    await Promise.all([world.topUp(shop, '60.00'), wake()]);
    await first().settle();
    await wake();
    expect(await plans.fees(shop)).toEqual(['-29.00', '-29.00']);
    expect((await plans.of(shop)).status).toBe('active');
  });

  it('take promotional credit only where it was given for memberships', async () => {
    const [given, other] = [await world.merchant('10.00'), await world.merchant('10.00')];
    await grant(given, '20.00', ['membership_fee']);
    await grant(other, '90.00', ['order_charge']);
    await plans.choose(given, 'growth');
    expect((await given.caller.get('/v1/wallet')).body).toMatchObject({
      balances: [{ available: usd('1.00'), promotional: usd('0.00') }],
    });
    const refused = await other.caller.post('/v1/membership', { plan: 'growth' });
    expect(expectStatus<object>(refused, 422)).toMatchObject({ code: 'insufficient_funds', available: usd('10.00') });
    await grant(other, '25.00', ['membership_fee', 'order_charge']);
    await plans.choose(other, 'growth');
    const preview = await other.caller.get('/v1/membership/next-charge');
    expect(preview.body).toMatchObject({ next_charge: { available: usd('6.00'), missing: usd('23.00') } });
  });

  it('end with an account that closes: dues at once, what is paid at its end, and nothing is charged', async () => {
    const [owing, paid] = [await world.merchant('29.00'), await world.merchant('200.00')];
    for (const shop of [owing, paid]) await plans.choose(shop, 'growth');
    await sleepUntilDue(paid);
    await wake();
    expect((await plans.of(owing)).status).toBe('past_due');
    const destination = { method: 'bank_transfer', iban: 'NL91ABNA0417164300', holder: 'A shop' };
    for (const shop of [owing, paid]) {
      expectStatus(await shop.caller.post('/v1/merchant/close', { destination }), 202);
    }
    await first().settle();
    const standing = (shop: Merchant) =>
      rows<object>(
        first().db,
        `SELECT m.plan, b.status, b.end_reason, (SELECT count(*)::int FROM ledger_journal j WHERE j.merchant_id = m.id AND j.type = 'membership_fee') AS charges
         FROM merchant m JOIN membership b ON b.merchant_id = m.id WHERE m.id = $1`,
        [idIn('mer', shop.id)],
      );
    const ended = { plan: 'starter', status: 'ended', end_reason: 'closing' };
    expect(await standing(owing)).toEqual([{ ...ended, charges: 1 }]);
    expect(await standing(paid)).toEqual([{ plan: 'growth', status: 'active', end_reason: null, charges: 2 }]);
    await sleep('P32D');
    await wake();
    expect(await standing(paid)).toEqual([{ ...ended, charges: 2 }]);
  });

  it('leave verified books', async () => {
    const { faults } = expectStatus<{ faults: unknown[] }>(await world.admin.get('/v1/ledger/verification'), 200);
    expect(faults).toEqual([]);
  });
});
