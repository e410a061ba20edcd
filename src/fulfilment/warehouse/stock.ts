import type { Promised } from '../../catalogue/catalogue.service.ts';
import type { PackageRecord } from '../package.records.ts';

/** What the packages hold of the stock that was promised to their orders. */
export function stockOf(packages: readonly PackageRecord[]): Promised[] {
  return packages.flatMap(({ merchantId, orderId, warehouse, items }) =>
    items.map(({ sku, quantity, backorder }) => ({ merchantId, orderId, sku, warehouse, quantity, backorder })),
  );
}
