import { beforeAll, expect, it, jest } from '@jest/globals';
import { playSameKey } from '../../src/cli/chaos/same-key.ts';
import { build } from '../support/process.ts';
import { silent, soundReport } from '../support/reports.ts';

jest.setTimeout(300_000);
beforeAll(build);

it('fifty at once under the same key, at two processes: one effect, one answer', async () => {
  const report = await playSameKey({ seed: 20_261_127, rounds: 10, twins: 50 }, silent);
  expect(report).toMatchObject(soundReport);
});
