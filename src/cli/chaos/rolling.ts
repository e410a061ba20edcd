import { Asking, statusesOf } from './asking.ts';
import { House } from './house.ts';
import { reportOf } from './kills.ts';
import type { Report, Say } from './run.ts';
import { openMarket, Trade } from './trade.ts';

export interface RollingOptions {
  seed: number;
  restarts: number;
  clients: number;
}

/** A client that fails at one process tries the other one, once. */
const TRIES = 2;

/** Two processes, restarted in turn while clients trade: none of them is failed twice. */
export async function playRolling({ seed, restarts, clients }: RollingOptions, say: Say): Promise<Report> {
  const house = await House.open({ roles: ['all', 'all'], fast: true });
  try {
    const market = await openMarket(house.client, house.token, seed);
    const asking = new Asking({ bases: () => house.bases, tries: TRIES, pauseMs: 0 });
    const trade = new Trade(market, asking, { seed, lanes: clients });
    for (let n = 0; n < restarts; n += 1) {
      const next = house.residents[n % house.residents.length];
      if (next !== undefined) await house.restart(next);
      say(`${n + 1} of ${restarts}: ${asking.log.length} wishes, ${statusesOf(asking)}`);
    }
    await trade.stop();
    const failed = asking.log.filter(({ answer }) => answer === null);
    const report = await reportOf(house, asking, trade);
    const faults = failed.slice(0, 5).map(({ wish }) => `${wish.kind} ${wish.key} failed twice`);
    return {
      ...report,
      holds: failed.length === 0 ? ['no request failed that was tried once more', ...report.holds] : report.holds,
      faults: [...faults, ...report.faults],
    };
  } finally {
    await house.close();
  }
}
