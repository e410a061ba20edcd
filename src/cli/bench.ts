import 'reflect-metadata';
import fs from 'node:fs';
import { Command } from 'commander';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { serviceOptions } from '../database/data-source.ts';
import { LedgerVerification } from '../wallet/wallet.service.ts';
import { measure, middle, type Run } from './bench/measure.ts';
import { OVERLOAD } from './bench/overload.ts';
import { openStand, type Stand } from './bench/stand.ts';
import { ratioOf, tableOf, type Row } from './bench/table.ts';
import { TRACKING_WORKS } from './bench/tracking-works.ts';
import { WORKS, type Work } from './bench/works.ts';
import { runCommand } from './command.ts';

interface Options {
  quick: boolean;
  only?: string;
  json?: string;
}

const FULL = { merchants: 10_000, variants: 1_000, rounds: 3, seconds: 4 };
const QUICK = { merchants: 1_000, variants: 200, rounds: 1, seconds: 3 };

const WARM_SECONDS = 1;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Ours and the limit in turn, so that both meet the same machine. */
async function compare(stand: Stand, work: Work, { rounds, seconds }: typeof FULL): Promise<Row> {
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
  const { name, floor, target } = work;
  const bounds = { ...(floor === undefined ? {} : { floor }), ...(target === undefined ? {} : { target }) };
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

async function bench({ quick, only, json }: Options): Promise<void> {
  const size = quick ? QUICK : FULL;
  const stand = await openStand({ merchants: size.merchants, variants: size.variants, progress: say });
  const found: Row[] = [];
  try {
    const works = [...WORKS, ...TRACKING_WORKS, ...OVERLOAD];
    for (const work of works.filter(({ name }) => only === undefined || name.includes(only))) {
      found.push(await compare(stand, work, size));
      say(`${work.name}: done`);
    }
    process.stdout.write(`${tableOf(found)}\n`);
    for (const { work, ours } of found) {
      if (Object.keys(ours.unexpected).length > 0) say(`${work}: other answers ${JSON.stringify(ours.unexpected)}`);
    }
    process.stdout.write(`${await verifyBooks(stand.url)}\n`);
  } finally {
    await stand.close();
  }
  if (json !== undefined) {
    fs.writeFileSync(
      json,
      `${JSON.stringify(
        found.map((row) => ({ ...row, ratio: ratioOf(row) })),
        null,
        2,
      )}\n`,
    );
  }
}

const command = new Command('bench')
  .description('Measures the service against the limits of this machine, in turn and on loopback alone.')
  .option('--quick', 'fewer merchants, one round', false)
  .option('--only <text>', 'only the works whose name has it')
  .option('--json <file>', 'writes the figures as JSON, too');

runCommand(async () => {
  await bench(command.parse().opts<Options>());
});
