import 'reflect-metadata';
import fs from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { readConfig } from '../config.ts';
import { serviceOptions } from '../database/data-source.ts';
import { LedgerVerification } from '../wallet/wallet.service.ts';
import { History, holdsHistory, ORDER_BYTES } from './bench/history.ts';
import { measure, middle, type Run } from './bench/measure.ts';
import { OVERLOAD } from './bench/overload.ts';
import { openStand, type Stand } from './bench/stand.ts';
import { PROCESS_WORKS } from './bench/process-works.ts';
import { costsOf, costTableOf, READS, type PageCost } from './bench/reads.ts';
import { growthTableOf, ratioOf, tableOf, type GrowthRow, type Row } from './bench/table.ts';
import { SWEEPS } from './bench/sweeps.ts';
import { TRACKING_WORKS } from './bench/tracking-works.ts';
import { WORKS, type Work } from './bench/works.ts';
import { runCommand } from './command.ts';

interface Options {
  quick: boolean;
  only?: string;
  json?: string;
  rows?: number[];
}

interface Size {
  merchants: number;
  variants: number;
  rounds: number;
  seconds: number;
}

const FULL: Size = { merchants: 10_000, variants: 1_000, rounds: 3, seconds: 2 };
const QUICK: Size = { merchants: 1_000, variants: 200, rounds: 1, seconds: 1 };

const WARM_SECONDS = 1;
/** Before the first work: a service that has just begun compiles its hot paths for some seconds. */
const FIRST_WARM_SECONDS = 5;
const MOST_ORDERS = 10_000_000;
const EVERY_WORK: readonly Work[] = [...WORKS, ...TRACKING_WORKS, ...READS, ...SWEEPS, ...OVERLOAD, ...PROCESS_WORKS];
/** Loads of other sizes, processes and works on databases of their own say nothing about what a history does. */
const GROWING = [...WORKS, ...TRACKING_WORKS, ...READS, ...SWEEPS].filter(({ apart }) => apart !== true);

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Ours and the limit in turn, so that both meet the same machine. */
async function compare(stand: Stand, work: Work, { rounds, seconds }: Size): Promise<Row> {
  const postmasterPid = stand.cluster.pid;
  const ourPlace = { url: stand.url, servicePid: stand.service.pid, postmasterPid };
  const barePid = work.limit?.by === 'http' ? stand.bare.pid : 0;
  const limitPlace = { url: stand.bareUrl, servicePid: barePid, postmasterPid };
  const [ours, limits]: [Run[], Run[]] = [[], []];
  const { limit } = work;
  for (const at of limit === null ? [work.ours] : [limit.run, work.ours]) await at(stand, WARM_SECONDS);
  await analyse(stand); // plans made while a table was empty are made anew
  for (let round = 0; round < rounds; round += 1) {
    if (limit !== null) limits.push(await measure(limitPlace, work.units, () => limit.run(stand, seconds)));
    ours.push(await measure(ourPlace, work.units, () => work.ours(stand, seconds)));
  }
  const { name, floor, target, goal } = work;
  const asked = { ...(floor === undefined ? {} : { floor }), ...(target === undefined ? {} : { target }) };
  const bounds = { ...asked, ...(goal === undefined ? {} : { goal }) };
  return { work: name, ours: middle(ours), limit: limits.length === 0 ? null : middle(limits), ...bounds };
}

async function analyse({ url, bareUrl }: Stand): Promise<void> {
  for (const connectionString of [url, bareUrl]) {
    const client = new pg.Client({ connectionString });
    await client.connect();
    await client.query('ANALYZE');
    await client.end();
  }
}

/** No figure counts where the books do not balance. */
async function verifyBooks(url: string): Promise<string> {
  const db = await new DataSource(serviceOptions(url, 1)).initialize();
  try {
    const { books, checked, faults } = await new LedgerVerification(db).run();
    if (faults.length > 0) throw new Error(`The books do not hold: ${JSON.stringify(faults.slice(0, 5))}`);
    return `${checked} journals in ${books} books recomputed, 0 faults`;
  } finally {
    await db.destroy();
  }
}

/** Each work in turn with its limit. */
async function compareAll(stand: Stand, works: readonly Work[], size: Size): Promise<Row[]> {
  const found: Row[] = [];
  await works[0]?.ours(stand, FIRST_WARM_SECONDS);
  for (const work of works) {
    found.push(await compare(stand, work, size));
    say(`${work.name}: done`);
  }
  process.stdout.write(`${tableOf(found)}\n`);
  tellOthers(found);
  return found;
}

/** Each work again with every size of the past, the smallest first; then what each page of a list or detail takes. */
async function compareGrowth(stand: Stand, works: readonly Work[], size: Size & { rows: number[] }): Promise<object[]> {
  const history = await History.open(stand);
  const [found, firsts] = [[] as GrowthRow[], new Map<string, Run>()];
  const costs = new Map<number, PageCost[]>();
  for (const orders of size.rows) {
    await history.growTo(orders, say);
    for (const work of works) {
      const { ours } = await compare(stand, { ...work, limit: null }, size);
      const first = firsts.get(work.name) ?? ours;
      firsts.set(work.name, first);
      found.push({ work: work.name, orders, ours, first });
      say(`${work.name} with ${orders} orders: done`);
    }
    costs.set(orders, await costsOf(stand));
  }
  const sorted = works.flatMap(({ name }) => found.filter(({ work }) => work === name));
  process.stdout.write(`${growthTableOf(sorted)}\n\n${costTableOf(costs)}\n`);
  tellOthers(sorted);
  return [...sorted, ...[...costs].map(([orders, pages]) => ({ orders, pages }))];
}

function tellOthers(rows: readonly { work: string; ours: Run }[]): void {
  for (const { work, ours } of rows)
    if (Object.keys(ours.unexpected).length > 0) say(`${work}: other answers ${JSON.stringify(ours.unexpected)}`);
}

async function bench({ quick, only, json, rows }: Options): Promise<void> {
  const size = quick ? QUICK : FULL;
  const isAsked = (work: Work): boolean =>
    only === undefined
      ? !(quick && work.slow === true)
      : only.split(',').some((text) => work.name.includes(text.trim()));
  const chosen = (works: readonly Work[]) => works.filter(isAsked);
  if (rows !== undefined) holdsHistory(readConfig().dataDir, Math.max(...rows));
  const stand = await openStand({ merchants: size.merchants, variants: size.variants, progress: say });
  let found: object[] = [];
  try {
    if (rows === undefined) found = (await compareAll(stand, chosen(EVERY_WORK), size)).map(withRatio);
    else found = await compareGrowth(stand, chosen(GROWING), { ...size, rows });
    process.stdout.write(`${await verifyBooks(stand.url)}\n`);
  } finally {
    await stand.close();
  }
  if (json !== undefined) fs.writeFileSync(json, `${JSON.stringify(found, null, 2)}\n`);
}

const withRatio = (row: Row): object => ({ ...row, ratio: ratioOf(row) });

/** `10k,1m`: the smallest first. */
function sizesOf(text: string): number[] {
  const sizes = text.split(',').map((part) => {
    const [, number = '', unit = ''] = /^(\d{1,8})([km]?)$/.exec(part) ?? [];
    return Number.parseInt(number, 10) * (unit === 'm' ? 1_000_000 : unit === 'k' ? 1_000 : 1);
  });
  if (sizes.some((size) => !(size > 0 && size <= MOST_ORDERS)))
    throw new InvalidArgumentError('Numbers of orders like 10k,1m; at most 10m.');
  return sizes.toSorted((a, b) => a - b);
}

const command = new Command('bench')
  .description('Measures the service against the limits of this machine, in turn and on loopback alone.')
  .option('--quick', 'fewer merchants, one short round, no sweeps', false)
  .option('--only <text>', 'only the works whose name has it; several: lists,details')
  .option('--json <file>', 'writes the figures as JSON, too')
  .option(
    '--rows <sizes>',
    `growth: each work with so many orders of the past, as 10k,1m,10m; it takes about ${ORDER_BYTES / 1_000} kB of disk below DATA_DIR ` +
      'an order (1m: 24 GB), half a minute for 20,000, and does not begin where the disk has no room',
    sizesOf,
  );

runCommand(async () => {
  await bench(command.parse().opts<Options>());
});
