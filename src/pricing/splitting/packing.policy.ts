import { NOTHING, inOrder, withUnits } from './shipping.policy.ts';
import type { Load } from './shipping.policy.ts';

/**
 * Goods of one SKU for one address. What is packed in one problem has equal handling flags, so that any two kinds for
 * the same address may share a parcel.
 */
export interface Kind {
  sku: string;
  /** A key of the address; parcels never mix addresses. */
  address: string;
  /** Of one unit. */
  weightG: number;
  volumeMm3: number;
  units: number;
}

export interface Packing {
  kinds: readonly Kind[];
  /** Units of a SKU that a warehouse can give. */
  stock: (sku: string, warehouse: string) => number;
  /** Units of a SKU that no warehouse has and that any of them may owe (back-orders). */
  owed: (sku: string) => number;
  /** Every warehouse, the preferred first, for an address. */
  warehouses: (address: string) => readonly string[];
  /**
   * What the cheapest service asks for a parcel in minor units; null: none carries it. What is refused stays refused when
   * more is put in, and more never costs less (the exact search may otherwise miss a cheaper parcel, not a fewer one).
   */
  price: (address: string, load: Load) => bigint | null;
}

export interface Parcel {
  address: string;
  warehouse: string;
  load: Load;
  /** What the cheapest service asks, minor units. */
  price: bigint;
  /** By SKU. */
  units: Map<string, number>;
}

interface Plan {
  parcels: Parcel[];
  cost: bigint;
}

/** The exact search looks at so many steps at most, so that an order is priced in milliseconds. */
const SEARCH_STEPS = 5_000;
/** Beyond so many units the search would not come near its end: what was packed greedily stands. */
const SEARCH_UNITS = 24;

/**
 * Packs the goods into the fewest parcels, and among those into the cheapest (product.md, Splitting). Exact for orders of
 * an ordinary size; a large one is packed greedily, largest goods first, by several warehouse orders, and the best is taken.
 * Every single unit must be carried by some service, and stock with what may be owed must cover the units.
 * The same goods give the same parcels, in whichever order they are listed.
 */
export function pack(problem: Packing): Parcel[] {
  const kinds = [...problem.kinds].sort(largestFirst);
  const sorted = { ...problem, kinds };
  const first = greedy(sorted, 0);
  const addresses = new Set(kinds.map((k) => k.address)).size;
  if (first.parcels.length === addresses) return first.parcels;

  let best = first;
  for (let shift = 1; shift < problem.warehouses(kinds[0]?.address ?? '').length; shift += 1) {
    best = better(best, greedy(sorted, shift));
  }
  const units = kinds.reduce((sum, k) => sum + k.units, 0);
  return (units <= SEARCH_UNITS ? new Search(sorted, best).run() : best).parcels;
}

function largestFirst(a: Kind, b: Kind): number {
  return inOrder(a.address, b.address) || b.weightG - a.weightG || b.volumeMm3 - a.volumeMm3 || inOrder(a.sku, b.sku);
}

function better(a: Plan, b: Plan): Plan {
  if (a.parcels.length !== b.parcels.length) return a.parcels.length < b.parcels.length ? a : b;
  return b.cost < a.cost ? b : a;
}

/** What is still to be packed and what is still there, changed while a plan is made. */
class Store {
  private readonly taken = new Map<string, number>();
  private readonly owedTaken = new Map<string, number>();

  private readonly everywhere: readonly string[];

  constructor(private readonly problem: Packing) {
    this.everywhere = problem.warehouses(problem.kinds[0]?.address ?? '');
  }

  /** How many more units of the SKU could leave from the warehouse. */
  left(sku: string, warehouse: string): number {
    return this.onShelf(sku, warehouse) + this.problem.owed(sku) - (this.owedTaken.get(sku) ?? 0);
  }

  /** The same, but what is owed only once nobody else has any on the shelf: so a line is not spread without need. */
  leftUnforced(sku: string, warehouse: string): number {
    const elsewhere = this.everywhere.some((o) => o !== warehouse && this.onShelf(sku, o) > 0);
    return elsewhere ? this.onShelf(sku, warehouse) : this.left(sku, warehouse);
  }

  /** Takes units, those on the shelf first. @returns how many of them are owed */
  take(sku: string, warehouse: string, count: number): number {
    const owed = Math.max(0, count - this.onShelf(sku, warehouse));
    const key = `${sku}\n${warehouse}`;
    this.taken.set(key, (this.taken.get(key) ?? 0) + count - owed);
    this.owedTaken.set(sku, (this.owedTaken.get(sku) ?? 0) + owed);
    return owed;
  }

  giveBack(sku: string, warehouse: string, count: number, owed: number): void {
    const key = `${sku}\n${warehouse}`;
    this.taken.set(key, (this.taken.get(key) ?? 0) - count + owed);
    this.owedTaken.set(sku, (this.owedTaken.get(sku) ?? 0) - owed);
  }

  private onShelf(sku: string, warehouse: string): number {
    return this.problem.stock(sku, warehouse) - (this.taken.get(`${sku}\n${warehouse}`) ?? 0);
  }
}

/**
 * Address by address: from the warehouse that can give the most of what is left, parcels are filled one after the other,
 * largest goods first.
 * @param shift the warehouse of this rank in the order of preference goes before all others
 */
function greedy(problem: Packing, shift: number): Plan {
  const store = new Store(problem);
  const plan: Plan = { parcels: [], cost: 0n };
  for (const address of new Set(problem.kinds.map((k) => k.address))) {
    const left = problem.kinds.filter((k) => k.address === address).map((k) => ({ ...k }));
    let favoured = shift > 0 ? problem.warehouses(address)[shift] : undefined;
    while (left.some((k) => k.units > 0)) {
      const warehouse =
        favoured !== undefined && canGive(store, favoured, left) > 0 ? favoured : fullest(problem, store, left);
      favoured = undefined;
      empty(problem, store, { warehouse, left, plan });
    }
  }
  return plan;
}

function canGive(store: Store, warehouse: string, left: readonly Kind[]): number {
  return left.reduce((sum, k) => sum + Math.min(k.units, store.leftUnforced(k.sku, warehouse)), 0);
}

function fullest(problem: Packing, store: Store, left: readonly Kind[]): string {
  let best: { warehouse: string; units: number } | null = null;
  for (const warehouse of problem.warehouses(left[0]?.address ?? '')) {
    const units = canGive(store, warehouse, left);
    if (units > (best?.units ?? 0)) best = { warehouse, units };
  }
  if (best === null) throw new RangeError('The stock does not cover the goods that were to be packed.');
  return best.warehouse;
}

/** Fills parcels from one warehouse until it can give nothing more of what is left. */
function empty(problem: Packing, store: Store, at: { warehouse: string; left: Kind[]; plan: Plan }): void {
  const { warehouse, left, plan } = at;
  while (canGive(store, warehouse, left) > 0) {
    const parcel: Parcel = { address: left[0]?.address ?? '', warehouse, load: NOTHING, price: 0n, units: new Map() };
    for (const kind of left) {
      const wanted = Math.min(kind.units, store.leftUnforced(kind.sku, warehouse));
      const count = mostThatFit(wanted, (n) => problem.price(kind.address, withUnits(parcel.load, kind, n)) !== null);
      if (count === 0) continue;
      store.take(kind.sku, warehouse, count);
      kind.units -= count;
      parcel.units.set(kind.sku, count);
      parcel.load = withUnits(parcel.load, kind, count);
    }
    const price = problem.price(parcel.address, parcel.load);
    if (parcel.load.units === 0 || price === null)
      throw new RangeError('No service carries one unit of the goods that were to be packed.');
    parcel.price = price;
    plan.parcels.push(parcel);
    plan.cost += price;
  }
}

/** The largest n up to `wanted` that fits, where whatever is smaller fits too. */
function mostThatFit(wanted: number, fits: (n: number) => boolean): number {
  let [low, high] = [0, wanted];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Branch and bound over single units: each goes into a parcel that is open, or opens one in each warehouse that has it. */
class Search {
  private readonly units: Kind[];
  private readonly store: Store;
  private readonly open: Parcel[] = [];
  private cost = 0n;
  private steps = 0;

  constructor(
    private readonly problem: Packing,
    private best: Plan,
  ) {
    this.units = problem.kinds.flatMap((k) => Array.from({ length: k.units }, () => k));
    this.store = new Store(problem);
  }

  run(): Plan {
    this.place(0, 0);
    return this.best;
  }

  /** @param from the parcel of the unit before, if it was of the same kind: equal units are tried in one order only */
  private place(index: number, from: number): void {
    this.steps += 1;
    if (this.steps > SEARCH_STEPS || !this.isPromising()) return;
    const kind = this.units[index];
    if (kind === undefined) {
      this.best = { parcels: this.open.map((p) => ({ ...p, units: new Map(p.units) })), cost: this.cost };
      return;
    }
    for (let at = from; at < this.open.length; at += 1) this.tryIn(index, at);
    if (this.open.length === this.best.parcels.length) return;
    for (const warehouse of this.problem.warehouses(kind.address)) {
      this.open.push({ address: kind.address, warehouse, load: NOTHING, price: 0n, units: new Map() });
      this.tryIn(index, this.open.length - 1);
      this.open.pop();
    }
  }

  private isPromising(): boolean {
    const fewest = this.best.parcels.length;
    return this.open.length < fewest || (this.open.length === fewest && this.cost < this.best.cost);
  }

  private tryIn(index: number, at: number): void {
    const [kind, parcel] = [this.units[index], this.open[at]];
    if (kind === undefined || parcel === undefined || parcel.address !== kind.address) return;
    if (this.store.left(kind.sku, parcel.warehouse) <= 0) return;
    const load = withUnits(parcel.load, kind, 1);
    const price = this.problem.price(kind.address, load);
    if (price === null) return;

    const before = { ...parcel };
    const owed = this.store.take(kind.sku, parcel.warehouse, 1);
    const had = parcel.units.get(kind.sku) ?? 0;
    this.cost += price - before.price;
    Object.assign(parcel, { load, price });
    parcel.units.set(kind.sku, had + 1);
    this.place(index + 1, this.units[index + 1] === kind ? at : 0);
    if (had === 0) parcel.units.delete(kind.sku);
    else parcel.units.set(kind.sku, had);
    Object.assign(parcel, before);
    this.cost -= price - before.price;
    this.store.giveBack(kind.sku, parcel.warehouse, 1, owed);
  }
}
