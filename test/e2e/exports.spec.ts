import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rows } from '../../src/database/sql.ts';
import { Exports } from '../../src/exports/exports.service.ts';
import { NOT_INCLUDED } from '../../src/exports/not-included.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { unzipped } from '../support/zip.ts';
import { expectStatus, usd, World, type Caller, type Merchant } from '../support/world.ts';

let test: TestApp;
let world: World;
let merchant: Merchant;
beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  await world.catalogue();
  merchant = await world.merchant('500.00');
});
afterAll(() => test.close());

async function exported(caller: Caller, body: object = {}): Promise<Map<string, string>> {
  const call = test.http
    .post('/v1/exports')
    .set({ Authorization: `Bearer ${caller.token ?? ''}` })
    .send(body);
  const answer = await call.buffer(true).parse((response, done) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      done(null, Buffer.concat(chunks));
    });
  });
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/zip']);
  return unzipped(answer.body as Buffer);
}

const listOf = (files: Map<string, string>, name: string): Record<string, unknown>[] =>
  JSON.parse(files.get(`${name}.json`) ?? 'null') as Record<string, unknown>[];

describe('an export', () => {
  it('shows every table that has a merchant in it, or says why not', async () => {
    const found = await rows<{ name: string }>(
      test.db,
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'merchant_id'
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
    );
    const shown = test.app.get(Exports).tables();
    const known = [...shown, ...NOT_INCLUDED.flatMap(({ tables }) => tables)];
    const own = found.map(({ name }) => name);
    expect(own.length).toBeGreaterThan(60);
    expect(own.filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => !own.includes(name))).toEqual(['merchant']); // whose key is its id
    expect(known).toHaveLength(new Set(known).size);
  });

  it('holds everything of the merchant as JSON and CSV, and nothing of another', async () => {
    const other = await world.merchant('10.00');
    const order = expectStatus<{ id: string }>(await merchant.caller.post('/v1/orders', world.order('EXPORT-1')), 201);
    const files = await exported(merchant.caller);
    expect([...files.keys()].filter((name) => name.endsWith('.csv'))).toEqual(
      expect.arrayContaining([
        'merchant.csv',
        'users.csv',
        'api_keys.csv',
        'orders.csv',
        'transactions.csv',
        'top_ups.csv',
        'payouts.csv',
        'claims.csv',
        'returns.csv',
      ]),
    );
    expect(listOf(files, 'merchant')).toMatchObject([{ id: merchant.id }]);
    expect(listOf(files, 'orders')).toMatchObject([{ id: order.id, ship_to: { name: 'Ada Byron' }, packages: [{}] }]);
    expect(listOf(files, 'transactions')).toMatchObject([
      { type: 'order_charge' },
      { type: 'top_up', amount: usd('500.00') },
    ]);
    expect(files.get('orders.csv')).toMatch(/^id,reference,.*total\.amount/);
    expect(files.get('orders.csv')).toContain(order.id);
    const all = [...files.values()].join('');
    expect(all).not.toContain(other.id);
    expect(all).not.toContain(merchant.caller.token ?? 'none');
    expect(await exported(world.admin, { merchant: merchant.id })).toEqual(files);
  });

  it('goes on over many pages', async () => {
    for (let n = 0; n < 101; n += 1)
      expectStatus(await merchant.caller.post('/v1/top-ups', { amount: usd('1.00'), method: 'bank_transfer' }), 201);
    const files = await exported(merchant.caller);
    expect(listOf(files, 'top_ups')).toHaveLength(102);
    expect(files.get('top_ups.csv')?.trim().split('\n')).toHaveLength(103);
  });

  it('is of one’s own; staff name whose', async () => {
    const stranger = await world.merchant();
    expect((await stranger.caller.post('/v1/exports', { merchant: merchant.id })).status).toBe(404);
    expect((await world.admin.post('/v1/exports')).status).toBe(422);
    expect((await world.admin.post('/v1/exports', { merchant: 'mer_01h2xcejqtf2nbrexx3vqjhp41' })).status).toBe(404);
    expect((await (await world.colleague(['warehouse'])).post('/v1/exports')).status).toBe(403);
  });
});
