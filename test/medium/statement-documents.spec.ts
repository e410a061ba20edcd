import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { one, rows } from '../../src/database/sql.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { correctMany } from '../support/entries.ts';
import { build, ServiceProcess, until } from '../support/process.ts';
import { expectStatus, World, type Merchant } from '../support/world.ts';

jest.setTimeout(120_000);

const PATH = '/v1/wallet/statement-documents';
const ENTRIES = 2_400;

let test: TestApp;
let merchant: Merchant;
const running: ServiceProcess[] = [];

beforeAll(async () => {
  build();
  test = await startApp({ ROLE: 'api' }); // it draws nothing
  merchant = await (await World.open(test)).merchant('5000.00');
  await correctMany(test, merchant, ENTRIES, 9_973);
});

afterAll(async () => {
  for (const worker of running) worker.kill('SIGKILL');
  await test.close();
});

async function startWorker(): Promise<ServiceProcess> {
  const env = { DATABASE_URL: process.env['DATABASE_URL'] ?? '', ROLE: 'worker', SANDBOX: 'true' };
  const worker = await ServiceProcess.start(env);
  running.push(worker);
  return worker;
}

interface Row {
  status: string;
  run: number;
  lines_done: number;
  parts: number;
  free_at: Date;
}

const look = (id: string): Promise<Row | null> =>
  one<Row>(
    test.db,
    `SELECT status, run, lines_done, free_at,
       (SELECT count(*)::int FROM statement_document_part WHERE document_id = d.id) AS parts
     FROM statement_document d WHERE id = $1`,
    [idIn('doc', id)],
  );

it('a worker that is killed half-way: another one draws the document once more, and it is whole', async () => {
  const to = test.clock.now().toISOString();
  const asked = expectStatus<{ id: string }>(await merchant.caller.post(PATH, { currency: 'USD', to }), 202);
  const first = await startWorker();
  await until('half of it is drawn', async () => ((await look(asked.id))?.lines_done ?? 0) > ENTRIES / 4, 60_000);
  first.kill('SIGKILL');
  await first.exited;
  const left = await look(asked.id);
  expect(left).toMatchObject({ status: 'running', run: 1 });
  expect(left?.parts).toBeGreaterThan(1);
  expect(left?.free_at.getTime()).toBeGreaterThan(Date.now() + 30_000); // nobody takes it from a worker that lives

  await rows(test.db, `UPDATE statement_document SET free_at = clock_timestamp()`); // the silence of a minute
  const second = await startWorker();
  await until('it is done', async () => (await look(asked.id))?.status === 'done', 60_000);
  expect(await look(asked.id)).toMatchObject({ run: 2, lines_done: ENTRIES + 1 });
  const file = expectStatus<Buffer>(await merchant.caller.get(`${PATH}/${asked.id}/file`), 200);
  const path = `/v1/wallet/statement?currency=USD&to=${to}`;
  const direct = await merchant.caller.send('get', path, undefined, { Accept: 'application/pdf' });
  expect(file.equals(expectStatus<Buffer>(direct, 200))).toBe(true);
  expect((await second.stop()).code).toBe(0);
});

it('a worker that stops gives back what it draws; so many wait, and no more', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1)
    ids.push(expectStatus<{ id: string }>(await merchant.caller.post(PATH, { currency: 'USD' }), 202).id);
  const refused = await merchant.caller.post(PATH, { currency: 'USD' });
  expect(expectStatus<{ code: string }>(refused, 409)).toMatchObject({ code: 'too_many_documents', limit: 5 });

  const [id = ''] = ids;
  const worker = await startWorker();
  await until('it is begun', async () => ((await look(id))?.lines_done ?? 0) > 0, 60_000);
  expect((await worker.stop()).code).toBe(0);
  const left = await look(id);
  expect(left).toMatchObject({ status: 'queued', run: 0, lines_done: 0, parts: 0 }); // it is not one of the five that may fail
  expect(left?.free_at.getTime()).toBeLessThanOrEqual(Date.now());
});
