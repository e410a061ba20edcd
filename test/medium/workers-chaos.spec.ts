import { beforeAll, expect, it, jest } from '@jest/globals';
import { strikeAndCheck, WORKERS } from '../../src/cli/chaos/kills.ts';
import { build } from '../support/process.ts';
import { count, silent, soundReport } from '../support/reports.ts';

jest.setTimeout(300_000);
beforeAll(build);

it('workers and relays that are killed under load: every effect happens once', async () => {
  const report = await strikeAndCheck({ seed: 20_261_127, kills: 5, clients: 4 }, WORKERS, silent);
  expect(report).toMatchObject(soundReport);
  expect(count(report, 'acknowledged')).toBeGreaterThan(20);
});
