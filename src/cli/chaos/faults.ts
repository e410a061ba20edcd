import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Asking, statusesOf } from './asking.ts';
import { FaultProxy, ILLS_OF_LINES, type IllOfLine } from './fault-proxy.ts';
import { House } from './house.ts';
import { reportOf } from './kills.ts';
import type { Report, Say } from './run.ts';
import { openMarket, Trade, type Market } from './trade.ts';

export interface FaultOptions {
  seed: number;
  /** Of each fault. */
  seconds: number;
  /** Connections of the service. */
  pool: number;
}

/** Clients for each connection: the pool is exhausted four times over. */
const A_CONNECTION = 4;
/** reliability.md: no hang over 6 s, recovery within 5 s. */
const LONGEST_ANSWER_MS = 6_000;
/** Calls that a payment provider or a carrier may have a part in take as long as those. */
const CALLS_OUTSIDE = ['top-up', 'label'];
const RECOVERY_MS = 5_000;
const LOOK_MS = 100;
/** Between two faults: what waited under the one is settled before the next. */
const BREATH_MS = 5_000;
const SOCKET = '.s.PGSQL.5432';

/** A load of four clients a connection while the line to the database is ill, one way after the other. */
export async function playFaults({ seed, seconds, pool }: FaultOptions, say: Say): Promise<Report> {
  const lines: FaultProxy[] = [];
  const through = async (socketDir: string): Promise<string> => {
    const proxy = new FaultProxy(path.join(socketDir, SOCKET), seed);
    lines.push(proxy);
    return `postgres://postgres@127.0.0.1:${await proxy.listen()}/waybill`;
  };
  const house = await House.open({ roles: ['all'], fast: true, pool, through });
  try {
    const market = await openMarket(house.client, house.token, seed);
    const [proxy] = lines as [FaultProxy];
    const faults: string[] = [];
    const asking = new Asking({ bases: () => house.bases, patientWith: CALLS_OUTSIDE });
    const trade = new Trade(market, asking, { seed, lanes: pool * A_CONNECTION });
    for (const ill of ILLS_OF_LINES) faults.push(...(await fall({ house, market, proxy, asking }, ill, seconds, say)));
    await trade.stop();
    const report = await reportOf(house, asking, trade);
    return {
      ...report,
      holds:
        faults.length > 0
          ? report.holds
          : [
              'faults gave 503s with Retry-After and nothing else, no answer took over 6 s, and all was well within 5 s',
              ...report.holds,
            ],
      faults: [...faults, ...report.faults],
    };
  } finally {
    await house.close();
    for (const proxy of lines) await proxy.close();
  }
}

interface Scene {
  house: House;
  market: Market;
  proxy: FaultProxy;
  asking: Asking;
}

/** One fault from its beginning to the recovery. */
async function fall(
  { house, market, proxy, asking }: Scene,
  ill: IllOfLine,
  seconds: number,
  say: Say,
): Promise<string[]> {
  asking.statuses.clear();
  asking.slowestMs = 0;
  proxy.fall(ill);
  await pause(seconds * 1_000);
  proxy.heal();
  const recoveredMs = await recovery(house, market);
  say(
    `${ill}: ${statusesOf(asking)}; slowest ${Math.round(asking.slowestMs)} ms, well after ${Math.round(recoveredMs)} ms`,
  );
  const faults: string[] = [];
  const unheard = asking.statuses.get(0) ?? 0;
  if (unheard > 0) faults.push(`${ill}: ${unheard} requests had no answer`);
  if (asking.slowestMs > LONGEST_ANSWER_MS) faults.push(`${ill}: an answer took ${Math.round(asking.slowestMs)} ms`);
  if (recoveredMs > RECOVERY_MS) faults.push(`${ill}: it took ${Math.round(recoveredMs)} ms to recover`);
  await pause(BREATH_MS);
  return faults;
}

/** Until the service says that it is ready and shows a wallet. @returns ms */
async function recovery({ bases }: House, { shops }: Market): Promise<number> {
  const began = performance.now();
  const headers = { Authorization: `Bearer ${shops[0]?.token ?? ''}` };
  const base = bases[0] ?? '';
  while (performance.now() - began < 12 * RECOVERY_MS) {
    const answers = await Promise.all(
      ['/health/ready', '/v1/wallet'].map((path) => fetch(base + path, { headers }).catch(() => null)),
    );
    if (answers.every((answer) => answer?.ok === true)) break;
    await pause(LOOK_MS);
  }
  return performance.now() - began;
}
