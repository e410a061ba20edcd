import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { correctMany } from '../support/entries.ts';
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
  await correctMany(test, merchant, ENTRIES, 1_000_003);
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
