import { Client } from '../demo/client.ts';
import type { LoadResult } from './load.ts';
import { ADMIN, type Stand } from './stand.ts';
import type { Work } from './works.ts';

const HOUR = { advance: 'PT1H' };

/** An hour of the sandbox clock: every timer of the house looks for what is due, however much lies in its tables. */
async function hours(stand: Stand, seconds: number): Promise<LoadResult> {
  const service = await stand.another({ SANDBOX: 'true' });
  try {
    const { token } = await new Client(service.base).post<{ token: string }>('/v1/sessions', ADMIN);
    const admin = new Client(service.base).as(token);
    const times: number[] = [];
    const began = performance.now();
    do {
      const at = performance.now();
      await admin.post('/v1/sandbox/clock', HOUR);
      times.push(performance.now() - at);
    } while (performance.now() - began < seconds * 1_000);
    const took = times.reduce((sum, time) => sum + time, 0) / 1_000;
    return { done: times.length, others: new Map(), seconds: took, times: Float64Array.from(times).sort() };
  } finally {
    await service.stop();
  }
}

/** Source: performance.md, Goals: sweeps (late, settlement, renewals) over 1 million. */
export const SWEEPS: readonly Work[] = [
  {
    ...{ name: 'sweeps, an hour of the clock', units: 1, goal: '<= 5 min over 1 million, target 1' },
    ...{ slow: true, ours: hours, limit: null },
  },
];
