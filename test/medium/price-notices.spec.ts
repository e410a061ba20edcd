import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { rows } from '../../src/database/sql.ts';
import { PriceNotices } from '../../src/memberships/price-notices.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Plans } from '../support/plans.ts';
import { World } from '../support/world.ts';

const MEMBERS = 230;

let test: TestApp;
beforeAll(async () => {
  test = await startApp({ ROLE: 'api' });
});
afterAll(() => test.close());

/** Members that were told, by the transaction that told them. */
async function told(): Promise<number[]> {
  const found = await rows<{ n: number }>(
    test.db,
    `SELECT count(*)::int AS n FROM event WHERE name = 'membership.changed' GROUP BY xmin::text ORDER BY n DESC`,
  );
  return found.map(({ n }) => n);
}

it('tells a plan’s members of a new price in bounded batches, each member once', async () => {
  const plans = new Plans(await World.open(test));
  await plans.put('crowded', { price: '20.00' });
  await rows(
    test.db,
    `INSERT INTO membership (merchant_id, id, plan, status, currency, price_minor, anchor_day, period_start, period_end, next_at, tried, created_at)
     SELECT gen_random_uuid(), gen_random_uuid(), 'crowded', 'active', 'USD', 2000, 1, now(), now() + interval '1 month',
       now() + interval '1 month', false, now() FROM generate_series(1, ${MEMBERS})`,
  );
  await plans.put('crowded', { price: '25.00' });
  expect(await told()).toEqual([100]);
  await plans.put('crowded', { price: '25.00' }); // the same: nobody hears of it again
  const notices = test.app.get(PriceNotices).timer;
  expect(await notices.nextDue(test.db)).not.toBeNull();
  await Promise.all([1, 2, 3].map(() => notices.run(test.db, test.clock.now())));
  expect(await told()).toEqual([100, 100, MEMBERS - 200]);
  expect(await notices.nextDue(test.db)).toBeNull();
  const members = await rows<object>(
    test.db,
    `SELECT DISTINCT merchant_id FROM event WHERE name = 'membership.changed'`,
  );
  expect(members).toHaveLength(MEMBERS);
});
