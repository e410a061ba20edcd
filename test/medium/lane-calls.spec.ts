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
  proxy.fall('half-open');
  const ended = await Promise.race([calls.stop().then(() => 'ended'), pause(8_000, 'still waiting', { ref: false })]);
  expect(ended).toBe('ended');
});

it('a line that is torn, or answers too late to be of use, is made anew, and none is left behind', async () => {
  proxy.fall('cut');
  proxy.heal();
  await until('calls are heard again', isHeard);
  expect(await listeners()).toBe(1);
});
