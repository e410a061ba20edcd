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

describe('a section of an export', () => {
  it('is the same list in JSON, page by page', async () => {
    expect(JSON.parse(await text(jsonOf(pages([{ id: 1 }, { id: 2 }], [{ id: 3 }]))))).toEqual([
      { id: 1 },
      { id: 2 },
      { id: 3 },
    ]);
    expect(JSON.parse(await text(jsonOf(pages([]))))).toEqual([]);
  });

  it('is a table with a column for each field, lists in one cell', async () => {
    const order = { id: 'ord_1', total: { amount: '-5.00', currency: 'USD' }, items: [{ sku: 'A' }], paid_at: null };
    expect(await text(csvOf(pages([order], [{ id: 'ord_2', surprise: 1 }])))).toBe(
      'id,total.amount,total.currency,items,paid_at\nord_1,-5.00,USD,"[{""sku"":""A""}]",\nord_2,,,,\n',
    );
    expect(await text(csvOf(pages([])))).toBe('');
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['@cmd', "'@cmd"],
    ['-5.00', '-5.00'],
    ['-x', "'-x"],
    ['plain', 'plain'],
  ])('gives spreadsheets no formula: %s', async (value, cell) => {
    expect(await text(csvOf(pages([{ name: value }])))).toBe(`name\n${cell}\n`);
  });
});
