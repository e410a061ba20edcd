import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'supertest';
import { rows } from '../../src/database/sql.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Cases } from '../support/case.ts';
import { Claims } from '../support/claims.ts';
import { expectStatus, usd, World } from '../support/world.ts';

let test: TestApp;
let world: World;
let cases: Cases;
let claims: Claims;

beforeAll(async () => {
  test = await startApp({ LOG_LEVEL: 'silent', DATABASE_POOL: '30' }); // refusals under load are no news
  world = await World.open(test);
  await world.catalogue();
});

afterAll(() => test.close());

beforeEach(async () => {
  cases = new Cases(world, await world.merchant('200.00'));
  claims = new Claims(cases);
});

/** As a client does that is told to come again: 50 at once are more than one order's lock takes within its time. */
async function insist(call: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const answer = await call();
    if (answer.status !== 503) return answer;
    await sleep(50);
  }
}

const statuses = (answers: readonly Response[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

const sound = async (): Promise<void> => {
  expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
};

describe('fifty at once about one package', () => {
  it('that did not come: claims, receipts and the courier’s words are one credit of what was paid', async () => {
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 3 }]);
    await cases.told(parcel, 'in_transit');
    await test.clock.advance('P21D');
    const types = ['late', 'lost', 'not_received'];
    const words = ['rto_initiated', 'rto_in_transit', 'rto_delivered'];
    const seen = { unopened: true, original_label: true, condition: 'original' };
    const calls = Array.from({ length: 50 }, (_, i): (() => Promise<Response>) => {
      const key = randomUUID();
      const claim = { order: parcel.order.id, package: parcel.id, type: types[i % 3], items: [] };
      if (i % 5 === 0) return () => cases.tell(parcel, words[(i / 5) % 3] ?? '', { id: `word-${i % 15}` });
      if (i % 5 === 1) return () => world.admin.post(`${parcel.path}/receipt`, seen, key);
      return () => cases.merchant.caller.post('/v1/claims', claim, key);
    });
    const answers = await Promise.all(calls.map(insist));
    expect(Object.keys(statuses(answers)).every((status) => ['200', '201', '409'].includes(status))).toBe(true);
    await test.settle();
    expect(await cases.refunds()).toMatchObject([{ amount: usd('65.00') }]);
    expect(await cases.available()).toBe('200.00');
    expect(await cases.package(parcel.id)).toMatchObject({ refunded: usd('65.00') });
    const list = await cases.merchant.caller.get('/v1/claims?limit=100');
    const { data } = expectStatus<{ data: { status: string; credited: object | null }[] }>(list, 200);
    // where the receipt is first, there is nothing left to claim
    const opened = answers.filter(({ status }, i) => i % 5 > 1 && status === 201);
    expect(data).toHaveLength(opened.length);
    expect(data.filter(({ credited }) => credited !== null).length).toBeLessThanOrEqual(1);
    for (const { status } of data) expect(['approved', 'closed']).toContain(status);
    await sound();
  });

  it('that came damaged: each unit is settled once, and nobody gets back more than was paid', async () => {
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 3 }]);
    await cases.told(parcel, 'delivered');
    const opened = await Promise.all(
      Array.from({ length: 25 }, (_, i) => {
        const [key, type] = [randomUUID(), i % 2 === 0 ? 'damaged' : 'wrong_item'];
        const claim = { order: parcel.order.id, package: parcel.id, type, items: [{ line: 1, quantity: 1 }] };
        return insist(() => cases.merchant.caller.post('/v1/claims', claim, key));
      }),
    );
    expect(statuses(opened)).toEqual({ 201: 25 });
    const ids = opened.map(({ body }) => (body as { id: string }).id);
    const shown = await Promise.all(ids.flatMap((id) => [id, id]).map((id) => insist(() => claims.show(id, 'photo'))));
    expect(Object.keys(statuses(shown)).every((status) => ['201', '409'].includes(status))).toBe(true);
    await test.settle();
    const refunds = await cases.refunds();
    expect(refunds).toHaveLength(3);
    expect(await cases.available()).toBe('200.00');
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
    const units = await rows(test.db, `SELECT unit FROM settled_unit WHERE merchant_id = $1 ORDER BY unit`, [
      idIn('mer', cases.merchant.id),
    ]);
    expect(units).toEqual([{ unit: 1 }, { unit: 2 }, { unit: 3 }]);
    await sound();
  });
});
