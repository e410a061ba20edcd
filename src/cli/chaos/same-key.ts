import { Asking, isFinal, statusesOf, type Answer, type Wish } from './asking.ts';
import { Chance } from './chance.ts';
import { House } from './house.ts';
import type { Report, Say } from './run.ts';
import { openMarket, orderOf, type Market, type Shop } from './trade.ts';

export interface SameKeyOptions {
  seed: number;
  rounds: number;
  twins: number;
}

const TOLD_EVERY = 50;
/** Two processes: what keeps twins apart is the database. */
const INSTANCES = ['all', 'all'] as const;

/** Many at once say the same under one key, to two processes: one effect, and one answer for all. */
export async function playSameKey({ seed, rounds, twins }: SameKeyOptions, say: Say): Promise<Report> {
  const house = await House.open({ roles: INSTANCES, fast: true });
  try {
    const market = await openMarket(house.client, house.token, seed);
    const asking = new Asking({ bases: () => house.bases });
    const faults: string[] = [];
    const chance = new Chance(seed);
    for (let n = 1; n <= rounds; n += 1) {
      const wish = wishOf(market, chance, `${seed}-${n}`);
      faults.push(...(await round(asking, wish, twins)));
      if (n % TOLD_EVERY === 0) say(`${n} of ${rounds} rounds: ${statusesOf(asking)}`);
    }
    const checked = await house.check();
    const { orders = 0 } = checked.counts;
    const ordered = asking.log.filter(({ wish, answer }) => wish.kind === 'order' && answer?.status === 201).length;
    if (orders !== ordered) faults.push(`${ordered} orders were acknowledged, ${orders} are there`);
    return {
      counts: { rounds, twins, answers: statusesOf(asking), ...checked.counts },
      holds: ['twins at once have one effect and one answer, byte for byte', ...checked.holds],
      faults: await house.explained([...asking.faults, ...faults, ...checked.faults]),
    };
  } finally {
    await house.close();
  }
}

/** All twins at once; a twin that waited too long for the first asks again. */
async function round(asking: Asking, wish: Wish, twins: number): Promise<string[]> {
  const heard = await Promise.all(Array.from({ length: twins }, () => asking.send(wish)));
  const settled: Answer[] = [];
  for (const answer of heard) {
    const final = isFinal(answer) ? answer : await asking.settle(wish);
    if (final !== null) settled.push(final);
  }
  const [first] = settled as [Answer, ...Answer[]];
  asking.log.push({ wish, answer: first });
  const others = settled.filter(({ status, text }) => status !== first.status || text !== first.text);
  return others.slice(0, 1).map(({ status, text }) => {
    return `${wish.kind} ${wish.key}: ${others.length} of ${twins} heard ${status} ${text.slice(0, 200)}, the first ${first.status} ${first.text.slice(0, 200)}`;
  });
}

/** An order, of goods that run out too, or a top-up. */
function wishOf({ shops }: Market, chance: Chance, key: string): Wish {
  const { token } = chance.pick(shops as [Shop, ...Shop[]]);
  if (chance.happens(0.3)) {
    const body = { amount: { amount: '25.00', currency: 'USD' }, method: 'bank_transfer' };
    return { kind: 'top-up', path: '/v1/top-ups', token, key, body };
  }
  return { kind: 'order', path: '/v1/orders', token, key, body: orderOf(chance, key) };
}
