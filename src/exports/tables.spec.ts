import { describe, expect, it } from '@jest/globals';
import { csvOf, jsonOf } from './tables.ts';

async function* pages(...all: object[][]): AsyncGenerator<object[]> {
  for (const page of all) yield await Promise.resolve(page);
}

async function text(chunks: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const chunk of chunks) all += chunk;
  return all;
}

const json = (...all: object[][]): Promise<string> => text(jsonOf(pages(...all), new Set()));

async function csv(...all: object[][]): Promise<string> {
  const columns = new Set<string>();
  await text(jsonOf(pages(...all), columns));
  return text(csvOf(pages(...all), columns));
}

describe('a section of an export', () => {
  it('is the same list in JSON, page by page', async () => {
    expect(JSON.parse(await json([{ id: 1 }, { id: 2 }], [{ id: 3 }]))).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(JSON.parse(await json([]))).toEqual([]);
  });

  it('is a table with a column for each field, lists in one cell', async () => {
    const order = { id: 'ord_1', total: { amount: '-5.00', currency: 'USD' }, items: [{ sku: 'A' }], paid_at: null };
    expect(await csv([order], [{ id: 'ord_2', surprise: 1 }])).toBe(
      'id,total.amount,total.currency,items,paid_at,surprise\nord_1,-5.00,USD,"[{""sku"":""A""}]",,\nord_2,,,,,1\n',
    );
    expect(await csv([])).toBe('');
  });

  it('loses nothing of what a later page is the first to have', async () => {
    const empty = { id: 1, fee: null, note: 'a' };
    const full = { id: 2, fee: { amount: '1.00', currency: 'USD' }, note: 'b' };
    expect(await csv([empty], [full])).toBe('id,fee.amount,fee.currency,note\n1,,,a\n2,1.00,USD,b\n');
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['@cmd', "'@cmd"],
    ['-5.00', '-5.00'],
    ['-x', "'-x"],
    ['plain', 'plain'],
  ])('gives spreadsheets no formula: %s', async (value, cell) => {
    expect(await csv([{ name: value }])).toBe(`name\n${cell}\n`);
  });
});
