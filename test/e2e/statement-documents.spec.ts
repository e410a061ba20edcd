import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { one } from '../../src/database/sql.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { correctMany } from '../support/entries.ts';
import { readWords } from '../support/pdf.ts';
import { pause } from '../support/process.ts';
import { Caller, expectStatus, usd, World, type Merchant } from '../support/world.ts';

interface Document {
  id: string;
  status: string;
  lines_done: number;
  lines_total: number;
  from: string | null;
  to: string;
  opening: object;
  closing: object;
  file: string | null;
  size: number | null;
  kept_until: string;
}

interface Statement {
  opening: { amount: string };
  closing: { amount: string };
  lines: { amount: { amount: string }; balance_after: { amount: string } }[];
}

const PATH = '/v1/wallet/statement-documents';
const ENTRIES = 3_000;

let test: TestApp;
let world: World;
let merchant: Merchant;
beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  merchant = await world.merchant('5000.00');
  await correctMany(test, merchant, ENTRIES, 9_973);
});
afterAll(() => test.close());

const look = async ({ caller }: Merchant, id: string): Promise<Document> =>
  expectStatus<Document>(await caller.get(`${PATH}/${id}`), 200);

/** Looks at it until it is over. @returns what was seen on the way */
async function watch(whose: Merchant, id: string): Promise<Document[]> {
  const seen: Document[] = [];
  for (;;) {
    const now = await look(whose, id);
    seen.push(now);
    if (now.status === 'done' || now.status === 'failed') return seen;
    await pause(5);
  }
}

it('a long statement tells how far it is, and is the paper that would have been sent at once', async () => {
  const period = { currency: 'USD', to: test.clock.now().toISOString() };
  const asked = expectStatus<Document>(await merchant.caller.post(PATH, { ...period, format: 'pdf' }), 202);
  expect(asked).toMatchObject({ status: 'queued', lines_done: 0, lines_total: ENTRIES + 1, file: null, size: null });
  const early = expectStatus<{ code: string }>(await merchant.caller.get(`${PATH}/${asked.id}/file`), 409);
  expect(early).toMatchObject({ code: 'document_not_ready', lines_total: ENTRIES + 1 });

  const seen = await watch(merchant, asked.id);
  const steps = seen.map(({ lines_done }) => lines_done);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(steps.some((lines) => lines > 0 && lines <= ENTRIES)).toBe(true);
  const done = seen.at(-1);
  expect(done).toMatchObject({ status: 'done', lines_done: ENTRIES + 1, file: `${PATH}/${asked.id}/file` });

  const file = await merchant.caller.get(done?.file ?? '');
  const bytes = expectStatus<Buffer>(file, 200);
  expect(file.headers).toMatchObject({
    'content-type': 'application/pdf',
    'content-length': String(done?.size),
    'content-disposition': 'attachment; filename="statement-USD.pdf"',
  });
  const path = `/v1/wallet/statement?currency=USD&to=${period.to}`;
  const direct = await merchant.caller.send('get', path, undefined, { Accept: 'application/pdf' });
  expect(bytes.equals(expectStatus<Buffer>(direct, 200))).toBe(true);

  const statement = expectStatus<Statement>(await merchant.caller.get(path), 200);
  expect(statement).toMatchObject({ opening: asked.opening, closing: asked.closing });
  const text = (await readWords(bytes)).join('\n');
  const figures = [...text.matchAll(/(-?\d+\.\d\d)\s+(-?\d+\.\d\d)(?=\s|$)/g)].map(([, amount, rest]) => [
    amount,
    rest,
  ]);
  expect(figures).toEqual(statement.lines.map(({ amount, balance_after: rest }) => [amount.amount, rest.amount]));
  expect(text).toContain(`Closing balance: ${statement.closing.amount} USD`);
});

it('the file of a table is the table, and later entries are in neither', async () => {
  const small = await world.merchant('10.00');
  const asked = expectStatus<Document>(await small.caller.post(PATH, { format: 'csv' }), 202);
  await correctMany(test, small, 3, 97);
  const done = (await watch(small, asked.id)).at(-1);
  expect(done).toMatchObject({ status: 'done', lines_total: 1, closing: usd('10.00') });
  const file = await small.caller.get(done?.file ?? '');
  expect(file.headers['content-type']).toBe('text/csv; charset=utf-8');
  const [, opening, only, closing] = file.text.trimEnd().split('\n');
  expect(opening).toContain(',opening,');
  expect(only).toContain(',top_up,');
  expect(closing).toContain(',closing,,,,10.00,USD,');
});

it('a period without entries is a paper without lines', async () => {
  const period = { from: '2020-01-01T00:00:00Z', to: '2020-01-31T23:59:59Z', currency: 'USD', language: 'fr' };
  const asked = expectStatus<Document>(await merchant.caller.post(PATH, period), 202);
  const done = (await watch(merchant, asked.id)).at(-1);
  expect(done).toMatchObject({ status: 'done', lines_done: 0, lines_total: 0, opening: usd('0.00') });
  const [page] = await readWords(expectStatus<Buffer>(await merchant.caller.get(done?.file ?? ''), 200));
  expect(page).toContain('Solde final: 0.00 USD');
});

it('refuses a period the wrong way round, and a currency that nobody named', async () => {
  const wrong = { from: '2026-06-01T00:00:00Z', to: '2026-05-01T00:00:00Z', currency: 'USD' };
  expectStatus(await merchant.caller.post(PATH, wrong), 422);
  const abroad = await world.merchant('5.00');
  await world.topUp(abroad, '5.00', 'EUR');
  const refused = expectStatus<{ errors: object[] }>(await abroad.caller.post(PATH, {}), 422);
  expect(refused.errors).toMatchObject([{ pointer: '/currency', code: 'required' }]);
});

it('is the merchant’s alone, and begun once under one key', async () => {
  const key = { 'idempotency-key': 'paper-1' };
  const first = await merchant.caller.send('post', PATH, { currency: 'USD', format: 'csv' }, key);
  const again = await merchant.caller.send('post', PATH, { currency: 'USD', format: 'csv' }, key);
  expect(expectStatus<Document>(again, 202).id).toBe(expectStatus<Document>(first, 202).id);
  const { id } = first.body as Document;
  const stranger = await world.merchant();
  for (const path of [`${PATH}/${id}`, `${PATH}/${id}/file`]) {
    expect(expectStatus<{ code: string }>(await stranger.caller.get(path), 404).code).toBe('not_found');
    expectStatus(await new Caller(test, null).get(path), 401);
  }
  await watch(merchant, id);
  const listed = expectStatus<{ data: Document[] }>(await merchant.caller.get(`${PATH}?limit=1`), 200);
  expect(listed.data.map((it) => it.id)).toEqual([id]);
  expect(expectStatus<{ data: object[] }>(await stranger.caller.get(PATH), 200).data).toEqual([]);
});

it('is erased after its days, with its bytes', async () => {
  const [document] = expectStatus<{ data: Document[] }>(await merchant.caller.get(PATH), 200).data;
  expectStatus(await world.admin.post('/v1/sandbox/clock', { advance: 'P6DT23H' }), 200);
  expectStatus(await merchant.caller.get(document?.file ?? ''), 200);
  expectStatus(await world.admin.post('/v1/sandbox/clock', { advance: 'PT1H' }), 200);
  expectStatus(await merchant.caller.get(document?.file ?? ''), 404);
  expect(await one(test.db, 'SELECT count(*)::int AS n FROM statement_document_part')).toEqual({ n: 0 });
});
