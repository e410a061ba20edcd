import fc from 'fast-check';
import { Money } from '../kernel/money.ts';
import { merged, UnitPrices, type PlannedItem } from './unit-prices.policy.ts';

const usd = (minor: bigint): Money => Money.ofMinor(minor, 'USD');
const item = (line: number, quantity: number, backorder = false): PlannedItem => ({
  line,
  sku: `S${line}`,
  quantity,
  backorder,
});

describe('what was paid for the units of a package', () => {
  it('gives the earliest units what is left over', () => {
    const prices = new UnitPrices([{ line: 1, title: 'Lamp', quantity: 3, paid: usd(1000n) }], 'USD');
    expect([1, 1, 1].map((quantity) => prices.take(item(1, quantity)).paid.amount)).toEqual(['3.34', '3.33', '3.33']);
  });

  it('refuses units that the order does not have', () => {
    const prices = new UnitPrices([{ line: 1, title: 'Lamp', quantity: 2, paid: usd(10n) }], 'USD');
    expect(() => prices.take(item(2, 1))).toThrow(RangeError);
    expect(() => prices.take(item(1, 3))).toThrow(RangeError);
  });

  it('adds up to what was paid for the line, however its units are spread', () => {
    const spread = fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 9 }), backorder: fc.boolean() }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 9n), spread, (paid, parts) => {
        const quantity = parts.reduce((sum, part) => sum + part.quantity, 0);
        const prices = new UnitPrices([{ line: 1, title: 'Lamp', quantity, paid: usd(paid) }], 'USD');
        const taken = parts.map((part) => prices.take(item(1, part.quantity, part.backorder)));
        const rows = merged(taken);
        expect(
          Money.sum(
            taken.map((t) => t.paid),
            'USD',
          ).minor,
        ).toBe(paid);
        expect(
          Money.sum(
            rows.map((row) => row.paid),
            'USD',
          ).minor,
        ).toBe(paid);
        expect(rows.reduce((sum, row) => sum + row.quantity, 0)).toBe(quantity);
        expect(rows.length).toBe(new Set(parts.map(({ backorder }) => backorder)).size);
      }),
    );
  });
});
