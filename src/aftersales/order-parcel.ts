import type { PackageRecord } from '../fulfilment/fulfilment.service.ts';
import type { OrderWithPackages } from '../orders/orders.service.ts';

/** The package of an order that something is about. */
export function parcelOf({ packages }: OrderWithPackages, packageId: string): PackageRecord {
  const found = packages.find(({ id }) => id === packageId);
  if (found === undefined) throw new Error(`The order does not have the package ${packageId}.`);
  return found;
}
