import { beforeAll, expect, it, jest } from '@jest/globals';
import { playRolling } from '../../src/cli/chaos/rolling.ts';
import { build } from '../support/process.ts';
import { count, silent, soundReport } from '../support/reports.ts';

jest.setTimeout(300_000);
beforeAll(build);

it('two processes restarted in turn under load: no request fails that is tried once more', async () => {
  const report = await playRolling({ seed: 20_261_127, restarts: 2, clients: 4 }, silent);
  expect(report).toMatchObject(soundReport);
  expect(count(report, 'acknowledged')).toBeGreaterThan(10);
});
