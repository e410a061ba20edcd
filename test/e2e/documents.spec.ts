import { startApp, type TestApp } from '../support/app.ts';
import { Cases } from '../support/case.ts';
import { readWords } from '../support/pdf.ts';
import { expectStatus, World, type Caller, type Merchant } from '../support/world.ts';

interface Statement {
  from: string | null;
  to: string;
  opening: { amount: string };
  closing: { amount: string };
  lines: { amount: { amount: string }; balance_after: { amount: string }; cause: { id: string } }[];
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

const paper = async (path: string, language = 'en'): Promise<string[]> => {
  const answer = await shop.send('get', path, undefined, { Accept: 'application/pdf', 'Accept-Language': language });
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
