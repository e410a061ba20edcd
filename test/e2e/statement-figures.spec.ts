import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { rows } from '../../src/database/sql.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { readWords } from '../support/pdf.ts';
import { expectStatus, World, type Merchant } from '../support/world.ts';

interface Statement {
  opening: { amount: string };
  closing: { amount: string };
  lines: { amount: { amount: string }; balance_after: { amount: string } }[];
}

const ENTRIES = 400;

let test: TestApp;
let world: World;
let merchant: Merchant;
beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  merchant = await world.merchant('90071992547409.93'); // beyond 2^53 minor units
  // what finance gave and took, of every size
  await rows(
    test.db,
    `SELECT wallet_adjust(ROW($1::uuid, gen_random_uuid(), NULL, 'adjustment', 'figures:' || n, NULL, 'merchant', $1::text, NULL, 'USD',
       jsonb_build_array(jsonb_build_object('text', 'Correction ' || n, 'minor', amount::text)), NULL, $2::timestamptz)::ledger_request, amount)
     FROM (SELECT n, CASE WHEN n % 2 = 0 THEN 1 ELSE -1 END * (n * n * 37 % 1000003 + 1)::bigint AS amount
       FROM generate_series(1, $3::int) n ORDER BY n) made`,
    [idIn('mer', merchant.id), test.clock.now(), ENTRIES],
  );
});
afterAll(() => test.close());

it('the paper has every figure of the JSON, line by line, in order, and nothing else in its columns of money', async () => {
  const path = `/v1/wallet/statement?currency=USD&to=${test.clock.now().toISOString()}`;
  const statement = expectStatus<Statement>(await merchant.caller.get(path), 200);
  expect(statement.lines).toHaveLength(ENTRIES + 1);
  const paper = await merchant.caller.send('get', path, undefined, { Accept: 'application/pdf' });
  const text = (await readWords(expectStatus<Buffer>(paper, 200))).join('\n');
  const figures = [...text.matchAll(/(-?\d+\.\d\d)\s+(-?\d+\.\d\d)(?=\s|$)/g)].map(([, amount, after]) => [
    amount,
    after,
  ]);
  expect(figures).toEqual(statement.lines.map(({ amount, balance_after: after }) => [amount.amount, after.amount]));
  expect(text).toMatch(new RegExp(`Opening balance\\s*${statement.opening.amount} USD`));
  expect(text).toContain(`Closing balance: ${statement.closing.amount} USD`);
  expect(statement.closing).toEqual(statement.lines.at(-1)?.balance_after);
});
