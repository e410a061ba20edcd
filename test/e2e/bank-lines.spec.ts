import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

interface Imported {
  results: { row: number; status: string; subject: string | null; errors: { pointer: string; code: string }[] }[];
}

let test: TestApp;
let world: World;
let merchant: Merchant;
beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  merchant = await world.merchant();
});
afterAll(() => test.close());

const announce = async (amount: string): Promise<{ id: string; reference: string }> =>
  expectStatus(await merchant.caller.post('/v1/top-ups', { amount: usd(amount), method: 'bank_transfer' }), 201);

const send = async (path: string, lines: readonly string[]): Promise<Imported> =>
  expectStatus<Imported>(await world.admin.send('post', path, lines.join('\n'), { 'Content-Type': 'text/csv' }), 200);
const bank = (lines: readonly string[]): Promise<Imported> => send('/v1/imports/bank', lines);

describe('lines of the bank', () => {
  it('are two though their payers wrote the same end-to-end id, or none', async () => {
    for (const [heading, word] of [
      ['Kundenreferenz (End-to-End)', 'RENT'],
      ['Kundenreferenz (End-to-End)', 'NOTPROVIDED'],
      ['ID', 'NOTPROVIDED'],
    ] as const) {
      const [one, two] = [await announce('41.00'), await announce('42.00')];
      const done = await bank([
        `Buchungstag;Betrag;Waehrung;Verwendungszweck;${heading}`,
        `20.11.2026;41,00;USD;${one.reference};${word}`,
        `20.11.2026;42,00;USD;${two.reference};${word}`,
      ]);
      expect(done.results).toMatchObject([
        { status: 'imported', subject: one.id },
        { status: 'imported', subject: two.id },
      ]);
    }
  });

  it('of more than can be booked cost no other line', async () => {
    const topUp = await announce('46.00');
    const done = await bank([
      'Date,Amount,Currency,Reference',
      '2026-11-20,999999999999999999,USD,DE89370400440532013000',
      `2026-11-20,46.00,USD,${topUp.reference}`,
    ]);
    expect(done.results).toMatchObject([
      { row: 2, status: 'failed', errors: [{ code: 'too_large' }] },
      { row: 3, status: 'imported', subject: topUp.id },
    ]);
  });

  it('are not taken for each other where a bank gives an id twice', async () => {
    const [one, two] = [await announce('43.00'), await announce('44.00')];
    const first = ['Date,Amount,Currency,Reference,ID', `2026-11-20,43.00,USD,${one.reference},1`];
    const second = ['Date,Amount,Currency,Reference,ID', `2026-11-21,44.00,USD,${two.reference},1`];
    expect((await bank(first)).results).toMatchObject([{ status: 'imported' }]);
    expect((await bank(first)).results).toMatchObject([{ status: 'unchanged' }]);
    const refused = { status: 'failed', errors: [{ pointer: '/id', code: 'id_used' }] };
    expect((await bank(second)).results).toMatchObject([refused]);
    const mended = second.map((line) => line.replace(/1$/, '2'));
    expect((await bank(mended)).results).toMatchObject([{ status: 'imported', subject: two.id }]);
  });

  it.each(['Pending', 'Umsatz vorgemerkt', 'REVERTED', 'Declined'])(
    'credit nothing that is not there: %s',
    async (state) => {
      const topUp = await announce('45.00');
      const line = `2026-11-20,45.00,USD,${topUp.reference},S-${topUp.id}`;
      const headings = 'Date,Amount,Currency,Note,Transaction ID,Status';
      const early = await bank([headings, `${line},${state}`]);
      expect(early.results).toMatchObject([{ status: 'failed', errors: [{ pointer: '/state', code: 'not_booked' }] }]);
      const done = await bank([headings, `${line},Completed`]);
      expect(done.results).toMatchObject([{ status: 'imported', subject: topUp.id }]);
    },
  );
});

describe('a line of the provider', () => {
  it('whose fee cannot be read is refused, not taken for one that cost nothing', async () => {
    const done = await send('/v1/imports/stripe', [
      'balance_transaction_id,created,currency,gross,fee',
      'txn_fee,2026-11-20,usd,10.00,a lot',
      'txn_free,2026-11-20,usd,10.00,',
    ]);
    expect(done.results).toMatchObject([
      { status: 'failed', errors: [{ pointer: '/fee', code: 'format' }] },
      { status: 'set_aside' },
    ]);
  });
});
