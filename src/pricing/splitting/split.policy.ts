import { pack } from './packing.policy.ts';
import type { Kind, Parcel } from './packing.policy.ts';
import {
  inOrder,
  priceOf,
  servicesFor,
  shippingOptions,
  whyNotCarried,
  withUnits,
  NOTHING,
} from './shipping.policy.ts';
import type { CourierService, Load, ShippingOption } from './shipping.policy.ts';
import { reasonsFor } from './why.policy.ts';

/** One line of an order, as far as packing it goes. Lengths and weights are of one unit. */
export interface Goods {
  line: number;
  sku: string;
  quantity: number;
  weightG: number;
  volumeMm3: number;
  /** Handling flags: battery, liquid, fragile, oversize. */
  handling: readonly string[];
  /** May be sold when there is none left. */
  backorder: boolean;
  /** Key of the address it goes to. */
  address: string;
}

export interface SplitInput {
  goods: readonly Goods[];
  /** Every address by its key. */
  addresses: ReadonlyMap<string, { country: string }>;
  warehouses: readonly { code: string; country: string }[];
  /** What is free to be reserved. */
  stock: readonly { sku: string; warehouse: string; available: number }[];
  services: readonly CourierService[];
  currency: string;
  /** `standard`, `express`, a service's code, or null for the cheapest of all. */
  asked: string | null;
}

export interface PackedItem {
  line: number;
  sku: string;
  quantity: number;
  /** These units are not there yet: a receipt owes them. A line may have both kinds in one package. */
  backorder: boolean;
}

export interface SplitPackage {
  address: string;
  warehouse: string;
  /** Flags that all of its goods have, sorted. */
  handling: readonly string[];
  items: PackedItem[];
  load: Load;
  /** How it can go, the best first; never empty. */
  options: ShippingOption[];
  why: string[];
}

export type Split =
  | { outcome: 'packages'; packages: SplitPackage[] }
  | { outcome: 'out_of_stock'; short: { line: number; sku: string; asked: number; left: number }[] }
  | { outcome: 'not_deliverable'; lines: { line: number; sku: string; why: string }[] };

/**
 * Splits an order into packages (product.md, Splitting): one warehouse each, equal sets of handling flags, one address,
 * within a service's limits; the fewest, then the cheapest. Stock that is there goes before back-orders, and a line's
 * units are spread over packages and warehouses where stock or limits demand it.
 */
export function split(input: SplitInput): Split {
  const short = outOfStock(input);
  if (short.length > 0) return { outcome: 'out_of_stock', short };
  const carriers = new Map(
    [...input.addresses].map(([key, { country }]) => [key, servicesFor(input.services, { ...input, country })]),
  );
  const lines = notDeliverable(input, carriers);
  if (lines.length > 0) return { outcome: 'not_deliverable', lines };

  const parcels = problems(input.goods).flatMap((goods) => packTogether(input, goods, carriers));
  const packages = assignToLines(input, parcels).map(({ parcel, handling, items }) => ({
    ...{ address: parcel.address, warehouse: parcel.warehouse, load: parcel.load, handling, items },
    options: shippingOptions(carriers.get(parcel.address) ?? [], parcel.load, input.currency),
  }));
  const why = reasonsFor(packages, (address) => carriers.get(address) ?? []);
  return { outcome: 'packages', packages: packages.map((p, index) => ({ ...p, why: why[index] ?? [] })) };
}

function outOfStock({ goods, stock }: SplitInput): { line: number; sku: string; asked: number; left: number }[] {
  const asked = new Map<string, { first: Goods; units: number }>();
  for (const g of goods) {
    const before = asked.get(g.sku);
    asked.set(g.sku, { first: before?.first ?? g, units: (before?.units ?? 0) + g.quantity });
  }
  return [...asked.values()].flatMap(({ first, units }) => {
    const left = availableOf(stock, first.sku);
    return first.backorder || units <= left ? [] : [{ line: first.line, sku: first.sku, asked: units, left }];
  });
}

function availableOf(stock: SplitInput['stock'], sku: string): number {
  return stock.reduce((sum, s) => (s.sku === sku ? sum + Math.max(0, s.available) : sum), 0);
}

function notDeliverable(
  input: SplitInput,
  carriers: ReadonlyMap<string, CourierService[]>,
): { line: number; sku: string; why: string }[] {
  return input.goods.flatMap((g) => {
    const unit = withUnits(NOTHING, g, 1);
    const carried = carriers.get(g.address)?.some((s) => priceOf(s, unit, input.currency) !== null) ?? false;
    if (carried) return [];
    const country = input.addresses.get(g.address)?.country ?? '';
    return [{ line: g.line, sku: g.sku, why: whyNotCarried(input.services, unit, { ...input, country }) }];
  });
}

/**
 * Goods that must be thought of together: equal handling and the same address, or a SKU that several addresses draw from
 * the same stock.
 */
function problems(goods: readonly Goods[]): Goods[][] {
  const found: Goods[][] = [];
  const sorted = [...goods].sort(
    (a, b) => inOrder(flagsKey(a), flagsKey(b)) || inOrder(a.address, b.address) || a.line - b.line,
  );
  for (const g of sorted) {
    const related = found.filter((group) =>
      group.some((o) => o.sku === g.sku || (flagsKey(o) === flagsKey(g) && o.address === g.address)),
    );
    const [first, ...others] = related;
    if (first === undefined) {
      found.push([g]);
      continue;
    }
    first.push(g, ...others.flat());
    for (const other of others) found.splice(found.indexOf(other), 1);
  }
  return found;
}

export function flagsKey(goods: { handling: readonly string[] }): string {
  return [...new Set(goods.handling)].sort(inOrder).join(' ');
}

function packTogether(
  input: SplitInput,
  goods: readonly Goods[],
  carriers: ReadonlyMap<string, CourierService[]>,
): Parcel[] {
  const kinds = new Map<string, Kind>();
  for (const { sku, address, weightG, volumeMm3, quantity } of goods) {
    const key = `${address}\n${sku}`;
    kinds.set(key, { sku, address, weightG, volumeMm3, units: (kinds.get(key)?.units ?? 0) + quantity });
  }
  const asked = new Map<string, number>();
  for (const k of kinds.values()) asked.set(k.sku, (asked.get(k.sku) ?? 0) + k.units);
  const shelves = new Map(input.stock.map((s) => [`${s.sku}\n${s.warehouse}`, Math.max(0, s.available)]));
  const owed = new Map([...asked].map(([sku, units]) => [sku, Math.max(0, units - availableOf(input.stock, sku))]));
  const ranked = new Map(
    [...input.addresses].map(([key, { country }]) => [key, nearestFirst(input.warehouses, country)]),
  );
  return pack({
    kinds: [...kinds.values()],
    stock: (sku, warehouse) => shelves.get(`${sku}\n${warehouse}`) ?? 0,
    owed: (sku) => owed.get(sku) ?? 0,
    warehouses: (address) => ranked.get(address) ?? [],
    price: (address, load) => cheapest(carriers.get(address) ?? [], load, input.currency),
  });
}

/** The price does not depend on the warehouse: so one in the buyer's country goes first, then by code. */
function nearestFirst(warehouses: SplitInput['warehouses'], country: string): string[] {
  return [...warehouses]
    .sort((a, b) => Number(b.country === country) - Number(a.country === country) || inOrder(a.code, b.code))
    .map((w) => w.code);
}

function cheapest(services: readonly CourierService[], load: Load, currency: string): bigint | null {
  let best: bigint | null = null;
  for (const service of services) {
    const price = priceOf(service, load, currency)?.minor ?? null;
    if (price !== null && (best === null || price < best)) best = price;
  }
  return best;
}

interface Assigned {
  parcel: Parcel;
  handling: readonly string[];
  items: PackedItem[];
}

/** Gives the parcels' units to the lines, the earliest line first, and marks what the warehouse does not have yet. */
function assignToLines(input: SplitInput, parcels: readonly Parcel[]): Assigned[] {
  const wanting = [...input.goods].sort((a, b) => a.line - b.line).map((g) => ({ ...g, left: g.quantity }));
  const shelves = new Map(input.stock.map((s) => [`${s.sku}\n${s.warehouse}`, Math.max(0, s.available)]));
  const assigned = parcels.map((parcel): Assigned => {
    const items: PackedItem[] = [];
    for (const [sku, units] of parcel.units) {
      let toGive = units;
      for (const line of wanting) {
        if (line.sku !== sku || line.address !== parcel.address || toGive === 0) continue;
        const quantity = Math.min(line.left, toGive);
        if (quantity === 0) continue;
        line.left -= quantity;
        toGive -= quantity;
        const key = `${sku}\n${parcel.warehouse}`;
        const onShelf = Math.min(quantity, shelves.get(key) ?? 0);
        shelves.set(key, (shelves.get(key) ?? 0) - onShelf);
        const item = { line: line.line, sku };
        if (onShelf > 0) items.push({ ...item, quantity: onShelf, backorder: false });
        if (quantity > onShelf) items.push({ ...item, quantity: quantity - onShelf, backorder: true });
      }
    }
    items.sort((a, b) => a.line - b.line);
    const first = wanting.find((g) => g.line === items[0]?.line);
    return { parcel, items, handling: first === undefined ? [] : [...new Set(first.handling)].sort(inOrder) };
  });
  return assigned.sort((a, b) => (a.items[0]?.line ?? 0) - (b.items[0]?.line ?? 0));
}
