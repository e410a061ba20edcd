import { one } from '../../src/database/sql.ts';
import { encodeCursor, type Page } from '../../src/kernel/pages.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { readWords } from '../support/pdf.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

interface Monthly {
  month: string;
  currency: string;
  from: string;
  to: string;
  opening: object;
  closing: object;
  entries: number;
}

interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  attachments: { name: string; type: string; size: number }[];
}

let test: TestApp;
let world: World;
let merchant: Merchant;

beforeAll(async () => {
  test = await startApp({ SANDBOX_START: '2026-05-10T10:00:00Z', OPERATOR_NAME: 'Kade Fulfilment' });
  world = await World.open(test);
  await world.catalogue();
  merchant = await world.merchant('500.00');
  await test.settle();
});

afterAll(() => test.close());

const until = async (now: string): Promise<void> => {
  expectStatus(await world.admin.post('/v1/sandbox/clock', { now }), 200);
};

const monthly = async ({ caller }: Merchant): Promise<Monthly[]> =>
  expectStatus<{ data: Monthly[] }>(await caller.get('/v1/wallet/statements'), 200).data;

const mails = async (): Promise<Mail[]> => {
  const list = await world.admin.get(`/v1/mails?kind=monthly_statement&limit=100`);
  const { data } = expectStatus<{ data: { id: string }[] }>(list, 200);
  return Promise.all(data.map(async ({ id }) => expectStatus<Mail>(await world.admin.get(`/v1/mails/${id}`), 200)));
};

it('are made when the month is over, and mailed on paper with the figures of the month', async () => {
  expectStatus(await merchant.caller.post('/v1/orders', world.order('MAY-1')), 201);
  await until('2026-05-31T23:59:59.999Z');
  expectStatus(await merchant.caller.post('/v1/orders', world.order('MAY-2')), 201);
  await until('2026-06-01T00:00:00.000Z');
  expectStatus(await merchant.caller.post('/v1/orders', world.order('JUNE-1')), 201);
  expect(await monthly(merchant)).toEqual([]);
  await until('2026-06-01T00:05:00.000Z');

  const [may, ...others] = await monthly(merchant);
  expect(others).toEqual([]);
  expect(may).toMatchObject({
    ...{ month: '2026-05', currency: 'USD', entries: 3, opening: usd('0.00'), closing: usd('450.00') },
    ...{ from: '2026-05-01T00:00:00.000Z', to: '2026-05-31T23:59:59.999Z' },
  });
  const path = `/v1/wallet/statement?currency=USD&from=${may?.from ?? ''}&to=${may?.to ?? ''}`;
  const asked = expectStatus<{ opening: object; closing: object; lines: object[] }>(
    await merchant.caller.get(path),
    200,
  );
  expect(asked).toMatchObject({ opening: may?.opening, closing: may?.closing });
  expect(asked.lines).toHaveLength(3);

  const [mail, ...more] = await mails();
  expect(more).toEqual([]);
  expect(mail).toMatchObject({ to: merchant.email, subject: 'Your Kade Fulfilment statement for 2026-05' });
  expect(mail?.text).toContain('Closing balance 450.00');
  expect(mail?.attachments).toMatchObject([{ name: 'statement-2026-05-USD.pdf', type: 'application/pdf' }]);
  const file = await world.admin.get(`/v1/mails/${mail?.id ?? ''}/attachments/1`);
  const text = (await readWords(expectStatus<Buffer>(file, 200))).join('');
  expect(text).toContain('Closing balance: 450.00 USD');
  expect(text).toContain('3 entries');
  expectStatus(await world.admin.get(`/v1/mails/${mail?.id ?? ''}/attachments/2`), 404);
});

it('are made once for each month that had entries, over a jump of several', async () => {
  await until('2026-09-15T00:00:00.000Z');
  expect((await monthly(merchant)).map(({ month, entries }) => `${month} ${entries}`)).toEqual([
    '2026-06 1',
    '2026-05 3',
  ]);
  expect(await mails()).toHaveLength(2);
});

it('speak the language of the merchant’s country, of each currency apart', async () => {
  const french = await world.merchant('100.00', 'EUR');
  expectStatus(await french.caller.patch('/v1/merchant', { country: 'FR' }), 200);
  await world.topUp(french, '5.00', 'USD');
  await until('2026-10-02T00:00:00.000Z');
  expect((await monthly(french)).map(({ month, currency }) => `${month} ${currency}`)).toEqual([
    '2026-09 EUR',
    '2026-09 USD',
  ]);
  const mail = (await mails()).find(({ to }) => to === french.email);
  expect(mail?.subject).toBe('Votre relevé Kade Fulfilment de 2026-09');
  expect(mail?.text).toContain('Solde final 100.00');
  expect(mail?.attachments.map(({ name }) => name)).toEqual(['statement-2026-09-EUR.pdf', 'statement-2026-09-USD.pdf']);
});

it('are listed page by page, the newest month first and its currencies by their code', async () => {
  const trader = await world.merchant('100.00', 'USD');
  await world.topUp(trader, '5.00', 'EUR');
  await until('2026-11-02T00:00:00.000Z');
  await world.topUp(trader, '5.00', 'EUR');
  await until('2026-12-02T00:00:00.000Z');
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const path = `/v1/wallet/statements?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page: Page<Monthly> = expectStatus<Page<Monthly>>(await trader.caller.get(path), 200);
    found.push(...page.data.map(({ month, currency }) => `${month} ${currency}`));
    cursor = page.next_cursor;
  }
  expect(found).toEqual(['2026-11 EUR', '2026-10 EUR', '2026-10 USD']);
  for (const month of ['2026-13', '2026-00', '0000-01'])
    expectStatus(await trader.caller.get(`/v1/wallet/statements?cursor=${encodeCursor([month, 'USD'])}`), 422);
});

it('are mailed to each of the merchant’s people, but to nobody who does not want them', async () => {
  const quiet = await world.merchant('100.00');
  const preferences = [{ type: 'monthly_statement', mode: 'off' }];
  expectStatus(await quiet.caller.put('/v1/notification-preferences', { preferences }), 200);
  await until('2027-01-02T00:00:00.000Z');
  expect((await monthly(quiet)).map(({ month }) => month)).toEqual(['2026-12']);
  expect((await mails()).filter(({ to }) => to === quiet.email)).toEqual([]);
});

it('end with an account that is closed', async () => {
  const gone = await world.merchant();
  await world.verifyEmail(gone);
  await test.settle();
  expectStatus(await gone.caller.post('/v1/merchant/close', { destination: 'DE89370400440532013000' }), 202);
  await until('2027-02-02T00:00:00.000Z');
  const left = await one(
    test.db,
    `SELECT m.status, s.month FROM merchant m LEFT JOIN statement_schedule s ON s.merchant_id = m.id WHERE m.email = $1`,
    [gone.email],
  );
  expect(left).toEqual({ status: 'closed', month: null });
});
