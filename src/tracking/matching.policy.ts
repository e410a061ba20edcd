/** A package that a number leads to. */
export interface Route {
  numberKey: string;
  courier: string;
  merchantId: string;
  packageId: string;
  /** An earlier parcel had the number; what happened before is about that one. */
  reusedAt?: Date | null;
}

/** Which sources report on a courier's parcels, and its name there (null: whatever name). Empty: any source may. */
export type Reporters = readonly { source: string; carrier: string | null }[];

export interface Sighting {
  source: string;
  /** As the source names the carrier; our own code where staff say it. */
  carrier: string | null;
  /** The number, then its aliases: the first that leads somewhere counts. */
  numberKeys: readonly string[];
}

export type Match =
  { route: Route } | { why: 'no_number' | 'unknown_number' | 'several_packages' | 'several_shipments' };

/** The source of what staff and WMS report with our own courier codes. */
export const CANONICAL = 'events';

/** Labels are printed some time before the first scan, and couriers' clocks differ. */
const BEFORE_LABEL_MS = 2 * 86_400_000;

/** Is this about the parcel that had the number before? */
export function isEarlierUse({ reusedAt = null }: Route, at: Date | null): boolean {
  return reusedAt !== null && at !== null && at.getTime() < reusedAt.getTime() - BEFORE_LABEL_MS;
}

/** Other numbers of a parcel that may lead to it: a courier's own, not a shop's reference. */
export function isAlias(key: string): boolean {
  return key.length >= 10 && key.replace(/\D/g, '').length >= 8;
}

/** How numbers are compared: upper case, without spaces. */
export function numberKey(number: string): string {
  return number.replace(/\s+/g, '').toUpperCase();
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/**
 * Number and courier to exactly one package: a courier with a list is reported on by what stands there, one without
 * by anybody, and then the number alone must do. Source: tracking.md, Algorithm 3.
 */
export function match(
  sighting: Sighting,
  routes: readonly Route[],
  reportersOf: ReadonlyMap<string, Reporters>,
): Match {
  if (sighting.numberKeys.length === 0) return { why: 'no_number' };
  for (const key of sighting.numberKeys) {
    const found = routes.filter((route) => route.numberKey === key && reports(sighting, route.courier, reportersOf));
    const [only] = found;
    if (found.length === 1 && only !== undefined) return { route: only };
    if (found.length > 1) return { why: 'several_packages' };
  }
  return { why: 'unknown_number' };
}

function reports({ source, carrier }: Sighting, courier: string, reportersOf: ReadonlyMap<string, Reporters>): boolean {
  if (source === CANONICAL) return carrier !== null && plain(carrier) === plain(courier);
  const reporters = reportersOf.get(courier) ?? [];
  if (reporters.length === 0) return true;
  return reporters.some((entry) => {
    if (entry.source !== source) return false;
    return entry.carrier === null || carrier === null || plain(entry.carrier) === plain(carrier);
  });
}

/** What tells shipments apart that share a number. */
export interface Candidate {
  shippedOn: string | null;
  destination: string | null;
  events: number;
}

/** What is known of the package that the number leads to. */
export interface Wanted {
  labelledAt: Date | null;
  city: string | null;
  country: string | null;
}

const NEAR_MS = 14 * 86_400_000;

/**
 * A number may be used again within months, and one answer then holds several shipments: the one for the package's
 * destination, else the one shipped around its label; -1: a person must look. Source: tracking.md, Algorithm 3.
 */
export function sameShipment(candidates: readonly Candidate[], wanted: Wanted): number {
  const told = candidates
    .map((candidate, index) => ({ candidate, index }))
    .filter(({ candidate }) => candidate.events > 0);
  const only = told.length === 1 ? told : narrowed(told, wanted);
  return only.length === 1 ? (only[0]?.index ?? -1) : -1;
}

interface Told {
  candidate: Candidate;
  index: number;
}

function narrowed(told: readonly Told[], { labelledAt, city, country }: Wanted): Told[] {
  const there = told.filter(({ candidate }) => {
    const words = plain(candidate.destination ?? '');
    return (
      words !== '' && ((city !== null && words.includes(plain(city))) || (country !== null && words === plain(country)))
    );
  });
  if (there.length === 1) return there;
  const near = told.filter(({ candidate }) => {
    const shipped = Date.parse((candidate.shippedOn ?? '').slice(0, 10));
    return labelledAt !== null && Math.abs(shipped - labelledAt.getTime()) <= NEAR_MS;
  });
  return near;
}
