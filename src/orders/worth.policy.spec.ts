import { describe, expect, it } from '@jest/globals';
import { Money } from '../kernel/money.ts';
import { worthByLine } from './worth.policy.ts';

const usd = (amount: string): Money => Money.parse(amount, 'USD');
const line = (n: number, quantity: number, listPrice: string, paid = '0.00') => ({
  ...{ line: n, quantity, listPrice: usd(listPrice), paid: usd(paid) },
});
const worth = { amount: '10.00', currency: 'USD' };

describe('what a line stands for', () => {
  it.each([
    ['in an order that was paid: what was paid for it', [line(1, 2, '20.00', '36.00')], null, ['36.00']],
    [
      'in a free one: its part of what was paid, by list price',
      [line(1, 1, '10.00'), line(2, 2, '10.00')],
      { worth },
      ['3.33', '6.67'],
    ],
    ['by quantity where nothing has a price', [line(1, 1, '0.00'), line(2, 3, '0.00')], { worth }, ['2.50', '7.50']],
  ])('%s', (_, lines, replaces, amounts) => {
    const parts = worthByLine({ currency: 'USD', lines, replaces });
    expect([...parts.values()].map(({ amount }) => amount)).toEqual(amounts);
  });
});
