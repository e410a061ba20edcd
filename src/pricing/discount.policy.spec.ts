import fc from 'fast-check';
import { Money } from '../kernel/money.ts';
import { discounted, refusalOf, tierFor } from './discount.policy.ts';
import type { DiscountCode, PriceTiers, Reduction } from './discount.policy.ts';

const usd = (amount: string): Money => Money.parse(amount, 'USD');

/** The tiers that product.md names. */
const TIERS: PriceTiers = {
  quantity: [
    { currency: null, from: 2, percent: '10' },
    { currency: null, from: 3, percent: '15' },
    { currency: null, from: 4, percent: '20' },
  ],
  orderValue: [
    { over: usd('1000.00'), percent: '10' },
    { over: usd('3000.00'), percent: '15' },
    { over: usd('10000.00'), percent: '20' },
  ],
};

describe('the tier that counts', () => {
  it.each<[number, string, string | null, string | null]>([
    // units, goods at list price, kind, percent
    [1, '1000.00', null, null],
    [1, '1000.01', 'order_value_tier', '10'],
    [1, '3000.00', 'order_value_tier', '10'],
    [1, '3000.01', 'order_value_tier', '15'],
    [1, '10000.01', 'order_value_tier', '20'],
    [2, '20.00', 'quantity_tier', '10'],
    [3, '30.00', 'quantity_tier', '15'],
    [4, '40.00', 'quantity_tier', '20'],
    [400, '40.00', 'quantity_tier', '20'],
    [2, '3000.01', 'order_value_tier', '15'],
    [3, '1000.01', 'quantity_tier', '15'],
    [2, '1000.01', 'quantity_tier', '10'],
  ])('%i units of %s USD in all: %s %s', (units, goods, kind, percent) => {
    expect(tierFor(TIERS, units, usd(goods))).toEqual(
      kind === null ? null : { kind, code: null, percent, amount: null },
    );
  });

  it("is none where the currency has none, and the currency's own before those for any", () => {
    const eur = Money.parse('5000.00', 'EUR');
    expect(tierFor({ ...TIERS, quantity: [] }, 9, eur)).toBeNull();
    const own = { ...TIERS, quantity: [...TIERS.quantity, { currency: 'EUR', from: 5, percent: '3.5' }] };
    expect(tierFor(own, 9, eur)?.percent).toBe('3.5');
    expect(tierFor(own, 4, eur)).toBeNull();
    expect(tierFor(own, 4, usd('1.00'))?.percent).toBe('20');
  });
});

describe('a discount code', () => {
  const code: DiscountCode = {
    ...{ code: 'SPRING', percent: '10', amount: null, maxUses: null, maxUsesPerMerchant: null },
    from: new Date('2026-03-01T00:00:00Z'),
    until: new Date('2026-04-01T00:00:00Z'),
    minimumOrder: usd('50.00'),
  };
  it.each<[string, Partial<DiscountCode>, Money, string | null]>([
    ['2026-02-28T23:59:59.999Z', {}, usd('60.00'), 'not_yet_valid'],
    ['2026-03-01T00:00:00.000Z', {}, usd('60.00'), null],
    ['2026-04-01T00:00:00.000Z', {}, usd('60.00'), null],
    ['2026-04-01T00:00:00.001Z', {}, usd('60.00'), 'expired'],
    ['2026-03-02T00:00:00.000Z', {}, usd('50.00'), null],
    ['2026-03-02T00:00:00.000Z', {}, usd('49.99'), 'below_minimum_order'],
    ['2026-03-02T00:00:00.000Z', {}, Money.parse('60.00', 'EUR'), 'other_currency'],
    ['2026-03-02T00:00:00.000Z', { minimumOrder: null }, Money.parse('60.00', 'EUR'), null],
    [
      '2026-03-02T00:00:00.000Z',
      { minimumOrder: null, percent: null, amount: usd('5.00') },
      Money.parse('60', 'JPY'),
      'other_currency',
    ],
    ['2029-03-02T00:00:00.000Z', { from: null, until: null }, usd('60.00'), null],
  ])('at %s with %j on %s: %s', (now, over, goods, expected) => {
    expect(refusalOf({ ...code, ...over }, goods, new Date(now))).toBe(expected);
  });
});

const percent = (value: string, kind: Reduction['kind'] = 'quantity_tier'): Reduction => ({
  kind,
  code: null,
  percent: value,
  amount: null,
});
const off = (amount: Money): Reduction => ({ kind: 'discount_code', code: 'OFF', percent: null, amount });

describe('the discounts of an order', () => {
  it.each<[string, [number, string][], Reduction[], string[], string[]]>([
    // lines (quantity, list price), reductions, paid by line, each discount
    ['none', [[2, '10.00']], [], ['20.00'], []],
    ['10 % of one line', [[3, '9.99']], [percent('10')], ['26.97'], ['3.00']],
    [
      'a cent that cannot be shared goes to the earliest',
      [
        [1, '0.05'],
        [1, '0.05'],
      ],
      [percent('10')],
      ['0.04', '0.05'],
      ['0.01'],
    ],
    [
      'by largest remainder',
      [
        [1, '10.00'],
        [1, '10.00'],
        [1, '10.00'],
      ],
      [off(usd('10.00'))],
      ['6.66', '6.67', '6.67'],
      ['10.00'],
    ],
    [
      'a code on what the tier left',
      [[4, '25.00']],
      [percent('20'), percent('10', 'discount_code')],
      ['72.00'],
      ['20.00', '8.00'],
    ],
    [
      'no more than the goods are worth',
      [
        [1, '3.00'],
        [1, '1.00'],
      ],
      [off(usd('10.00'))],
      ['0.00', '0.00'],
      ['4.00'],
    ],
    [
      'a free line takes no share',
      [
        [1, '0.00'],
        [1, '10.00'],
      ],
      [off(usd('1.00'))],
      ['0.00', '9.00'],
      ['1.00'],
    ],
    ['half up', [[1, '0.25']], [percent('10')], ['0.22'], ['0.03']],
  ])('%s', (_, lines, reductions, paid, discounts) => {
    const listed = lines.map(([quantity, price]) => ({ quantity, listPrice: usd(price) }));
    const done = discounted(listed, 'USD', reductions);
    expect(done.lines.map((l) => l.paid.amount)).toEqual(paid);
    expect(done.discounts.map((d) => d.amount.amount)).toEqual(discounts);
  });

  it('names kind, code and amount on each line, and a unit price for reading', () => {
    const done = discounted([{ quantity: 3, listPrice: usd('10.00') }], 'USD', [percent('15'), off(usd('0.50'))]);
    expect(done.lines[0]).toEqual({
      paid: usd('25.00'),
      unitPrice: usd('8.33'),
      discounts: [
        { kind: 'quantity_tier', code: null, amount: usd('4.50') },
        { kind: 'discount_code', code: 'OFF', amount: usd('0.50') },
      ],
    });
  });

  it('adds up to the minor unit, in currencies of 0, 2 and 3 minor digits', () => {
    const lines = fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 500 }), minor: fc.bigInt(0n, 10n ** 9n) }), {
      minLength: 1,
      maxLength: 12,
    });
    const cuts = fc.array(fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.bigInt(0n, 10n ** 9n)), { maxLength: 3 });
    fc.assert(
      fc.property(lines, cuts, fc.constantFrom('USD', 'JPY', 'KWD'), (raw, steps, currency) => {
        const listed = raw.map((l) => ({ quantity: l.quantity, listPrice: Money.ofMinor(l.minor, currency) }));
        const reductions = steps.map((s) =>
          typeof s === 'bigint' ? off(Money.ofMinor(s, currency)) : percent((s / 100).toFixed(2)),
        );
        const done = discounted(listed, currency, reductions);
        const list = listed.reduce((sum, l) => sum + l.listPrice.minor * BigInt(l.quantity), 0n);
        const discount = done.discounts.reduce((sum, d) => sum + d.amount.minor, 0n);
        expect(done.goodsPaid.minor).toBe(list - discount);
        done.lines.forEach((line, i) => {
          const own = line.discounts.reduce((sum, d) => sum + d.amount.minor, 0n);
          expect(line.paid.minor).toBe((listed[i]?.listPrice.minor ?? 0n) * BigInt(listed[i]?.quantity ?? 0) - own);
          expect(line.paid.isNegative()).toBe(false);
        });
        expect(done.lines.reduce((sum, l) => sum + l.paid.minor, 0n)).toBe(done.goodsPaid.minor);
      }),
    );
  });
});
