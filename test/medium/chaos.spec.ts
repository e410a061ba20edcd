import { beforeAll, expect, it, jest } from '@jest/globals';
import { strikeAndCheck, WORKERS } from '../../src/cli/chaos/kills.ts';
import { playRolling } from '../../src/cli/chaos/rolling.ts';
import type { Report } from '../../src/cli/chaos/run.ts';
import { playSameKey } from '../../src/cli/chaos/same-key.ts';
import { build } from '../support/process.ts';

jest.setTimeout(600_000);

const say = (): void => undefined;
const soundReport = { faults: [], holds: expect.arrayContaining([expect.stringContaining('ledger')]) };

beforeAll(build);

const count = ({ counts }: Report, what: string): number => Number(counts[what]);

it('workers and relays that are killed under load: every effect happens once', async () => {
  const report = await strikeAndCheck({ seed: 20_261_127, kills: 5, clients: 4 }, WORKERS, say);
  expect(report).toMatchObject(soundReport);
  expect(count(report, 'acknowledged')).toBeGreaterThan(20);
});

it('fifty at once under the same key, at two processes: one effect, one answer', async () => {
  const report = await playSameKey({ seed: 20_261_127, rounds: 10, twins: 50 }, say);
  expect(report).toMatchObject(soundReport);
});

it('two processes restarted in turn under load: no request fails that is tried once more', async () => {
  const report = await playRolling({ seed: 20_261_127, restarts: 2, clients: 4 }, say);
  expect(report).toMatchObject(soundReport);
  expect(count(report, 'acknowledged')).toBeGreaterThan(10);
});
