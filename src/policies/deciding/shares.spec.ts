import fc from 'fast-check';
import { Money } from '../../kernel/money.ts';
import { PaidShares, shares, unitsOf, type PaidOrder, type Parcel } from './shares.policy.ts';

function usd(amount: string): Money {
  return Money.parse(amount, 'USD');
}

function order(shipping: string, ...lines: [quantity: number, paid: string][]): PaidOrder {
  return {
    currency: 'USD',
    shippingPaid: usd(shipping),
    items: lines.map(([quantity, paid], i) => ({ line: i + 1, quantity, paid: usd(paid) })),
  };
}

function parcels(...holdings: [line: number, quantity: number][][]): Parcel[] {
  return holdings.map((items, i) => ({
    id: `p${i + 1}`,
    items: items.map(([line, quantity]) => ({ line, quantity })),
  }));
}

function plain(found: ReturnType<typeof shares>): Record<string, [string, string]> {
  return Object.fromEntries([...found].map(([id, s]) => [id, [s.goods.amount, s.shipping.amount]]));
}

describe('the shares of packages in what was paid', () => {
  it.each<[string, PaidOrder, Parcel[], Record<string, [string, string]>]>([
    ['one package takes all of it', order('5.00', [1, '20.00']), parcels([[1, 1]]), { p1: ['20.00', '5.00'] }],
    [
      'shipping goes by what was paid for the lines',
      order('5.00', [1, '20.00'], [1, '30.00']),
      parcels([[1, 1]], [[2, 1]]),
      { p1: ['20.00', '2.00'], p2: ['30.00', '3.00'] },
    ],
    [
      'the earliest units of a line take its odd cents',
      order('1.00', [3, '10.00']),
      parcels([[1, 2]], [[1, 1]]),
      { p1: ['6.67', '0.67'], p2: ['3.33', '0.33'] },
    ],
    [
      'the largest remainder gets the odd cent of shipping',
      order('1.00', [1, '1.00'], [1, '2.00']),
      parcels([[1, 1]], [[2, 1]]),
      { p1: ['1.00', '0.33'], p2: ['2.00', '0.67'] },
    ],
    [
      'free lines share the shipping by quantity',
      order('4.00', [3, '0.00'], [1, '0.00']),
      parcels([[1, 3]], [[2, 1]]),
      { p1: ['0.00', '3.00'], p2: ['0.00', '1.00'] },
    ],
    [
      'one free line among paid ones takes no shipping',
      order('4.00', [3, '0.00'], [1, '10.00']),
      parcels([[1, 3]], [[2, 1]]),
      { p1: ['0.00', '0.00'], p2: ['10.00', '4.00'] },
    ],
  ])('%s', (_name, paid, packed, expected) => {
    expect(plain(shares(paid, packed))).toEqual(expected);
  });

  it('currencies without minor digits are split in whole units', () => {
    const yen: PaidOrder = {
      currency: 'JPY',
      shippingPaid: Money.parse('100', 'JPY'),
      items: [{ line: 1, quantity: 3, paid: Money.parse('1000', 'JPY') }],
    };
    expect(plain(shares(yen, parcels([[1, 1]], [[1, 2]])))).toEqual({ p1: ['334', '34'], p2: ['666', '66'] });
  });
});

/** The definition, unit by unit, written down a second time. */
function unitByUnit(paid: PaidOrder): Map<number, { goods: bigint; shipping: bigint }[]> {
  const weights = paid.items.every((i) => i.paid.isZero())
    ? paid.items.map((i) => BigInt(i.quantity))
    : paid.items.map((i) => i.paid.minor);
  const byLine = paid.shippingPaid.split(weights);
  return new Map(
    paid.items.map((item, i) => {
      const goods = item.paid.splitEvenly(item.quantity);
      const shipping = (byLine[i] ?? Money.zero('USD')).splitEvenly(item.quantity);
      return [item.line, goods.map((g, u) => ({ goods: g.minor, shipping: shipping[u]?.minor ?? 0n }))];
    }),
  );
}

const anyOrder = fc
  .record({
    shipping: fc.bigInt({ min: 0n, max: 100_000n }),
    lines: fc.array(
      fc.record({ quantity: fc.integer({ min: 1, max: 30 }), paid: fc.bigInt({ min: 0n, max: 1_000_000n }) }),
      {
        minLength: 1,
        maxLength: 6,
      },
    ),
  })
  .map(({ shipping, lines }): PaidOrder => ({
    currency: 'USD',
    shippingPaid: Money.ofMinor(shipping, 'USD'),
    items: lines.map((l, i) => ({ line: i + 1, quantity: l.quantity, paid: Money.ofMinor(l.paid, 'USD') })),
  }));

describe('whatever was paid', () => {
  it('the shares of packages that hold the whole order add up to it', () => {
    fc.assert(
      fc.property(anyOrder, fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 6, maxLength: 6 }), (paid, cuts) => {
        const first = paid.items.map((item, i) => Math.min(cuts[i] ?? 0, item.quantity));
        const packed: Parcel[] = [
          { id: 'a', items: paid.items.map(({ line }, i) => ({ line, quantity: first[i] ?? 0 })) },
          {
            id: 'b',
            items: paid.items.map(({ line, quantity }, i) => ({ line, quantity: quantity - (first[i] ?? 0) })),
          },
        ];
        const parts = [...shares(paid, packed).values()];
        const total = (pick: 'goods' | 'shipping'): bigint => parts.reduce((sum, s) => sum + s[pick].minor, 0n);
        expect(total('goods')).toBe(paid.items.reduce((sum, i) => sum + i.paid.minor, 0n));
        expect(total('shipping')).toBe(paid.shippingPaid.minor);
      }),
    );
  });

  it('a package takes the sum of its units, each as the page defines it', () => {
    fc.assert(
      fc.property(anyOrder, fc.nat(), fc.nat(), fc.nat(), (paid, pick, a, b) => {
        const item = paid.items[pick % paid.items.length];
        if (item === undefined) throw new Error('an order has a line');
        const [from, to] = [a % (item.quantity + 1), b % (item.quantity + 1)].sort((x, y) => x - y) as [number, number];
        const units = unitByUnit(paid).get(item.line)?.slice(from, to) ?? [];
        const found = new PaidShares(paid).of([{ line: item.line, from, to }]);
        expect(found.goods.minor).toBe(units.reduce((sum, u) => sum + u.goods, 0n));
        expect(found.shipping.minor).toBe(units.reduce((sum, u) => sum + u.shipping, 0n));
      }),
    );
  });

  it('packages take the units of a line in their order', () => {
    expect([...unitsOf(parcels([[1, 2]], [[1, 1]], [[1, 4]])).values()]).toEqual([
      [{ line: 1, from: 0, to: 2 }],
      [{ line: 1, from: 2, to: 3 }],
      [{ line: 1, from: 3, to: 7 }],
    ]);
  });
});
