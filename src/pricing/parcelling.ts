import type { Variant, Warehouse } from '../catalogue/catalogue.service.ts';
import { OutOfStock } from '../catalogue/catalogue.errors.ts';
import type { ShipTo } from '../kernel/address.ts';
import { InvalidFields } from '../kernel/errors.ts';
import { addressFaults, addressKey } from './address.policy.ts';
import type { PricedPackage, PriceRequest } from './priced.ts';
import { NotDeliverable } from './pricing.errors.ts';
import { addressOf } from './reading.ts';
import type { CourierService, ServiceClass } from './splitting/shipping.policy.ts';
import { split, type Goods, type Split, type SplitPackage } from './splitting/split.policy.ts';

interface Place {
  to: ShipTo;
  pointer: string;
  country: string;
}

/**
 * The packages of a request, each with its courier service.
 * @param known.variants one an item, in order
 * @throws OutOfStock, NotDeliverable
 * @throws InvalidFields the chosen service needs something of an address that it does not have
 */
export function packagesOf(
  request: PriceRequest,
  known: { variants: readonly Variant[]; services: readonly CourierService[]; warehouses: readonly Warehouse[] },
): PricedPackage[] {
  const places = new Map<string, Place>();
  const goods = known.variants.flatMap((variant, index): Goods[] => {
    const item = request.items[index];
    if (item === undefined) return [];
    const { to, pointer } = addressOf(request, item);
    const key = addressKey(to);
    if (!places.has(key)) places.set(key, { to, pointer, country: to.country });
    return [goodsOf(variant, item, key)];
  });
  const result = split({
    ...{ goods, addresses: places, warehouses: known.warehouses, services: known.services },
    stock: request.stock.map(({ sku, warehouse, onHand, reserved }) => ({
      sku,
      warehouse,
      available: onHand - reserved,
    })),
    ...{ currency: request.currency, asked: request.service ?? null },
  });
  return packed(result).map((p) => withAddress(p, places));
}

function goodsOf(variant: Variant, { line, sku, quantity }: PriceRequest['items'][number], address: string): Goods {
  const { weightG, lengthMm, widthMm, heightMm, handling, backorder } = variant;
  return { line, sku, quantity, weightG, volumeMm3: lengthMm * widthMm * heightMm, handling, backorder, address };
}

/** @throws OutOfStock, NotDeliverable */
function packed(result: Split): SplitPackage[] {
  if (result.outcome === 'not_deliverable') throw new NotDeliverable(result.lines);
  if (result.outcome === 'packages') return result.packages;
  const [first, ...others] = result.short.map(({ line, ...s }) => ({ ...s, pointer: `/items/${line - 1}/quantity` }));
  if (first === undefined) throw new Error('Out of stock of nothing.');
  throw new OutOfStock([first, ...others]);
}

function withAddress(p: SplitPackage, places: ReadonlyMap<string, Place>): PricedPackage {
  const place = places.get(p.address);
  const [chosen] = p.options;
  if (place === undefined || chosen === undefined) throw new Error('A package without an address or a way to go.');
  const faults = addressFaults(place.to, place.pointer, chosen.needs);
  if (faults.length > 0) throw new InvalidFields(faults);
  const { warehouse, items, why, options, load } = p;
  const { courier, service, price } = chosen;
  return { shipTo: place.to, warehouse, items, why, courier, service, price, weightG: load.weightG, options };
}

/** What was asked for; else express where every package goes express. */
export function serviceClass(asked: string | null, packages: readonly PricedPackage[]): ServiceClass {
  if (asked === 'standard' || asked === 'express') return asked;
  return packages.every((p) => p.options[0]?.class === 'express') ? 'express' : 'standard';
}
