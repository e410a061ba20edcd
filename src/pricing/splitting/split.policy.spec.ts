import fc from 'fast-check';
import { Money } from '../../kernel/money.ts';
import { limitsBroken } from './shipping.policy.ts';
import type { CourierService } from './shipping.policy.ts';
import { split } from './split.policy.ts';
import type { Goods, SplitInput, SplitPackage } from './split.policy.ts';

const usd = (amount: string): Money => Money.parse(amount, 'USD');

function service(over: Partial<CourierService> = {}): CourierService {
  return {
    ...{ courier: 'ups', service: 'ground', class: 'standard', countries: ['*'], days: { min: 2, max: 5 }, needs: [] },
    ...{ maxWeightG: 10_000, maxUnits: 100, maxVolumeCm3: null, prices: [{ upToG: 10_000, amount: usd('5.00') }] },
    ...over,
  };
}

function goods(line: number, sku: string, over: Partial<Goods> = {}): Goods {
  return {
    line,
    sku,
    quantity: 1,
    weightG: 1000,
    volumeMm3: 1_000_000,
    handling: [],
    backorder: false,
    address: 'home',
    ...over,
  };
}

function order(over: Partial<SplitInput> & { goods: readonly Goods[] }): SplitInput {
  const warehouses = [{ code: 'EAST', country: 'US' }];
  return {
    addresses: new Map([
      ['home', { country: 'US' }],
      ['work', { country: 'US' }],
    ]),
    warehouses,
    stock: [...new Set(over.goods.map((g) => g.sku))].map((sku) => ({ sku, warehouse: 'EAST', available: 1000 })),
    services: [service()],
    currency: 'USD',
    asked: null,
    ...over,
  };
}

function packages(input: SplitInput): SplitPackage[] {
  const result = split(input);
  if (result.outcome !== 'packages') throw new Error(result.outcome);
  return result.packages;
}

const brief = (p: SplitPackage): string => `${p.warehouse}: ${p.items.map((i) => `${i.quantity} ${i.sku}`).join(', ')}`;
const two = [
  { code: 'EAST', country: 'US' },
  { code: 'WEST', country: 'US' },
];
const at = (sku: string, warehouse: string, available: number): SplitInput['stock'][number] => ({
  sku,
  warehouse,
  available,
});

describe('one package', () => {
  it.each<[string, SplitInput, string[]]>([
    ['holds all goods alike', order({ goods: [goods(1, 'A'), goods(2, 'B', { quantity: 3 })] }), ['EAST: 1 A, 3 B']],
    [
      'has equal sets of handling flags only',
      order({
        goods: [
          goods(1, 'A'),
          goods(2, 'B', { handling: ['battery'] }),
          goods(3, 'C', { handling: ['liquid', 'battery'] }),
          goods(4, 'D', { handling: ['battery', 'liquid'] }),
          goods(5, 'E'),
        ],
      }),
      ['EAST: 1 A, 1 E', 'EAST: 1 B', 'EAST: 1 C, 1 D'],
    ],
    [
      'has one address',
      order({ goods: [goods(1, 'A'), goods(2, 'A', { address: 'work' })] }),
      ['EAST: 1 A', 'EAST: 1 A'],
    ],
    [
      'has one warehouse',
      order({
        goods: [goods(1, 'A'), goods(2, 'B')],
        warehouses: two,
        stock: [at('A', 'EAST', 9), at('B', 'WEST', 9)],
      }),
      ['EAST: 1 A', 'WEST: 1 B'],
    ],
    [
      'keeps to the limit of units',
      order({ goods: [goods(1, 'A', { quantity: 5 })], services: [service({ maxUnits: 2 })] }),
      ['EAST: 2 A', 'EAST: 2 A', 'EAST: 1 A'],
    ],
    [
      'keeps to the limit of weight',
      order({ goods: [goods(1, 'A', { quantity: 3, weightG: 4000 })] }),
      ['EAST: 2 A', 'EAST: 1 A'],
    ],
    [
      'keeps to the limit of volume',
      order({ goods: [goods(1, 'A', { quantity: 3 })], services: [service({ maxVolumeCm3: 2999 })] }),
      ['EAST: 2 A', 'EAST: 1 A'],
    ],
  ])('%s', (_, input, expected) => {
    expect(packages(input).map(brief)).toEqual(expected);
  });
});

describe('the split', () => {
  it('takes the one warehouse that has everything, whatever its code', () => {
    const input = order({
      goods: [goods(1, 'A'), goods(2, 'B')],
      warehouses: two,
      stock: [at('A', 'EAST', 9), at('A', 'WEST', 9), at('B', 'WEST', 9)],
    });
    expect(packages(input).map(brief)).toEqual(['WEST: 1 A, 1 B']);
  });

  it("takes the warehouse of the buyer's country where any could send it", () => {
    const warehouses = [
      { code: 'AMS', country: 'NL' },
      { code: 'NYC', country: 'US' },
    ];
    const input = order({ goods: [goods(1, 'A')], warehouses, stock: [at('A', 'AMS', 9), at('A', 'NYC', 9)] });
    expect(packages(input).map(brief)).toEqual(['NYC: 1 A']);
  });

  it('spreads the units of a line over warehouses where the stock demands it', () => {
    const input = order({
      goods: [goods(1, 'A', { quantity: 5 })],
      warehouses: two,
      stock: [at('A', 'EAST', 2), at('A', 'WEST', 3)],
    });
    expect(packages(input).map(brief).sort()).toEqual(['EAST: 2 A', 'WEST: 3 A']);
  });

  it('finds the fewest packages where filling the largest first does not', () => {
    const weights = [5000, 4000, 4000, 3000, 2000, 2000];
    const input = order({ goods: weights.map((weightG, i) => goods(i + 1, `S${i}`, { weightG })) });
    expect(packages(input)).toHaveLength(2);
  });

  it('finds the cheapest among the fewest', () => {
    const prices = [
      { upToG: 2000, amount: usd('2.00') },
      { upToG: 6000, amount: usd('5.00') },
      { upToG: 10_000, amount: usd('20.00') },
    ];
    const input = order({
      goods: [goods(1, 'A', { weightG: 6000 }), goods(2, 'B', { weightG: 4000 }), goods(3, 'C', { weightG: 2000 })],
      services: [service({ prices })],
    });
    expect(packages(input).map(brief)).toEqual(['EAST: 1 A', 'EAST: 1 B, 1 C']); // 5 + 5, not 20 + 2
  });

  it('keeps the stock that another address needs from one place', () => {
    const input = order({
      goods: [goods(1, 'A'), goods(2, 'A', { address: 'work' }), goods(3, 'B', { address: 'work' })],
      warehouses: two,
      stock: [at('A', 'EAST', 1), at('A', 'WEST', 1), at('B', 'EAST', 1)],
    });
    expect(packages(input).map(brief)).toEqual(['WEST: 1 A', 'EAST: 1 A, 1 B']);
  });

  it('names every SKU that is out of stock, with what is left', () => {
    const input = order({
      goods: [goods(1, 'A', { quantity: 2 }), goods(2, 'A', { address: 'work' }), goods(3, 'B')],
      stock: [at('A', 'EAST', 2)],
    });
    expect(split(input)).toEqual({
      outcome: 'out_of_stock',
      short: [
        { line: 1, sku: 'A', asked: 3, left: 2 },
        { line: 3, sku: 'B', asked: 1, left: 0 },
      ],
    });
  });

  it('owes only what no warehouse has, where the SKU allows back-order', () => {
    const input = order({
      goods: [goods(1, 'A', { quantity: 4, backorder: true }), goods(2, 'B')],
      warehouses: two,
      stock: [at('A', 'EAST', 1), at('A', 'WEST', 2), at('B', 'WEST', 5)],
    });
    const found = packages(input);
    expect(found).toHaveLength(2);
    const fromEast = found.filter((p) => p.warehouse === 'EAST').flatMap((p) => p.items);
    const fromWest = found.filter((p) => p.warehouse === 'WEST').flatMap((p) => p.items);
    const units = (items: typeof fromEast): number =>
      items.reduce((sum, i) => sum + (i.sku === 'A' ? i.quantity : 0), 0);
    expect(units(fromEast) + units(fromWest)).toBe(4);
    expect(units(fromEast)).toBeGreaterThanOrEqual(1);
    expect(units(fromWest)).toBeGreaterThanOrEqual(2);
    expect(found.flatMap((p) => p.items.filter((i) => i.backorder)).map((i) => i.sku)).toEqual(['A']);
  });

  it('names the line that no service carries, and why', () => {
    const input = order({ goods: [goods(1, 'A'), goods(2, 'B', { weightG: 11_000 })] });
    expect(split(input)).toEqual({
      outcome: 'not_deliverable',
      lines: [{ line: 2, sku: 'B', why: 'one unit is over the weight limit of every service to US' }],
    });
  });

  it('considers only the services of the class that was asked for', () => {
    const express = service({
      service: 'air',
      class: 'express',
      maxUnits: 1,
      prices: [{ upToG: 9000, amount: usd('9.00') }],
    });
    const input = order({ goods: [goods(1, 'A', { quantity: 2 })], services: [service(), express] });
    expect(packages(input).map((p) => p.options[0]?.service)).toEqual(['ground']);
    expect(packages({ ...input, asked: 'express' }).map((p) => p.options[0]?.service)).toEqual(['air', 'air']);
  });

  it('packs thousands of units without thinking for long', () => {
    const input = order({
      goods: [goods(1, 'A', { quantity: 5000 }), goods(2, 'B', { quantity: 5000 })],
      stock: [at('A', 'EAST', 5000), at('B', 'EAST', 5000)],
    });
    expect(packages(input)).toHaveLength(1000);
  });
});

describe('why a package is its own', () => {
  it.each<[string, SplitInput, string[][]]>([
    ['one for all', order({ goods: [goods(1, 'A')] }), [['everything fits into one package']]],
    [
      'handling',
      order({
        goods: [
          goods(1, 'A', { handling: ['battery'] }),
          goods(2, 'B'),
          goods(3, 'C', { handling: ['liquid', 'fragile'] }),
        ],
      }),
      [
        ['battery travels alone'],
        ['goods without special handling travel apart from the others'],
        ['fragile and liquid travel alone'],
      ],
    ],
    [
      'addresses',
      order({ goods: [goods(1, 'A'), goods(2, 'A', { address: 'work' })] }),
      [['goes to an address of its own'], ['goes to an address of its own']],
    ],
    [
      'limits',
      order({ goods: [goods(1, 'A', { quantity: 3 })], services: [service({ maxUnits: 2 })] }),
      [
        ["all of it in one package would be over the courier's limit of units"],
        ["all of it in one package would be over the courier's limit of units"],
      ],
    ],
    [
      'warehouses and back-orders',
      order({
        goods: [goods(1, 'A'), goods(2, 'B', { quantity: 2, backorder: true })],
        warehouses: two,
        stock: [at('A', 'EAST', 1), at('B', 'WEST', 1)],
      }),
      [
        ['comes from warehouse EAST: no warehouse has all of it'],
        ['comes from warehouse WEST: no warehouse has all of it', 'waits for stock of B'],
      ],
    ],
  ])('%s', (_, input, expected) => {
    expect(packages(input).map((p) => p.why)).toEqual(expected);
  });
});

const anyOrder = fc
  .record({
    kinds: fc.array(
      fc.record({
        weightG: fc.integer({ min: 1, max: 9000 }),
        volumeMm3: fc.integer({ min: 1, max: 9_000_000 }),
        handling: fc.subarray(['battery', 'liquid', 'fragile']),
        backorder: fc.boolean(),
        stock: fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4)),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    lines: fc.array(
      fc.record({
        kind: fc.nat(4),
        quantity: fc.integer({ min: 1, max: 4 }),
        address: fc.constantFrom('home', 'work'),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    maxUnits: fc.integer({ min: 1, max: 5 }),
    maxVolumeCm3: fc.option(fc.integer({ min: 9000, max: 20_000 })),
  })
  .map(({ kinds, lines, maxUnits, maxVolumeCm3 }) => {
    const warehouses = ['W0', 'W1', 'W2'].map((code) => ({ code, country: 'US' }));
    const list = lines.map((l, i) => {
      const kind = l.kind % kinds.length;
      const { weightG, volumeMm3, handling, backorder } = kinds[kind] ?? {
        weightG: 1,
        volumeMm3: 1,
        handling: [],
        backorder: false,
      };
      return goods(i + 1, `S${kind}`, {
        weightG,
        volumeMm3,
        handling,
        backorder,
        quantity: l.quantity,
        address: l.address,
      });
    });
    const stock = kinds.flatMap((k, i) => k.stock.map((available, w) => at(`S${i}`, `W${w}`, available)));
    const dear = [
      { upToG: 9000, amount: usd('4.00') },
      { upToG: 20_000, amount: usd('11.00') },
    ];
    const services = [
      service({ maxUnits, maxVolumeCm3 }),
      service({ service: 'heavy', maxUnits: 2, maxWeightG: 20_000, prices: dear }),
    ];
    return order({ goods: list, warehouses, stock, services });
  });

describe('any order', () => {
  it('loses no unit, breaks no limit, mixes nothing and takes no stock twice', () => {
    fc.assert(
      fc.property(anyOrder, (input) => {
        const result = split(input);
        if (result.outcome !== 'packages') return;
        for (const g of input.goods) {
          const packed = result.packages.flatMap((p) => p.items.filter((i) => i.line === g.line));
          expect(packed.reduce((sum, i) => sum + i.quantity, 0)).toBe(g.quantity);
        }
        for (const p of result.packages) {
          const inside = p.items.flatMap((i) => input.goods.filter((g) => g.line === i.line));
          expect(new Set(inside.map((g) => `${g.address} ${[...g.handling].sort().join()}`)).size).toBe(1);
          const chosen = input.services.find((s) => s.service === p.options[0]?.service);
          expect(chosen === undefined ? ['none'] : limitsBroken(chosen, p.load)).toEqual([]);
          expect(p.load.units).toBe(p.items.reduce((sum, i) => sum + i.quantity, 0));
          expect(p.why.length).toBeGreaterThan(0);
        }
        for (const { sku, warehouse, available } of input.stock) {
          const taken = result.packages
            .filter((p) => p.warehouse === warehouse)
            .flatMap((p) => p.items.filter((i) => i.sku === sku));
          const firm = taken.filter((i) => !i.backorder).reduce((sum, i) => sum + i.quantity, 0);
          expect(firm).toBeLessThanOrEqual(available);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is split alike in whichever order its lines, stock, services and warehouses are listed', () => {
    const shape = (input: SplitInput): unknown => {
      const result = split(input);
      if (result.outcome !== 'packages') return result.outcome;
      return result.packages
        .map((p) => JSON.stringify([p.address, p.warehouse, p.load, p.options[0], [...sumBySku(p)].sort()]))
        .sort();
    };
    fc.assert(
      fc.property(anyOrder, (input) => {
        const lines = [...input.goods].reverse().map((g, i) => ({ ...g, line: i + 1 }));
        const turned = {
          ...input,
          goods: lines,
          stock: [...input.stock].reverse(),
          services: [...input.services].reverse(),
          warehouses: [...input.warehouses].reverse(),
        };
        expect(shape(turned)).toEqual(shape(input));
      }),
      { numRuns: 200 },
    );
  });
});

function sumBySku(p: SplitPackage): Map<string, number> {
  const sums = new Map<string, number>();
  for (const i of p.items) sums.set(i.sku, (sums.get(i.sku) ?? 0) + i.quantity);
  return sums;
}
