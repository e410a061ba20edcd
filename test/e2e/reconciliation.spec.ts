import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import { rows } from '../../src/database/sql.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, usd, World, type Caller, type Merchant } from '../support/world.ts';

interface Imported {
  imported: number;
  unchanged: number;
  set_aside: number;
  failed: number;
  results: { row: number; status: string; subject: string | null; detail: string | null }[];
}
interface Item {
  account: string;
  status: string;
  why: string | null;
  line: string | null;
  subject: { type: string; id: string } | null;
  theirs: object | null;
  ours: object | null;
  age_days: number;
}
interface TopUp {
  id: string;
  reference: string;
  status: string;
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

const announce = async (amount: string): Promise<TopUp> =>
  expectStatus<TopUp>(await merchant.caller.post('/v1/top-ups', { amount: usd(amount), method: 'bank_transfer' }), 201);

const send = (caller: Caller, path: string, lines: readonly string[]): Promise<Response> =>
  caller.send('post', path, lines.join('\n'), { 'Content-Type': 'text/csv' });

const bank = async (lines: readonly string[], query = ''): Promise<Imported> =>
  expectStatus<Imported>(await send(world.admin, `/v1/imports/bank${query}`, lines), 200);

const available = async (): Promise<string | undefined> =>
  expectStatus<{ balances: { available: { amount: string } }[] }>(await merchant.caller.get('/v1/wallet'), 200)
    .balances[0]?.available.amount;

const items = async (): Promise<Item[]> =>
  expectStatus<{ items: Item[] }>(await world.admin.get('/v1/reconciliation?currency=USD'), 200).items;

const HEADINGS = 'Date,Amount,Currency,Reference,ID';

describe('a bank’s statement', () => {
  it('confirms the exact amount under its reference, once, and leaves the rest to a person', async () => {
    const [exact, less, more] = [await announce('100.00'), await announce('50.00'), await announce('20.00')];
    const file = [
      HEADINGS,
      `2026-11-20,100.00,USD,${exact.reference.toLowerCase().replaceAll('-', ' ')},B-1`,
      `2026-11-20,49.99,USD,${less.reference},B-2`,
      `2026-11-20,20.01,USD,${more.reference},B-3`,
      '2026-11-20,5.00,USD,thanks,B-4',
      '2026-11-20,5.00,USD,WB-22222-22222,B-5',
      `2026-11-21,100.00,USD,${exact.reference},B-6`,
      '2026-11-21,,USD,nothing,B-7',
    ];
    const dry = await bank(file, '?dry_run=true');
    expect(await available()).toBe('0.00');
    const done = await bank(file);
    expect(done.results).toEqual(dry.results);
    expect(done.results).toMatchObject([
      { row: 2, status: 'imported', subject: exact.id },
      { status: 'set_aside', detail: 'partial', subject: less.id },
      { status: 'set_aside', detail: 'over', subject: more.id },
      { status: 'set_aside', detail: 'no_reference', subject: null },
      { status: 'set_aside', detail: 'unknown_reference' },
      { status: 'set_aside', detail: 'double' },
      { row: 8, status: 'failed' },
    ]);
    expect(await available()).toBe('100.00');
    expect(await bank(file)).toMatchObject({ imported: 0, unchanged: 6, failed: 1 });
    expect(await available()).toBe('100.00');
  });

  it.each([
    [
      'in German, semicolons and commas',
      [
        'Buchungstag;Verwendungszweck;Beguenstigter/Zahlungspflichtiger;Betrag;Waehrung',
        '20.11.2026;REF;Ein Laden;1.030,00;USD',
      ],
      '1030.00',
    ],
    ['with money in and money out', ['Date,Description,Paid out,Paid in', '20/11/2026,REF,,31.00'], '31.00'],
    [
      'with months in words',
      ['Date,Type,Description,Paid out,Paid in,Balance', '20 Nov 2026,FPI,REF,,33.00,1.00'],
      '33.00',
    ],
    [
      'of Wise',
      ['TransferWise ID,Date,Amount,Currency,Description,Payment Reference', 'T-1,20-11-2026,32.00,USD,Received,REF'],
      '32.00',
    ],
    [
      'with a number of the bank’s own beside what the payer wrote',
      ['Date,Amount,Currency,Reference,Text', '2026-11-20,34.00,USD,BNK-7,Top-up REF with thanks'],
      '34.00',
    ],
    ['with a message', ['Date,Amount,Message', '2026-11-20,35.00,REF'], '35.00'],
  ])('is read %s', async (_, lines, amount) => {
    const topUp = await announce(amount);
    const before = await available();
    const done = await bank(
      lines.map((line) => line.replace('REF', topUp.reference)),
      '?currency=USD',
    );
    expect(done.results).toMatchObject([{ status: 'imported', subject: topUp.id }]);
    expect(await available()).not.toBe(before);
  });

  it('with two lines that look alike counts both, and none twice', async () => {
    const topUp = await announce('7.00');
    const line = `2026-11-22,7.00,USD,${topUp.reference}`;
    const once = ['Date,Amount,Currency,Reference', line];
    expect(await bank(once)).toMatchObject({ imported: 1 });
    const twice = await bank([...once, line]);
    expect(twice.results).toMatchObject([{ status: 'unchanged' }, { status: 'set_aside', detail: 'double' }]);
    const double = (await items()).find(({ why, subject }) => why === 'double' && subject?.id === topUp.id);
    const body = { top_up: topUp.id, note: 'The same again' };
    const refused = await world.admin.post(`/v1/reconciliation/lines/${double?.line ?? ''}/resolution`, body);
    expect([refused.status, refused.body]).toMatchObject([409, { code: 'top_up_already_received' }]);
  });

  it('that shows what finance confirmed by hand is only matched', async () => {
    const topUp = await announce('8.00');
    const confirmation = { amount: usd('8.00'), bank_reference: 'by hand' };
    expectStatus(await world.admin.post(`/v1/top-ups/${topUp.id}/confirmation`, confirmation), 200);
    expect((await items()).map(({ subject }) => subject?.id)).toContain(topUp.id);
    const done = await bank([HEADINGS, `2026-11-23,8.00,USD,${topUp.reference},B-8`]);
    expect(done.results).toMatchObject([{ status: 'unchanged', subject: topUp.id }]);
    expect((await items()).map(({ subject }) => subject?.id)).not.toContain(topUp.id);
  });

  it('finds the payout that finance paid', async () => {
    await world.verifyEmail(merchant);
    const asked = { amount: usd('9.00'), destination: 'DE89370400440532013000' };
    const { id } = expectStatus<{ id: string }>(await merchant.caller.post('/v1/payouts', asked), 201);
    expectStatus(await world.admin.post(`/v1/payouts/${id}/approval`), 200);
    expectStatus(await world.admin.post(`/v1/payouts/${id}/paid`), 200);
    expect((await items()).find(({ subject }) => subject?.id === id)).toMatchObject({
      ...{ account: 'payout_clearing', status: 'missing_there', ours: usd('-9.00') },
    });
    const done = await bank([HEADINGS, `2026-11-24,-9.00,USD,${id} thank you,B-9`]);
    expect(done.results).toMatchObject([{ status: 'imported', subject: id }]);
    expect((await items()).map(({ subject }) => subject?.id)).not.toContain(id);
  });

  it('is for finance alone', async () => {
    expect((await send(merchant.caller, '/v1/imports/bank', [HEADINGS])).status).toBe(403);
    expect((await merchant.caller.get('/v1/reconciliation')).status).toBe(403);
  });
});

describe('a line of the bank', () => {
  const confirm = (topUp: TopUp, body: object) => world.admin.post(`/v1/top-ups/${topUp.id}/confirmation`, body);

  it('confirms two top-ups of one amount only where the bank shows two payments', async () => {
    const [first, second, third] = [await announce('7.70'), await announce('7.70'), await announce('7.71')];
    const body = { amount: usd('7.70'), bank_reference: 'SAME-LINE-1' };
    expectStatus(await confirm(first, body), 200);
    expectStatus(await confirm(first, body), 200);
    const refused = await confirm(second, body);
    expect([refused.status, refused.body]).toMatchObject([409, { code: 'bank_reference_used', top_up: first.id }]);
    expectStatus(await confirm(third, { ...body, amount: usd('7.71') }), 200); // one payment for several
    expectStatus(await confirm(second, { ...body, another_payment: true }), 200);
    const twice = (await items()).filter(({ why }) => why === 'reference_twice').map(({ subject }) => subject?.id);
    expect(twice.sort()).toEqual([first.id, second.id, third.id].sort());
  });

  it('confirms one top-up, though fifty are confirmed with it at once', async () => {
    const announced: TopUp[] = [];
    for (let n = 0; n < 50; n += 1) announced.push(await announce('7.80'));
    const body = { amount: usd('7.80'), bank_reference: 'SAME-LINE-50' };
    const answers = await Promise.all(announced.map((topUp) => confirm(topUp, body)));
    const [paid = 0, ...more] = answers.flatMap(({ status }, n) => (status === 200 ? [n] : []));
    expect(more).toEqual([]);
    const refused = { code: 'bank_reference_used', top_up: announced[paid]?.id };
    for (const [n, answer] of answers.entries())
      if (n !== paid) expect([answer.status, answer.body]).toMatchObject([409, refused]);
  });

  it('that comes after its top-up has expired can be given to it by a person; the confirmation says so', async () => {
    const late = await announce('44.00');
    expectStatus(await world.admin.post('/v1/sandbox/clock', { advance: 'P61D' }), 200);
    const refused = await confirm(late, { amount: usd('44.00'), bank_reference: 'LATE-1' });
    expect([refused.status, refused.body]).toMatchObject([
      409,
      { code: 'illegal_step', detail: expect.stringContaining('adjustment') },
    ]);
    const done = await bank([HEADINGS, `2027-02-20,44.00,USD,${late.reference},LATE-2`]);
    expect(done.results).toMatchObject([{ status: 'set_aside', detail: 'late' }]);
    const line = (await items()).find(({ why, subject }) => why === 'late' && subject?.id === late.id)?.line ?? '';
    const body = { top_up: late.id, note: 'It came after all' };
    expectStatus(await world.admin.post(`/v1/reconciliation/lines/${line}/resolution`, body), 200);
    expect(expectStatus(await merchant.caller.get(`/v1/top-ups/${late.id}`), 200)).toMatchObject({
      status: 'received',
    });
  });
});

describe('what a person has to look at', () => {
  it('is listed with its age, and closed with what was done', async () => {
    const topUp = await announce('60.00');
    await bank([HEADINGS, `2026-11-01,59.00,USD,${topUp.reference},C-1`, '2026-11-01,3.00,USD,who?,C-2']);
    const open = await items();
    const partial = open.find(({ subject }) => subject?.id === topUp.id);
    expect(partial).toMatchObject({
      account: 'bank_clearing',
      status: 'missing_here',
      why: 'partial',
      theirs: usd('59.00'),
    });
    expect(partial?.age_days).toBeGreaterThanOrEqual(0);
    const before = Number.parseFloat((await available()) ?? '');
    const path = `/v1/reconciliation/lines/${partial?.line ?? ''}/resolution`;
    const body = { top_up: topUp.id, note: 'The merchant pays the rest later' };
    expect(expectStatus(await world.admin.post(path, body), 200)).toMatchObject({
      status: 'resolved',
      note: body.note,
    });
    expect(Number.parseFloat((await available()) ?? '')).toBeCloseTo(before + 59);
    expect((await world.admin.post(path, body)).status).toBe(409);
    const unknown = open.find(({ why, theirs }) => why === 'no_reference' && JSON.stringify(theirs).includes('3.00'));
    const other = `/v1/reconciliation/lines/${unknown?.line ?? ''}/resolution`;
    expectStatus(await world.admin.post(other, { note: 'Sent back' }), 200);
    const lines = (await items()).map(({ line }) => line);
    expect(lines).not.toContain(partial?.line);
    expect(lines).not.toContain(unknown?.line);
  });
});

describe('the provider’s report', () => {
  it('is held against the payments, all their lines together', async () => {
    await rows(
      test.db,
      `UPDATE top_up SET method = 'card', payment = 'pi_report', bank_line_id = NULL WHERE received_minor = 10000`,
    );
    const headings = 'balance_transaction_id,created,currency,gross,fee,net,reporting_category,payment_intent_id';
    const report = [
      headings,
      'txn_1,2026-11-20 10:00:00,usd,100.00,3.20,96.80,charge,pi_report',
      'txn_2,2026-11-20 10:00:00,usd,15.00,0.74,14.26,charge,pi_of_nobody',
    ];
    const done = expectStatus<Imported>(await send(world.admin, '/v1/imports/stripe', report), 200);
    expect(done.results).toMatchObject([{ status: 'imported' }, { status: 'set_aside', detail: 'unknown_payment' }]);
    const psp = async () => (await items()).filter(({ account }) => account === 'psp_clearing');
    expect(await psp()).toMatchObject([{ status: 'missing_here', why: 'unknown_payment', theirs: usd('15.00') }]);
    await send(world.admin, '/v1/imports/stripe', [
      headings,
      'txn_3,2026-11-21,usd,-30.00,0.00,-30.00,refund,pi_report',
    ]);
    expect(await psp()).toMatchObject([
      { status: 'missing_here' },
      { status: 'differs', ours: usd('100.00'), theirs: usd('70.00') },
    ]);
  });
});

describe('the daily roll-up', () => {
  it('adds up a day’s movements of every account, as a table too', async () => {
    const rollUp = expectStatus<{
      lines: { account: string; debit: { amount: string }; credit: { amount: string } }[];
    }>(await world.admin.get('/v1/ledger/daily?currency=USD'), 200);
    const sum = (side: 'debit' | 'credit') =>
      rollUp.lines.reduce((all, line) => all + Number.parseFloat(line[side].amount), 0);
    expect(sum('debit')).toBeGreaterThan(0);
    expect(sum('debit')).toBeCloseTo(sum('credit'));
    const csv = await world.admin.send('get', '/v1/ledger/daily?currency=USD', undefined, { Accept: 'text/csv' });
    expect(csv.text.split('\n')[0]).toBe('date,account,currency,debit,credit');
    expect(csv.text).toContain('bank_clearing,USD');
    const wrong = await world.admin.get('/v1/ledger/daily?currency=USD&from=2026-02-01&to=2026-01-01');
    expect(wrong.status).toBe(422);
  });
});
