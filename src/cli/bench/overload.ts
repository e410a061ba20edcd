import type { LoadResult } from './load.ts';
import type { Running } from './service.ts';
import type { Stand } from './stand.ts';
import { orders, type Work } from './works.ts';

const [PEAK_CLIENTS, MANY_CLIENTS] = [64, 512] as const;
const others = new WeakMap<Stand, Promise<Running>>();

/** A second process of the service, started when it is first needed. */
function another(stand: Stand): Promise<Running> {
  const known = others.get(stand) ?? stand.another();
  others.set(stand, known);
  return known;
}

/** Loads that ran beside each other, as one. */
function together(loads: readonly LoadResult[]): LoadResult {
  const answers = new Map<number, number>();
  for (const one of loads)
    for (const [status, count] of one.others) answers.set(status, (answers.get(status) ?? 0) + count);
  return {
    others: answers,
    done: loads.reduce((sum, { done }) => sum + done, 0),
    seconds: Math.max(...loads.map(({ seconds }) => seconds)),
    times: Float64Array.from(loads.flatMap(({ times }) => [...times])).sort(),
  };
}

/** At two processes half each. */
const two: Work['ours'] = async (stand, seconds) => {
  const { base } = await another(stand);
  const half = PEAK_CLIENTS / 2;
  return together(await Promise.all([orders(half)(stand, seconds), orders(half, base)(stand, seconds)]));
};

/**
 * Eight times as many clients as the peak has: the rate must stay, and whoever is not admitted hears 429 or 503 at once.
 * And the same load at two processes beside one (performance.md, Goals).
 */
export const OVERLOAD: readonly Work[] = [
  {
    ...{ name: `overload: orders, ${MANY_CLIENTS} clients beside ${PEAK_CLIENTS}`, units: 1, floor: 0.8, target: 0.95 },
    ...{ ours: orders(MANY_CLIENTS), limit: { by: 'sql', run: orders(PEAK_CLIENTS) } },
  },
  {
    ...{ name: `orders, ${PEAK_CLIENTS} clients, two processes beside one`, units: 1, floor: 1.3, target: 1.6 },
    ...{ ours: two, limit: { by: 'sql', run: orders(PEAK_CLIENTS) } },
  },
];
