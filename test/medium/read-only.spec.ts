import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { ADMIN, startApp, type TestApp } from '../support/app.ts';
import { until } from '../support/process.ts';

const url = process.env['DATABASE_URL'] ?? '';
let test: TestApp;

beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.close());

/** From now on, as a standby that is promoted, or a server that an operator holds. */
async function takeWrites(isSo: boolean): Promise<void> {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  const database = owner.escapeIdentifier(new URL(url).pathname.slice(1));
  await owner.query(`SET default_transaction_read_only = off`);
  await owner.query(`ALTER DATABASE ${database} SET default_transaction_read_only = ${isSo ? 'off' : 'on'}`);
  await owner.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await owner.end();
}

it('is not ready while its database takes no writes, and ready again by itself', async () => {
  await test.http.get('/health/ready').expect(200);
  await takeWrites(false);
  await until('not ready', async () => (await test.http.get('/health/ready')).body.code === 'not_ready');
  const refused = await test.http.post('/v1/sessions').send(ADMIN);
  expect({ status: refused.status, code: refused.body.code }).toEqual({ status: 503, code: 'unavailable' });
  await test.http.get('/health/live').expect(200);
  await takeWrites(true);
  await until('ready', async () => (await test.http.get('/health/ready')).status === 200);
  await test.http.post('/v1/sessions').send(ADMIN).expect(201);
});
