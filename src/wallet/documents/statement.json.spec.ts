import { expect, it } from '@jest/globals';
import { Money } from '../../kernel/money.ts';
import type { StatementOutline } from '../statement.service.ts';
import type { TransactionView } from '../wallet.dto.ts';
import { statementJson } from './statement.json.ts';

const [opening, closing] = [Money.parse('5.00', 'USD'), Money.parse('7.00', 'USD')];
const outline: StatementOutline = {
  ...{
    merchantId: 'm',
    currency: 'USD',
    start: new Date('2026-05-01T00:00:00Z'),
    to: new Date('2026-06-01T00:00:00Z'),
  },
  ...{ opening, closing, entries: 3, first: '1', last: '3' },
};

const line = (n: number): TransactionView => ({
  ...{ id: `jnl_${n}`, type: 'adjustment', amount: opening.toJSON(), balance_after: closing.toJSON() },
  ...{ bucket_changes: [], cause: { type: 'adjustment', id: `adj_${n}` }, explanation: [] },
  created_at: '2026-05-02T00:00:00.000Z',
});

async function* parts(...all: TransactionView[][]): AsyncGenerator<TransactionView[]> {
  for (const part of all) yield await Promise.resolve(part);
}

it.each([
  ['no lines', []],
  ['an empty part', [[], [line(1)], []]],
  ['several parts', [[line(1), line(2)], [line(3)]]],
])('in parts is the whole: with %s', async (_, lines) => {
  let text = '';
  for await (const part of statementJson(outline, parts(...lines))) text += part;
  expect(JSON.parse(text)).toEqual({
    ...{ currency: 'USD', from: '2026-05-01T00:00:00.000Z', to: '2026-06-01T00:00:00.000Z' },
    ...{ opening: opening.toJSON(), lines: lines.flat(), closing: closing.toJSON() },
  });
});

it('asks for a part when the one before it was taken', async () => {
  let read = 0;
  async function* counted(): AsyncGenerator<TransactionView[]> {
    for (; read < 50; read += 1) yield await Promise.resolve([line(read)]);
  }
  let taken = 0;
  for await (const part of statementJson(outline, counted())) {
    expect(part).not.toBe('');
    expect(read).toBeLessThanOrEqual(taken);
    taken += 1;
  }
  expect(taken).toBe(52);
});
