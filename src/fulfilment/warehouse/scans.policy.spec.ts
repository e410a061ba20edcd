import fc from 'fast-check';
import { compareScans, sumBySku, type ScanDifference, type Units } from './scans.policy.ts';

const unit = (sku: string, quantity: number): Units => ({ sku, quantity });

describe('comparing scans', () => {
  it.each<[string, Units[], Units[], ScanDifference[]]>([
    ['the same', [unit('A', 2), unit('B', 1)], [unit('B', 1), unit('A', 2)], []],
    ['one by one', [unit('A', 3)], [unit('A', 1), unit('A', 1), unit('A', 1)], []],
    ['a line of the order twice', [unit('A', 1), unit('A', 2)], [unit('A', 3)], []],
    ['too few', [unit('A', 2)], [unit('A', 1)], [{ sku: 'A', kind: 'missing', quantity: 1 }]],
    ['nothing', [unit('A', 2)], [], [{ sku: 'A', kind: 'missing', quantity: 2 }]],
    ['too many', [unit('A', 2)], [unit('A', 5)], [{ sku: 'A', kind: 'surplus', quantity: 3 }]],
    [
      'another one',
      [unit('A', 1)],
      [unit('B', 1)],
      [
        { sku: 'A', kind: 'missing', quantity: 1 },
        { sku: 'B', kind: 'wrong', quantity: 1 },
      ],
    ],
  ])('%s', (_, expected, scanned, differences) => {
    expect(compareScans(expected, scanned)).toEqual(differences);
  });

  it('finds nothing exactly where the sums are equal, in whatever order they are scanned', () => {
    const units = fc.array(
      fc.record({ sku: fc.constantFrom('A', 'B', 'C'), quantity: fc.integer({ min: 1, max: 4 }) }),
    );
    const bySku = (list: Units[]): Record<string, number> =>
      Object.fromEntries(sumBySku(list).map(({ sku, quantity }) => [sku, quantity]));
    fc.assert(
      fc.property(units, units, (expected, scanned) => {
        const same =
          JSON.stringify(Object.entries(bySku(expected)).sort()) ===
          JSON.stringify(Object.entries(bySku(scanned)).sort());
        expect(compareScans(expected, scanned).length === 0).toBe(same);
        expect(compareScans(expected, [...expected].reverse())).toEqual([]);
      }),
    );
  });
});
