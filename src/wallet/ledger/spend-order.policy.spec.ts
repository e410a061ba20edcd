import { giveBackOrder, spendOrder, type Lot } from './spend-order.policy.ts';

const cash = { account: 1, amount: 100n };

const lot = (account: number, terms: Partial<Lot> = {}): Lot => ({
  account,
  posted: 10n,
  rank: 1,
  expiresUs: null,
  paysFor: ['order_charge'],
  ...terms,
});

describe('spend order', () => {
  it.each<[string, Lot[], bigint, [number, bigint][]]>([
    ['cash alone where there is no credit', [], 5n, [[1, 5n]]],
    [
      'credit before cash',
      [lot(101)],
      15n,
      [
        [101, 10n],
        [1, 5n],
      ],
    ],
    [
      'the lower rank first',
      [lot(101, { rank: 2 }), lot(102, { rank: 1 })],
      15n,
      [
        [102, 10n],
        [101, 5n],
      ],
    ],
    [
      'of one rank what expires sooner, never last',
      [lot(101), lot(102, { expiresUs: 900n }), lot(103, { expiresUs: 500n })],
      25n,
      [
        [103, 10n],
        [102, 10n],
        [101, 5n],
      ],
    ],
    ['of the same terms the older lot', [lot(102), lot(101)], 5n, [[101, 5n]]],
    ['nothing of what has expired, at that very instant too', [lot(101, { expiresUs: 100n })], 5n, [[1, 5n]]],
    ['nothing of what may not pay for it', [lot(101, { paysFor: ['membership_fee'] })], 5n, [[1, 5n]]],
    [
      'all that there is where it is not enough',
      [lot(101)],
      500n,
      [
        [101, 10n],
        [1, 100n],
      ],
    ],
  ])('takes %s', (_, lots, amount, takes) => {
    const asked = { amount, use: 'order_charge', atUs: 100n };
    expect(spendOrder(lots, cash, asked)).toEqual(takes.map(([account, taken]) => ({ account, amount: taken })));
  });

  it('gives back the other way round, to each at most what it paid', () => {
    const shares = [
      { account: 101, amount: 4n },
      { account: 102, amount: 3n },
      { account: 1, amount: 5n },
    ];
    expect(giveBackOrder(shares, 7n)).toEqual([
      { account: 1, amount: 5n },
      { account: 102, amount: 2n },
    ]);
    expect(giveBackOrder(shares, 99n)).toEqual(shares.toReversed());
  });
});
