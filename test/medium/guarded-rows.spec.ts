import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { serviceOptions } from '../../src/database/data-source.ts';
import { migrate } from '../../src/database/migrate.ts';
import { asHouse, asMerchant, type Scope } from '../../src/database/scope.ts';
import { rows, type Db } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { keeping } from '../../src/http/claims.ts';
import { newId } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';

const NOTE = `INSERT INTO wallet_profile (merchant_id) VALUES ($1)`;
/** What somebody writes who forgets whose rows it is about. */
const WHOSE = 'SELECT merchant_id AS id FROM wallet_profile ORDER BY 1';

describe('statements that forget whose rows they are about', () => {
  const [mine, others] = [newId(), newId()] as const;
  let test: TestApp;
  let own: Scope;

  beforeAll(async () => {
    test = await startApp({ ROLE: 'api', DATABASE_POOL: '3' });
    own = asMerchant(test.db.source, mine);
    for (const id of [mine, others]) await rows(asHouse(test.db.source), NOTE, [id]);
  });
  afterAll(() => test.close());

  const ids = async (db: Db): Promise<string[]> => (await rows<{ id: string }>(db, WHOSE)).map(({ id }) => id);

  it('see one merchant’s rows, in a transaction and alone; the house sees all', async () => {
    expect(await ids(own)).toEqual([mine]);
    expect(await inTransaction(own, (tx) => ids(tx))).toEqual([mine]);
    expect(await ids(asHouse(test.db.source))).toEqual([mine, others].sort());
    expect(await inTransaction(asHouse(test.db.source), (tx) => ids(tx))).toEqual([mine, others].sort());
  });

  it('change and delete one merchant’s rows', async () => {
    const changed = await inTransaction(own, (tx) =>
      rows<{ id: string }>(
        tx,
        `UPDATE wallet_profile SET low = true WHERE low IS NOT NULL RETURNING merchant_id AS id`,
      ),
    );
    expect(changed).toEqual([{ id: mine }]);
    const left = await inTransaction(asMerchant(test.db.source, newId()), (tx) =>
      rows(tx, `DELETE FROM wallet_profile RETURNING 1`),
    );
    expect(left).toEqual([]);
  });

  it('write nobody else’s rows', async () => {
    const another = inTransaction(own, (tx) => rows(tx, NOTE, [newId()]));
    await expect(another).rejects.toThrow(/row-level security/);
    const moved = inTransaction(own, (tx) => rows(tx, `UPDATE wallet_profile SET merchant_id = $1`, [newId()]));
    await expect(moved).rejects.toThrow(/row-level security/);
    await expect(rows(own, NOTE, [newId()])).rejects.toThrow(/row-level security/);
  });

  it('see no answer that is kept under another’s key, and keep none there', async () => {
    const keep = `INSERT INTO idempotency (owner_id, key, fingerprint, status, body) VALUES ($1, $2, '', 201, '{}')`;
    const staff = newId();
    for (const owner of [mine, others, staff]) await rows(asHouse(test.db.source), keep, [owner, 'the same key']);
    const owners = `SELECT owner_id AS id FROM idempotency WHERE key = 'the same key' ORDER BY 1`;
    expect(await rows(own, owners)).toEqual([{ id: mine }]);
    expect(await rows(asHouse(test.db.source), owners)).toHaveLength(3);
    await expect(rows(own, keep, [staff, 'another key'])).rejects.toThrow(/row-level security/);
    const gone = await rows(own, `DELETE FROM idempotency WHERE key = 'the same key' RETURNING owner_id AS id`);
    expect(gone).toEqual([{ id: mine }]);
  });

  it('find the answer of a key by the key, not among all that its owner has', async () => {
    const many = `INSERT INTO idempotency (owner_id, key, fingerprint) SELECT gen_random_uuid(), 'k' || n, '' FROM generate_series(1, 2000) AS n`;
    await rows(asHouse(test.db.source), many);
    const owner = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
    await owner.connect();
    await owner.query('ANALYZE idempotency');
    await owner.end();
    const claim = { owner: mine, key: 'k1', fingerprint: '', secret: false };
    const { text, values } = keeping([{ claim, status: 201, body: '{}' }]);
    const plan = await rows<{ 'QUERY PLAN': string }>(own, `EXPLAIN ${text}`, values);
    const lines = plan.map((line) => line['QUERY PLAN'].trim());
    expect(lines).toContain('Index Cond: ((owner_id = k.owner_id) AND (key = k.key))');
  });

  it('see nothing where nobody has said whose rows it is about, whatever ran on the connection before', async () => {
    const failed = inTransaction(own, (tx) => rows(tx, 'SELECT 1 / $1::int', [0]));
    await expect(failed).rejects.toThrow(/zero/);
    for (const scope of [own, asHouse(test.db.source)]) {
      await inTransaction(scope, (tx) => ids(tx));
      await ids(scope);
    }
    const runners = [1, 2, 3].map(() => test.db.source.createQueryRunner());
    const found = await Promise.all(
      runners.map(async (runner) => {
        const [at] = (await runner.query(
          `SELECT current_user AS role, coalesce(current_setting('app.merchant', true), '') AS merchant`,
        )) as object[];
        return { ...at, rows: (await runner.query(WHOSE)) as object[] };
      }),
    );
    for (const runner of runners) await runner.release();
    expect(found).toEqual(Array(3).fill({ role: 'waybill_app', merchant: '', rows: [] }));
  });
});

describe('a database user who is no superuser, as managed services give one', () => {
  const name = `plain_${process.pid}_${process.env['JEST_WORKER_ID'] ?? '1'}`;
  const owner = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
  const url = new URL(process.env['DATABASE_URL'] ?? '');
  url.username = name;
  url.pathname = name;

  beforeAll(async () => {
    await owner.connect();
    // so PostgreSQL leaves whoever makes roles by the right to make them
    await owner.query(`CREATE ROLE ${name} LOGIN CREATEROLE`);
    await owner.query(`GRANT waybill_app, waybill_house TO ${name} WITH ADMIN TRUE, SET FALSE, INHERIT FALSE`);
    await owner.query(`CREATE DATABASE ${name} OWNER ${name}`);
  });
  afterAll(async () => {
    await owner.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await owner.query(`DROP OWNED BY ${name} CASCADE`);
    await owner.query(`DROP ROLE ${name}`);
    await owner.end();
  });

  it('migrates, and the service takes both of its roles', async () => {
    await migrate(String(url));
    const source = await new DataSource(serviceOptions(String(url), 1)).initialize();
    const who = 'SELECT current_user AS role FROM (SELECT count(*) FROM merchant) counted';
    expect(await rows(asMerchant(source, newId()), who)).toEqual([{ role: 'waybill_app' }]);
    expect(await rows(asHouse(source), who)).toEqual([{ role: 'waybill_house' }]);
    await source.destroy();
  });
});
