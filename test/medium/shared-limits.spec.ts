import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import { DataSource } from 'typeorm';
import { SharedCounts } from '../../src/http/shared-counts.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Caller, World, type Merchant } from '../support/world.ts';

let here: TestApp;
let there: TestApp;
let world: World;
let merchant: Merchant;

/** Two instances on one database, each with the limits as they are. */
beforeAll(async () => {
  here = await startApp({ RATE_LIMIT_FACTOR: '1' });
  there = await startApp({ RATE_LIMIT_FACTOR: '1' });
  world = await World.open(here);
  merchant = await world.merchant();
});

afterAll(async () => {
  await here.close();
  await there.close();
});

const minute = (): number => Math.floor(Date.now() / 60_000);

const share = async (): Promise<void> => {
  for (const test of [here, there, here, there]) await test.app.get(SharedCounts).share(); // one may be under way already
};

/** What is left of the writes of the minute, as the instance says it. */
async function left(test: TestApp): Promise<number> {
  const answer = await new Caller(test, merchant.caller.token).post('/v1/quotes', {});
  return Number.parseInt(/"writes";r=(\d+)/.exec(String(answer.headers['ratelimit']))?.[1] ?? 'NaN', 10);
}

/** What the other instance's calls took here, and what one call of its own took after them; null: the minute was over meanwhile. */
async function taken(): Promise<{ byOthers: number; byOne: number } | null> {
  const began = minute();
  const before = await left(there);
  for (let n = 0; n < 30; n += 1) await left(here);
  await share();
  await left(there); // who does nothing need not hear of others
  await share();
  const then = await left(there);
  await share();
  const after = await left(there);
  await share();
  const last = await left(there);
  return minute() === began ? { byOthers: before - then, byOne: after - last } : null;
}

/** What calls took there that could not be told at first; null: the minute was over meanwhile. */
async function takenLate(): Promise<number | null> {
  const began = minute();
  const before = await left(there);
  const owner = await new DataSource({ type: 'postgres', url: process.env['DATABASE_URL'] ?? '' }).initialize();
  await owner.query('ALTER TABLE rate_count RENAME TO rate_count_away');
  for (let n = 0; n < 20; n += 1) await left(here);
  for (const each of [here, here, there]) await each.app.get(SharedCounts).share(); // one may be under way already
  await owner.query('ALTER TABLE rate_count_away RENAME TO rate_count');
  await owner.destroy();
  await share();
  await left(there);
  await share();
  const then = await left(there);
  return minute() === began ? before - then : null;
}

/** Keys that a merchant makes at both instances, and one more; null: the minute was over meanwhile. */
async function atOnce(): Promise<{ made: Response[]; refused: Response } | null> {
  const began = minute();
  const { caller } = await world.merchant();
  const holders = [here, there].map((test) => new Caller(test, caller.token));
  const made = await Promise.all(
    Array.from({ length: 12 }, (_, n) => holders.map((each) => each.post('/v1/api-keys', { name: `key ${n}` }))).flat(),
  );
  const refused = await caller.post('/v1/api-keys', { name: 'one more' });
  return minute() === began ? { made, refused } : null;
}

it('a limit counts what a key does on every instance, once', async () => {
  const { byOthers, byOne } = (await taken()) ?? (await taken()) ?? { byOthers: 0, byOne: 0 };
  expect(byOthers).toBe(32);
  expect(byOne).toBe(1);
});

it('a limit counts later what could not be told at first', async () => {
  expect((await takenLate()) ?? (await takenLate())).toBe(22);
});

it('an address that never says who it is has to wait, and does not hold up who does', async () => {
  const nobody = new Caller(there, `wb_test_${'0'.repeat(49)}`);
  const statuses = new Set<number>();
  for (let round = 0; round < 31; round += 1) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => nobody.get('/v1/merchant')));
    for (const { status } of answers) statuses.add(status);
  }
  expect(statuses).toEqual(new Set([401, 429]));
  expect((await nobody.get('/v1/merchant')).headers['retry-after']).toMatch(/^\d+$/);
});

it('a delicate call has a small limit of its own, which two instances keep at the same moment', async () => {
  const { made, refused } = (await atOnce()) ?? (await atOnce()) ?? {};
  expect(made?.filter(({ status }) => status === 201)).toHaveLength(20); // of the two instances together
  expect(refused?.body).toMatchObject({ code: 'rate_limited' });
  expect(refused?.headers['ratelimit-policy']).toContain('"new-keys";q=20;w=60');
});

it('a courier may say ten times what a key may, and who asks for buyers’ pages has a small limit', async () => {
  const anyone = new Caller(here, '');
  const policyOf = (answer: Response): string => String(answer.headers['ratelimit-policy']);
  expect(policyOf(await anyone.post('/v1/tracking/easypost', {}))).toBe('"writes";q=6000;w=60');
  expect(policyOf(await anyone.get('/track/UNKNOWN'))).toBe('"reads";q=3000;w=60, "tracking-pages";q=300;w=60');
});
