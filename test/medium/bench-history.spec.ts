import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { History } from '../../src/cli/bench/history.ts';
import { makeShops, type Shop } from '../../src/cli/bench/merchants.ts';
import { LedgerVerification } from '../../src/wallet/wallet.service.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Caller, expectStatus } from '../support/world.ts';

const SECRET_KEY = randomBytes(32).toString('base64url');
const MERCHANTS = 5;
const [FIRST, THEN] = [40, 120] as const;

let test: TestApp;
let shops: Shop[];
const url = process.env['DATABASE_URL'] ?? '';

beforeAll(async () => {
  test = await startApp({ SECRET_KEY });
  shops = await makeShops(url, SECRET_KEY, MERCHANTS);
  const cluster = {
    url: (database: string) => {
      const place = new URL(url);
      place.pathname = `/${database}`;
      return place.href;
    },
  };
  const history = await History.open({ cluster, url, shops });
  await history.growTo(FIRST, () => undefined);
  await history.growTo(THEN, () => undefined);
});
afterAll(() => test.close());

it('writes a history whose books verify', async () => {
  const { checked, faults } = await test.app.get(LedgerVerification, { strict: false }).run();
  expect(faults).toEqual([]);
  expect(checked).toBe(MERCHANTS + 2 * THEN); // top-ups; each order's charge and its settlement or refund
});

it('writes what the service reads as its own: orders, packages, events, invoices', async () => {
  interface Listed {
    data: { id: string; order: string; status: string }[];
  }
  let orders = 0;
  for (const { key } of shops) {
    const shop = new Caller(test, key);
    const { data } = expectStatus<Listed>(await shop.get('/v1/orders?limit=100'), 200);
    orders += data.length;
    const { id = '' } = data[0] ?? {};
    expectStatus(await shop.get(`/v1/orders/${id}`), 200);
    expectStatus(await shop.get(`/v1/orders/${id}/timeline`), 200);
    const packages = expectStatus<Listed>(await shop.get('/v1/packages?limit=100'), 200).data;
    expect(packages).toHaveLength(data.length);
    expectStatus(await shop.get(`/v1/packages/${packages[0]?.id ?? ''}/events`), 200);
    for (const list of ['events', 'invoices', 'wallet/transactions'])
      expect(expectStatus<Listed>(await shop.get(`/v1/${list}`), 200).data).not.toEqual([]);
  }
  expect(orders).toBe(THEN);
});
