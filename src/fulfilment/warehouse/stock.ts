import type { PackageRecord } from '../package.store.ts';

/** Units of one SKU in one warehouse, as the catalogue counts them. */
export interface StockUnits {
  sku: string;
  warehouse: string;
  quantity: number;
  backorder: boolean;
}

/** What the packages hold: one row a SKU, warehouse and kind of reservation. */
export function stockOf(packages: readonly PackageRecord[]): StockUnits[] {
  const sums = new Map<string, StockUnits>();
  for (const { warehouse, items } of packages) {
    for (const { sku, quantity, backorder } of items) {
      const key = JSON.stringify([sku, warehouse, backorder]);
      const sum = sums.get(key) ?? { sku, warehouse, backorder, quantity: 0 };
      sums.set(key, { ...sum, quantity: sum.quantity + quantity });
    }
  }
  return [...sums.values()];
}
