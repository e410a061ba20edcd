import type { Money } from '../../kernel/money.ts';

export type ServiceClass = 'standard' | 'express';

/** What a courier's service may demand of an address beyond its country. */
export type AddressNeed = 'phone' | 'postal_code';

/** One service of a courier: where it goes, what it carries, what it costs. */
export interface CourierService {
  courier: string;
  service: string;
  class: ServiceClass;
  /** ISO 3166 codes, or `*` for everywhere. */
  countries: readonly string[];
  /** Working days from hand-over. */
  days: { min: number; max: number };
  maxWeightG: number;
  maxUnits: number;
  maxVolumeCm3: number | null;
  needs: readonly AddressNeed[];
  /** Steps by weight: a parcel takes the first step of its currency that is not below its weight. */
  prices: readonly { upToG: number; amount: Money }[];
}

/** What a parcel weighs and fills. */
export interface Load {
  units: number;
  weightG: number;
  volumeMm3: number;
}

export interface ShippingOption {
  courier: string;
  service: string;
  class: ServiceClass;
  days: { min: number; max: number };
  needs: readonly AddressNeed[];
  price: Money;
}

export const NOTHING: Load = { units: 0, weightG: 0, volumeMm3: 0 };

const MM3_IN_CM3 = 1000;

/** `load` with `count` more units of one kind. */
export function withUnits(load: Load, unit: { weightG: number; volumeMm3: number }, count: number): Load {
  return {
    units: load.units + count,
    weightG: load.weightG + unit.weightG * count,
    volumeMm3: load.volumeMm3 + unit.volumeMm3 * count,
  };
}

/**
 * The services that may be considered at all: they go to the country, have prices in the currency, and are of the class
 * or of the code that was asked for.
 * @param asked `standard`, `express`, a service's code, or null for any
 */
export function servicesFor(
  services: readonly CourierService[],
  to: { country: string; currency: string; asked: string | null },
): CourierService[] {
  return services.filter(
    (s) =>
      reaches(s, to.country) &&
      s.prices.some((p) => p.amount.currency === to.currency) &&
      (to.asked === null || s.class === to.asked || s.service === to.asked),
  );
}

export function reaches(service: CourierService, country: string): boolean {
  return service.countries.includes(country) || service.countries.includes('*');
}

/** Which of a service's own limits a load breaks; none: it can be carried, if a price covers its weight. */
export function limitsBroken(service: CourierService, load: Load): ('weight' | 'units' | 'volume')[] {
  const broken: ('weight' | 'units' | 'volume')[] = [];
  if (load.weightG > service.maxWeightG) broken.push('weight');
  if (load.units > service.maxUnits) broken.push('units');
  if (service.maxVolumeCm3 !== null && load.volumeMm3 > service.maxVolumeCm3 * MM3_IN_CM3) broken.push('volume');
  return broken;
}

/** What the service asks for the load, or null where it does not carry it. */
export function priceOf(service: CourierService, load: Load, currency: string): Money | null {
  if (limitsBroken(service, load).length > 0) return null;
  let step: { upToG: number; amount: Money } | null = null;
  for (const price of service.prices) {
    const covers = price.amount.currency === currency && price.upToG >= load.weightG;
    if (covers && (step === null || price.upToG < step.upToG)) step = price;
  }
  return step?.amount ?? null;
}

/**
 * The ways in which a parcel can go, best first: cheapest, then fewer days, then courier and service code
 * (api.md, orders).
 * @param services those of servicesFor
 */
export function shippingOptions(services: readonly CourierService[], load: Load, currency: string): ShippingOption[] {
  const found: ShippingOption[] = [];
  for (const s of services) {
    const price = priceOf(s, load, currency);
    if (price !== null) {
      found.push({ courier: s.courier, service: s.service, class: s.class, days: s.days, needs: s.needs, price });
    }
  }
  return found.sort(betterOption);
}

function betterOption(a: ShippingOption, b: ShippingOption): number {
  return (
    a.price.compare(b.price) ||
    a.days.max - b.days.max ||
    a.days.min - b.days.min ||
    inOrder(a.courier, b.courier) ||
    inOrder(a.service, b.service)
  );
}

/** Order of codes by their characters, the same on every machine. */
export function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Why no service carries even one unit, in words for the merchant.
 * @param services every service of the operator
 */
export function whyNotCarried(
  services: readonly CourierService[],
  load: Load,
  to: { country: string; currency: string; asked: string | null },
): string {
  const there = services.filter((s) => reaches(s, to.country));
  if (there.length === 0) return `no courier service goes to ${to.country}`;
  const asked = there.filter((s) => to.asked === null || s.class === to.asked || s.service === to.asked);
  if (asked.length === 0) return `no service "${to.asked ?? ''}" goes to ${to.country}`;
  const priced = servicesFor(asked, to);
  if (priced.length === 0) return `no service to ${to.country} has a price in ${to.currency}`;
  const broken = new Set(priced.flatMap((s) => limitsBroken(s, load)));
  if (priced.every((s) => limitsBroken(s, load).length > 0)) {
    return `one unit is over the ${[...broken].join(' and ')} limit of every service to ${to.country}`;
  }
  return `one unit of ${load.weightG} g is heavier than the services' prices to ${to.country} go`;
}
