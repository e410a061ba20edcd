import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { run } from './service.ts';
import type { LoadResult } from './load.ts';
import type { Stand } from './stand.ts';
import { orders, type Work } from './works.ts';

/** V8 gives back what the start left behind once it has had nothing to do for half a minute. */
const IDLE_MS = 40_000;
const LOOK_MS = 50;
const CLIENTS = 64;
const MIB = 1_048_576;

/** The service on an embedded database of its own, which the first start makes: from the spawn to ready, each start. */
async function start({ folder, settings }: Stand, seconds: number): Promise<LoadResult> {
  const alone = { ...settings, DATABASE_URL: '', DATA_DIR: path.join(folder, 'start') };
  const times: number[] = [];
  const began = performance.now();
  if (!fs.existsSync(alone.DATA_DIR)) await (await run('main.js', alone, '/health/ready')).stop();
  do {
    const started = await run('main.js', alone, '/health/ready');
    times.push(started.startMs);
    await started.stop();
  } while (performance.now() - began < seconds * 1_000);
  const took = times.reduce((sum, time) => sum + time, 0) / 1_000;
  return { done: times.length, others: new Map(), seconds: took, times: Float64Array.from(times).sort() };
}

/** What of a process is in memory, in MiB. */
function residentOf(pid: number): number {
  const [, kib = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number.parseInt(kib, 10) * 1024) / MIB;
}

/** A process of its own that has done nothing, then under the load of many clients. */
async function memory(stand: Stand, seconds: number): Promise<LoadResult> {
  const fresh = await stand.another();
  try {
    await pause(IDLE_MS);
    const idle = residentOf(fresh.pid);
    let peak = idle;
    const look = setInterval(() => {
      peak = Math.max(peak, residentOf(fresh.pid));
    }, LOOK_MS);
    const loaded = await orders(CLIENTS, fresh.base)(stand, seconds).finally(() => {
      clearInterval(look);
    });
    return { ...loaded, note: `${Math.round(idle)} idle, ${Math.round(peak)} MiB at the peak` };
  } finally {
    await fresh.stop();
  }
}

/** Source: performance.md, Goals: start to ready, memory of the service. */
export const PROCESS_WORKS: readonly Work[] = [
  {
    ...{ name: 'start to ready, embedded database warm', units: 1, apart: true, goal: '<= 2,500 ms, target 1,200' },
    ...{ ours: start, limit: null },
  },
  {
    ...{ name: `memory, orders of ${CLIENTS} clients`, units: 1, goal: '<= 150 idle, 250; target 110, 170' },
    ...{ slow: true, ours: memory, limit: null },
  },
];
