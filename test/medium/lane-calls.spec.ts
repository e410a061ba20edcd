import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { FaultProxy } from '../../src/cli/chaos/fault-proxy.ts';
import { CALL, LaneCalls } from '../../src/events/lane-calls.ts';
import { until } from '../support/process.ts';

jest.setTimeout(60_000);
Logger.overrideLogger(false); // it says that the line is gone

const url = process.env['DATABASE_URL'] ?? '';
const database = new URL(url);
const socket = path.join(database.searchParams.get('host') ?? '', '.s.PGSQL.5432');
const LANE = 7;

let proxy: FaultProxy;
let calls: LaneCalls;
let heard: number[];
let caller: pg.Client;

beforeEach(async () => {
  proxy = new FaultProxy(socket, 1);
  heard = [];
  const through = `postgres://${database.username}@127.0.0.1:${await proxy.listen()}${database.pathname}`;
  calls = new LaneCalls(through, (lane) => heard.push(lane));
  caller = new pg.Client({ connectionString: url });
  await caller.connect();
  calls.start();
  await until('a call is heard', isHeard);
});

afterEach(async () => {
  await calls.stop();
  await caller.end();
  await proxy.close();
});

async function isHeard(): Promise<boolean> {
  const before = heard.length;
  await caller.query(CALL, [[LANE]]);
  await pause(50);
  return heard.length > before;
}

async function listeners(): Promise<number> {
  const sql = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'waybill listen'`;
  return (await caller.query(sql)).rowCount ?? 0;
}

it('a line that was dropped without a word is noticed, and made anew', async () => {
  proxy.fall('half-open');
  expect(await isHeard()).toBe(false); // whatever is said while nothing passes kills the line for good
  proxy.heal();
  expect(await isHeard()).toBe(false);
  await until('calls are heard again', isHeard);
});

it('a line that was dropped without a word does not hold up the end', async () => {
  let isDropped = false;
  const sockets: net.Socket[] = [];
  const between = net.createServer({ allowHalfOpen: true }, (here) => {
    const there = net.connect(socket);
    for (const [from, to] of [
      [here, there],
      [there, here],
    ] as const)
      from.on('error', () => undefined).on('data', (bytes) => isDropped || to.write(bytes));
    sockets.push(here, there);
  });
  between.listen(0, '127.0.0.1');
  await once(between, 'listening');
  const { port } = between.address() as net.AddressInfo;
  const others = new LaneCalls(
    `postgres://${database.username}@127.0.0.1:${port}${database.pathname}`,
    () => undefined,
  );
  others.start();
  await until('it listens, too', async () => (await listeners()) === 2);
  isDropped = true;
  const ended = await Promise.race([others.stop().then(() => 'ended'), pause(8_000, 'waiting', { ref: false })]);
  expect(ended).toBe('ended');
  between.close();
  for (const one of sockets) one.destroy();
});

it('a line that is torn is made anew, and none is left behind', async () => {
  proxy.fall('cut');
  proxy.heal();
  await until('calls are heard again', isHeard);
  await until('one line is open', async () => (await listeners()) === 1);
});
