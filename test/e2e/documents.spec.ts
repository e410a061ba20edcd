import { rows } from '../../src/database/sql.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Cases } from '../support/case.ts';
import { readWords } from '../support/pdf.ts';
import { expectStatus, usd, World, type Caller, type Merchant } from '../support/world.ts';

interface Statement {
  from: string | null;
  to: string;
  opening: { amount: string };
  closing: { amount: string };
  lines: { amount: { amount: string }; balance_after: { amount: string }; cause: { id: string } }[];
}

interface Invoice {
  id: string;
  kind: string;
  number: string;
  name: string;
  corrects: string | null;
  cause: { type: string; id: string };
  total: { amount: string };
  lines: { text: string; amount: { amount: string } }[];
}

let test: TestApp;
let world: World;
let merchant: Merchant;
let shop: Caller;

beforeAll(async () => {
  test = await startApp({
    OPERATOR_NAME: 'Kade Fulfilment',
    OPERATOR_ADDRESS: 'Kade 1 | Rotterdam',
    OPERATOR_TAX_ID: 'NL01',
  });
  world = await World.open(test);
  await world.catalogue();
  merchant = await world.merchant('500.00');
  shop = merchant.caller;
});

afterAll(() => test.close());

const paper = async (path: string, language = 'en', caller = shop): Promise<string[]> => {
  const answer = await caller.send('get', path, undefined, { Accept: 'application/pdf', 'Accept-Language': language });
  expect(expectStatus<Buffer>(answer, 200)).toBeInstanceOf(Buffer);
  expect(answer.headers['content-type']).toBe('application/pdf');
  return readWords(answer.body as Buffer);
};

describe('the statement on paper', () => {
  it('has every figure of the JSON, in English and in French', async () => {
    const cases = new Cases(world, merchant);
    const lost = await cases.shipped([{ sku: 'LAMP', quantity: 3 }]);
    await cases.place([{ sku: 'POWERBANK', quantity: 2 }]);
    await cases.told(lost, 'lost');
    const query = `/v1/wallet/statement?currency=USD&to=${test.clock.now().toISOString()}`;
    const statement = expectStatus<Statement>(await shop.get(query), 200);
    expect(statement.lines).toHaveLength(4);
    for (const language of ['en', 'fr']) {
      const text = (await paper(query, language)).join('\n');
      for (const { amount, balance_after, cause } of statement.lines) {
        expect(text).toContain(amount.amount);
        expect(text).toContain(balance_after.amount);
        expect(text.replaceAll(/\s/g, '')).toContain(cause.id);
      }
      for (const part of ['Kade Fulfilment', 'Rotterdam', 'NL01', merchant.email, merchant.id])
        expect(text.replaceAll(/\s/g, '')).toContain(part.replaceAll(/\s/g, ''));
      expect(text).toContain(language === 'en' ? 'Opening balance' : 'Solde initial');
      expect(text).toContain(
        `${language === 'en' ? 'Closing balance' : 'Solde final'}: ${statement.closing.amount} USD`,
      );
    }
  });

  it('and as a table, both of any period', async () => {
    const from = test.clock.now().toISOString();
    const [page] = await paper(`/v1/wallet/statement?currency=USD&from=${from}`);
    const { opening, closing } = expectStatus<Statement>(
      await shop.get(`/v1/wallet/statement?currency=USD&from=${from}`),
      200,
    );
    expect(page).toMatch(new RegExp(`Opening balance\\s*${opening.amount.replace('.', '\\.')} USD`));
    expect(page).toContain(`Closing balance: ${closing.amount} USD`);
    const csv = await shop.send('get', `/v1/wallet/statement?currency=USD`, undefined, { Accept: 'text/csv' });
    expect(csv.text.trim().split('\n')).toHaveLength(7);
    expectStatus(
      await shop.send('get', '/v1/wallet/statement?currency=XYZ', undefined, { Accept: 'application/pdf' }),
      422,
    );
  });
});

describe('invoices and credit notes', () => {
  const invoicesOf = async (caller: Caller, query = ''): Promise<Invoice[]> =>
    expectStatus<{ data: Invoice[] }>(await caller.get(`/v1/invoices?limit=100${query}`), 200).data;

  it('are made for each order and each refund, with lines that add up and the next number', async () => {
    const buyer = await world.merchant('500.00');
    const cases = new Cases(world, buyer);
    const lost = await cases.shipped([{ sku: 'LAMP', quantity: 2 }]);
    const kept = await cases.place([{ sku: 'SHADE', quantity: 1 }]);
    await cases.told(lost, 'lost');
    const [note, second, first, ...others] = await invoicesOf(buyer.caller);
    expect(others).toEqual([]);
    expect([first?.number, second?.number, note?.number]).toEqual(['1', '2', '3']);
    expect(first).toMatchObject({
      ...{ kind: 'invoice', corrects: null, cause: { type: 'order', id: lost.order.id }, total: usd('45.00') },
      lines: [
        { text: '2 x The lamp (LAMP)', amount: usd('40.00') },
        { text: 'Shipping', amount: usd('5.00') },
      ],
    });
    expect(second).toMatchObject({ kind: 'invoice', cause: { id: kept.id }, total: usd('15.00') });
    expect(note).toMatchObject({ kind: 'credit_note', corrects: first?.id, total: usd('45.00') });
    expect(note?.lines.map(({ amount }) => amount.amount)).toEqual(['40.00', '5.00']);

    expect((await invoicesOf(buyer.caller, `&order=${lost.order.id}`)).map(({ id }) => id)).toEqual([
      note?.id,
      first?.id,
    ]);
    expect((await invoicesOf(buyer.caller, '&kind=credit_note')).map(({ id }) => id)).toEqual([note?.id]);
    expect((await invoicesOf(world.admin, `&merchant=${buyer.id}`)).map(({ id }) => id)).toEqual([
      note?.id,
      second?.id,
      first?.id,
    ]);
    expect(await invoicesOf(shop, `&order=${lost.order.id}`)).toEqual([]);
    expect(expectStatus<Invoice>(await buyer.caller.get(`/v1/invoices/${first?.id ?? ''}`), 200)).toEqual(first);

    const text = (await paper(`/v1/invoices/${note?.id ?? ''}.pdf`, 'en', buyer.caller)).join('');
    for (const part of [
      'Credit note',
      note?.name,
      first?.name,
      'Kade Fulfilment',
      buyer.id,
      '40.00',
      'Total: 45.00 USD',
    ]) {
      expect(text).toContain(part);
    }
    expect((await paper(`/v1/invoices/${first?.id ?? ''}.pdf`, 'fr', buyer.caller)).join('')).toContain('Facture');
  });

  it('have no gap and no number twice, however many orders are paid at once', async () => {
    const busy = await world.merchant('500.00');
    const orders = Array.from({ length: 6 }, (_, i) => busy.caller.post('/v1/orders', world.order(`BUSY-${i}`)));
    for (const answer of await Promise.all(orders)) expectStatus(answer, 201);
    await test.settle();
    const numbers = (await invoicesOf(busy.caller)).map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: 6 }, (_, i) => String(6 - i)));
  });

  it('are made for a period of membership', async () => {
    const plan = {
      ...{ name: 'Growth', monthly_price: [usd('30.00')] },
      order_discount_percent: '0',
      shipping_discount_percent: '0',
      orders_per_minute: 60,
    };
    expectStatus(await world.admin.put('/v1/plans/growth', plan), 200);
    const member = await world.merchant('100.00');
    expectStatus(await member.caller.post('/v1/membership', { plan: 'growth' }), 200);
    await test.settle();
    const [invoice] = await invoicesOf(member.caller);
    expect(invoice).toMatchObject({ kind: 'invoice', cause: { type: 'membership' }, total: usd('30.00') });
  });

  it('cannot be changed, nor taken out of the series', async () => {
    await expect(rows(test.db, `UPDATE invoice SET number = 99`)).rejects.toThrow(/permission denied/);
    await expect(rows(test.db, `DELETE FROM invoice`)).rejects.toThrow(/permission denied/);
  });
});
