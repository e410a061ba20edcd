import { NOTHING, limitsBroken } from './shipping.policy.ts';
import type { CourierService, Load } from './shipping.policy.ts';

interface Explained {
  address: string;
  warehouse: string;
  handling: readonly string[];
  items: readonly { sku: string; backorder: boolean }[];
  load: Load;
}

const LIMIT = { weight: 'weight limit', units: 'limit of units', volume: 'volume limit' } as const;

/**
 * Why each package is its own, in words for the merchant; at least one reason each.
 * @param carriers the services that may carry what goes to an address
 */
export function reasonsFor(
  packages: readonly Explained[],
  carriers: (address: string) => readonly CourierService[],
): string[][] {
  return packages.map((p) => {
    const others = packages.filter((o) => o !== p);
    const here = others.filter((o) => o.address === p.address);
    const alike = here.filter((o) => flags(o) === flags(p));
    const twins = alike.filter((o) => o.warehouse === p.warehouse);
    const why: string[] = [];
    if (p.handling.length > 0) why.push(`${flags(p)} ${p.handling.length === 1 ? 'travels' : 'travel'} alone`);
    else if (here.length > alike.length) why.push('goods without special handling travel apart from the others');
    if (others.length > here.length) why.push('goes to an address of its own');
    if (alike.length > twins.length) why.push(`comes from warehouse ${p.warehouse}: no warehouse has all of it`);
    if (twins.length > 0) why.push(limitReached([p, ...twins], carriers(p.address)));
    const late = p.items.filter((i) => i.backorder).map((i) => i.sku);
    if (late.length > 0) why.push(`waits for stock of ${[...new Set(late)].join(', ')}`);
    return why.length === 0 ? ['everything fits into one package'] : why;
  });
}

function flags(p: Explained): string {
  return p.handling.join(' and ');
}

/** Which limits keep goods apart that could otherwise share a package. */
function limitReached(together: readonly Explained[], services: readonly CourierService[]): string {
  const whole = together.reduce((sum, { load }) => add(sum, load), NOTHING);
  const broken = new Set(services.flatMap((s) => limitsBroken(s, whole)));
  const words = (['weight', 'units', 'volume'] as const).filter((l) => broken.has(l)).map((l) => LIMIT[l]);
  return `all of it in one package would be over the courier's ${words.join(' and ') || 'price table'}`;
}

function add(a: Load, b: Load): Load {
  return { units: a.units + b.units, weightG: a.weightG + b.weightG, volumeMm3: a.volumeMm3 + b.volumeMm3 };
}
