import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { History } from '../../src/cli/bench/history.ts';
import { makeShops, type Shop } from '../../src/cli/bench/merchants.ts';
import { asMerchant } from '../../src/database/scope.ts';
import { LedgerVerification } from '../../src/wallet/wallet.service.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { scansOf } from '../support/scans.ts';
import { Caller, expectStatus, World } from '../support/world.ts';

const SECRET_KEY = randomBytes(32).toString('base64url');
const MERCHANTS = 5;
const [FIRST, THEN] = [40, 120] as const;

let test: TestApp;
let shops: Shop[];
let history: History;
const url = process.env['DATABASE_URL'] ?? '';

beforeAll(async () => {
  test = await startApp({ SECRET_KEY, ROLE: 'api' });
  shops = await makeShops(url, SECRET_KEY, MERCHANTS);
  const cluster = {
    url: (database: string) => {
      const place = new URL(url);
      place.pathname = `/${database}`;
      return place.href;
    },
  };
  history = await History.open({ cluster, url, shops });
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

/** So many that a plan reads a large merchant's rows, or those of a common status, out of everybody's, where it can. */
const MANY = 4_000;

/** The newest fifth is others', and on its way: what came before it lies behind, as far as a list may have to look. */
const NEWER = `
  CREATE TEMP TABLE newest AS SELECT id FROM orders ORDER BY id OFFSET (SELECT count(*) * 4 / 5 FROM orders) LIMIT 1;
  DELETE FROM orders USING newest n WHERE merchant_id = '{large}' AND orders.id >= n.id;
  DELETE FROM package USING newest n WHERE merchant_id = '{large}' AND order_id >= n.id;
  DELETE FROM invoice USING newest n WHERE merchant_id = '{large}' AND invoice.id >= n.id;
  UPDATE orders SET status = 'paid', ended_at = NULL FROM newest n WHERE orders.id >= n.id;
  UPDATE package SET status = 'planned', cancelled_at = NULL, handed_over_at = NULL FROM newest n WHERE order_id >= n.id;`;

it('reads a page’s rows and no others, those of one merchant in one go, however many others there are', async () => {
  await history.growTo(MANY, () => undefined);
  const [large] = shops;
  if (large === undefined) throw new Error('There is no merchant.');
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  await owner.query(`SET session_replication_role = replica; ${NEWER.replaceAll('{large}', large.id)}`);
  for (const table of ['orders', 'package', 'invoice']) await owner.query(`VACUUM ANALYZE ${table}`);
  await owner.end();
  const readers = [
    { reader: new Caller(test, large.key), scope: asMerchant(test.db.source, large.id) },
    { reader: (await World.open(test)).admin, scope: test.db },
  ];
  const [settled, delivered] = ['orders?status=settled', 'packages?status=delivered'] as const;
  const lists = [
    ['orders'],
    ['orders', settled],
    ['package', 'packages'],
    ['package', delivered],
    ['invoice', 'invoices'],
  ];
  for (const { reader, scope } of readers)
    for (const [table = '', list = table] of lists) {
      const first = await scansOf(reader, `/v1/${list}`, { table, scope });
      const rest = `/v1/${list}${list.includes('?') ? '&' : '?'}cursor=${first.cursor}`;
      const next = await scansOf(reader, rest, { table, scope });
      for (const { inVain, loops } of [...first.scans, ...next.scans]) {
        const inOneGo = loops === 1 || table === 'invoice' || scope === test.db;
        expect({ list, inVain, inOneGo }).toEqual({ list, inVain: 0, inOneGo: true });
      }
    }
});
