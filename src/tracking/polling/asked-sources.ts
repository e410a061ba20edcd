import type { Courier } from '../../catalogue/catalogue.service.ts';

/** Of the sources that are set up to be asked, those that report on a courier's parcels. */
export function askedSources(courier: string, couriers: readonly Courier[], setUp: readonly string[]): string[] {
  const listed = couriers.find(({ code }) => code === courier)?.tracking.map(({ source }) => source) ?? [];
  const sources = listed.length === 0 ? [courier] : listed;
  return setUp.filter((source) => sources.includes(source));
}
