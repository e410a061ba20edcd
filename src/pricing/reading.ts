import type { Catalogue, Courier, Variant } from '../catalogue/catalogue.service.ts';
import type { ShipTo } from '../kernel/address.ts';
import type { FieldError } from '../kernel/errors.ts';
import { Money } from '../kernel/money.ts';
import type { PriceRequest } from './priced.ts';
import type { CourierService } from './splitting/shipping.policy.ts';

/** The courier's services as the brains know them. */
export function servicesOf({ code: courier, services }: Courier): CourierService[] {
  return services.map(({ code, ...service }) => ({ ...service, courier, service: code }));
}

/** The address of an item: its own, or the order's. */
export function addressOf(request: PriceRequest, item: PriceRequest['items'][number]): { to: ShipTo; pointer: string } {
  const own = item.shipTo ?? null;
  return own === null
    ? { to: request.shipTo, pointer: '/ship_to' }
    : { to: own, pointer: `/items/${item.line - 1}/ship_to` };
}

/** Every address that stands in the request, once each. */
export function addressesOf(request: PriceRequest): { to: ShipTo; pointer: string }[] {
  const own = request.items.filter((i) => i.shipTo).map((i) => addressOf(request, i));
  return [{ to: request.shipTo, pointer: '/ship_to' }, ...own];
}

/** The variant of each item, in order; one fault for each that is unknown or has no price in the currency. */
export function variantsOf(request: PriceRequest, catalogue: Catalogue): { variants: Variant[]; faults: FieldError[] } {
  const variants: Variant[] = [];
  const faults: FieldError[] = [];
  for (const { line, sku } of request.items) {
    const variant = catalogue.variants.get(sku);
    const pointer = `/items/${line - 1}/sku`;
    if (variant === undefined) faults.push({ pointer, code: 'unknown_sku', detail: `There is no SKU ${sku}.` });
    else if (!variant.prices.has(request.currency)) {
      faults.push({ pointer, code: 'no_price', detail: `${sku} has no price in ${request.currency}.` });
    } else variants.push(variant);
  }
  return { variants, faults };
}

/** A service that is asked for is a class or one of the couriers' codes. */
export function serviceFaults({ service }: PriceRequest, services: readonly CourierService[]): FieldError[] {
  if (!service || service === 'standard' || service === 'express' || services.some((s) => s.service === service))
    return [];
  const known = [...new Set(['standard', 'express', ...services.map((s) => s.service)])].join(', ');
  return [
    { pointer: '/service', code: 'unknown_service', detail: `There is no service ${service}; there are ${known}.` },
  ];
}

/** Of one unit; variantsOf has seen that there is one. */
export function listPrice(variant: Variant, currency: string): Money {
  return variant.prices.get(currency) ?? Money.zero(currency);
}
