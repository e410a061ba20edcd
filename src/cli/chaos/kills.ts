import { setTimeout as pause } from 'node:timers/promises';
import type { Role } from '../../config.ts';
import { Asking, statusesOf } from './asking.ts';
import { Chance } from './chance.ts';
import { compareLog } from './client-log.ts';
import { House, type HouseOptions, type Resident } from './house.ts';
import type { Report, Say } from './run.ts';
import { openMarket, Trade } from './trade.ts';

export interface KillOptions {
  seed: number;
  kills: number;
  clients: number;
}

/** What is done to the house again and again while clients trade. */
export interface Trouble {
  roles: readonly Role[];
  house?: Partial<HouseOptions>;
  /** @returns when the house is as it was */
  strike: (house: House, chance: Chance) => Promise<void>;
  /** So often a client that hears nothing does not ask again. */
  givesUp: number;
}

/** So many wishes come true between two strokes, or so long nothing does. */
const [FEWEST, MOST] = [5, 60] as const;
const LONGEST_MS = 10_000;
const TOLD_EVERY = 10;
const LOOK_MS = 5;
const LOOK_AGAIN_MS = 50;
const RECOVERY_MS = 60_000;

/** A load on a house that is struck again and again; then the clients' log and all invariants are held against it. */
export async function strikeAndCheck(options: KillOptions, trouble: Trouble, say: Say): Promise<Report> {
  const { seed, kills, clients } = options;
  const house = await House.open({ roles: trouble.roles, ...trouble.house });
  try {
    const market = await openMarket(house.client, house.token, seed);
    const asking = new Asking({ bases: () => house.bases });
    const trade = new Trade(market, asking, { seed, lanes: clients, givesUp: trouble.givesUp });
    const chance = new Chance(seed);
    for (let n = 1; n <= kills; n += 1) {
      await busy(asking, chance.between(FEWEST, MOST));
      await trouble.strike(house, chance);
      if (n % TOLD_EVERY === 0 || n === kills)
        say(`${n} of ${kills}: ${asking.log.length} wishes, ${statusesOf(asking)}`);
    }
    await trade.stop();
    return await reportOf(house, asking, trade);
  } finally {
    await house.close();
  }
}

/** Until so many more wishes have come true, or nothing has for long. */
export async function busy(asking: Asking, wishes: number): Promise<void> {
  const [began, enough] = [performance.now(), asking.log.length + wishes];
  while (asking.log.length < enough && performance.now() - began < LONGEST_MS) await pause(LOOK_MS);
}

/** Twice: with what nobody heard of as it is, and after it was asked for again under the same keys. */
export async function reportOf(house: House, asking: Asking, trade: Trade): Promise<Report> {
  await house.admin.post('/v1/sandbox/drain'); // what couriers said is paid back by a listener
  const before = await compareLog(house.url, asking, trade);
  const unheard = trade.givenUp.length;
  asking.log.splice(0, asking.log.length, ...asking.log.filter(({ answer }) => answer !== null));
  for (const wish of trade.givenUp.splice(0)) await asking.ask(wish);
  const { counts, holds, faults } = await house.check();
  const after = await compareLog(house.url, asking, trade);
  const heard = asking.log.filter(({ answer }) => (answer?.status ?? 0) < 300).length;
  return {
    counts: { wishes: asking.log.length, acknowledged: heard, unheard, answers: statusesOf(asking), ...counts },
    holds:
      before.length + after.length > 0
        ? holds
        : [
            'every 2xx has exactly one effect, what was not answered at most one, and the same key settles it',
            ...holds,
          ],
    faults: await house.explained([...before, ...after, ...faults]),
  };
}

const anyOf = (house: House, chance: Chance, role: Role): Resident | undefined => {
  const them = house.residents.filter((one) => one.role === role);
  return them[chance.between(0, them.length - 1)];
};

const killed =
  (role: Role): Trouble['strike'] =>
  async (house, chance) => {
    const victim = anyOf(house, chance, role);
    if (victim !== undefined) await house.kill(victim);
  };

/** SIGKILL of the service, which also relays, sweeps and sends. */
export const SERVICE: Trouble = { roles: ['all'], strike: killed('all'), givesUp: 0.1 };

/** SIGKILL of workers: the process that answers lives on. */
export const WORKERS: Trouble = {
  roles: ['api', 'worker', 'worker'],
  strike: killed('worker'),
  givesUp: 0,
  house: { fast: true },
};

/** SIGKILL of PostgreSQL: the service lives on and is ready again by itself. */
export const DATABASE: Trouble = {
  roles: ['all'],
  givesUp: 0.1,
  strike: async ({ cluster, bases, residents }) => {
    const { pid } = cluster;
    process.kill(pid, 'SIGKILL');
    const began = performance.now();
    for (;;) {
      await pause(LOOK_AGAIN_MS);
      for (const { running } of residents) process.kill(running.pid, 0); // throws where the service died of it
      const answers = await Promise.all(bases.map((base) => fetch(`${base}/health/ready`).catch(() => null)));
      if (cluster.pid !== pid && answers.every((answer) => answer?.ok === true)) return;
      if (performance.now() - began > RECOVERY_MS)
        throw new Error('The service did not recover from a killed PostgreSQL.');
    }
  },
};
