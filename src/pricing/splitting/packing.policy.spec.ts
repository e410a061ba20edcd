import fc from 'fast-check';
import { pack, type Kind, type Packing } from './packing.policy.ts';
import { NOTHING, withUnits, type Load } from './shipping.policy.ts';

const WAREHOUSES = ['W0', 'W1'];

/** Two services: a cheap one for little, a dear one for few and heavy units. */
function price(_: string, { units, weightG }: Load): bigint | null {
  if (units <= 3 && weightG <= 10) return weightG <= 5 ? 400n : 700n;
  return units <= 2 && weightG <= 16 ? 1500n : null;
}

const anyProblem = fc
  .array(fc.record({ weightG: fc.integer({ min: 1, max: 10 }), inW0: fc.nat(2), inW1: fc.nat(2), owed: fc.nat(1) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((goods): Packing => {
    const stock = new Map<string, number>(
      goods.flatMap((g, i) => [[`S${i}W0`, g.inW0] as const, [`S${i}W1`, g.inW1] as const]),
    );
    const kinds: Kind[] = goods
      .map((g, i) => ({
        sku: `S${i}`,
        address: 'a',
        weightG: g.weightG,
        volumeMm3: 1,
        units: Math.min(2, g.inW0 + g.inW1 + g.owed),
      }))
      .filter((k) => k.units > 0);
    const shelf = (sku: string): number => WAREHOUSES.reduce((sum, w) => sum + (stock.get(sku + w) ?? 0), 0);
    return {
      kinds,
      stock: (sku, warehouse) => stock.get(sku + warehouse) ?? 0,
      owed: (sku) => Math.max(0, (kinds.find((k) => k.sku === sku)?.units ?? 0) - shelf(sku)),
      warehouses: () => WAREHOUSES,
      price,
    };
  })
  .filter((p) => p.kinds.length > 0);

interface Best {
  count: number;
  cost: bigint;
}

/** Tries every way there is: each unit in each open parcel or a new one of each warehouse, without a shortcut. */
function everyWay(problem: Packing): Best | null {
  const units = problem.kinds.flatMap((k) => Array.from({ length: k.units }, () => k));
  const open: { warehouse: string; load: Load; skus: string[] }[] = [];
  let best: Best | null = null;
  const canGive = (sku: string): boolean => {
    const over = WAREHOUSES.map((w) => {
      const taken = open.filter((p) => p.warehouse === w).flatMap((p) => p.skus.filter((s) => s === sku)).length;
      return Math.max(0, taken - problem.stock(sku, w));
    });
    return over.reduce((a, b) => a + b, 0) <= problem.owed(sku);
  };
  const place = (index: number): void => {
    const unit = units[index];
    if (unit === undefined) {
      const cost = open.reduce((sum, p) => sum + (price('a', p.load) ?? 0n), 0n);
      if (best === null || open.length < best.count || (open.length === best.count && cost < best.cost))
        best = { count: open.length, cost };
      return;
    }
    for (const parcel of open) {
      const before = parcel.load;
      parcel.load = withUnits(before, unit, 1);
      parcel.skus.push(unit.sku);
      if (price('a', parcel.load) !== null && canGive(unit.sku)) place(index + 1);
      parcel.skus.pop();
      parcel.load = before;
    }
    for (const warehouse of WAREHOUSES) {
      open.push({ warehouse, load: withUnits(NOTHING, unit, 1), skus: [unit.sku] });
      if (canGive(unit.sku)) place(index + 1);
      open.pop();
    }
  };
  place(0);
  return best;
}

describe('packing', () => {
  it('finds the fewest parcels and among those the cheapest, as trying every way does', () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const parcels = pack(problem);
        const cost = parcels.reduce((sum, p) => sum + p.price, 0n);
        expect({ count: parcels.length, cost }).toEqual(everyWay(problem));
      }),
      { numRuns: 100 },
    );
  });
});
