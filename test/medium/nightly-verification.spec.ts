import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { NightlyVerification } from '../../src/wallet/ledger/nightly.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, World } from '../support/world.ts';

const DAY_MS = 86_400_000;
let test: TestApp;
let world: World;
beforeAll(async () => {
  test = await startApp({ ALARM_MAIL: 'alarms@operator.example' });
  world = await World.open(test);
});
afterAll(() => test.close());

const night = (number: number, hour: number): Date => new Date(Date.UTC(2040, 0, 1, hour) + number * DAY_MS);
async function run(at: Date): Promise<number> {
  const begun = await test.app.get(NightlyVerification).timer.run(test.db, at);
  await test.app.get(NightlyVerification).finished();
  return begun;
}

const alarms = async (): Promise<{ text: string }[]> =>
  expectStatus<{ data: { text: string }[] }>(await world.admin.get('/v1/mails?kind=ledger_alarm'), 200).data;
const gauge = async (): Promise<string | undefined> =>
  /^waybill_ledger_faults (.*)$/m.exec((await test.http.get('/metrics')).text)?.[1];

describe('the nightly verification', () => {
  it('runs once a night, from three o’clock, by whichever worker comes first', async () => {
    await world.merchant('10.00');
    expect(await run(night(0, 2))).toBe(0);
    const all = await Promise.all([run(night(0, 3)), run(night(0, 3)), run(night(0, 4))]);
    expect(all.reduce((sum, done) => sum + done, 0)).toBe(1);
    expect(await gauge()).toBe('0');
    expect(await alarms()).toEqual([]);
  });

  it('is done in the same night by whoever comes hours after it was cut off', async () => {
    const owner = await new DataSource({ type: 'postgres', url: process.env['DATABASE_URL'] ?? '' }).initialize();
    const began = async (at: Date): Promise<unknown> =>
      (
        await owner.query<{ at: Date; ended: boolean }[]>(
          'SELECT begun_at AS at, ended_at IS NOT NULL AS ended FROM book_check WHERE day = $1',
          [at],
        )
      )[0];
    await owner.query('ALTER TABLE ledger_journal RENAME TO ledger_journal_away');
    expect(await run(night(2, 3))).toBe(1);
    await owner.query('ALTER TABLE ledger_journal_away RENAME TO ledger_journal');
    expect(await run(night(2, 4))).toBe(0); // it may still be at work elsewhere
    expect(await began(night(2, 3))).toEqual({ at: night(2, 3), ended: false });
    expect([await run(night(2, 6)), await run(night(2, 9))]).toEqual([1, 0]);
    expect(await began(night(2, 3))).toEqual({ at: night(2, 6), ended: true });
    await owner.destroy();
  });

  it('tells of faults in the metrics and by mail, once', async () => {
    const owner = await new DataSource({ type: 'postgres', url: process.env['DATABASE_URL'] ?? '' }).initialize();
    await owner.query('ALTER TABLE ledger_journal DISABLE TRIGGER append_only');
    await owner.query('UPDATE ledger_journal SET amount_minor = amount_minor + 1');
    await owner.destroy();
    expect(await run(night(3, 3))).toBe(1);
    expect(await run(night(3, 5))).toBe(0);
    expect(Number.parseInt((await gauge()) ?? '', 10)).toBeGreaterThan(0);
    expect(await alarms()).toHaveLength(1);
  });
});

it('the board for operators shows figures that the service has', async () => {
  const board = readFileSync(new URL('../../docker/grafana.json', import.meta.url), 'utf8');
  const asked = new Set([...board.matchAll(/\b(waybill|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name));
  const { text } = await test.http.get('/metrics');
  const told = new Set([...text.matchAll(/^([a-z_0-9]+)[{ ]/gm)].map(([, name]) => name));
  expect([...asked].filter((name) => !told.has(name))).toEqual([]);
  expect(asked.size).toBeGreaterThan(6);
});
