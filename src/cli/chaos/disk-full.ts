import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../../config.ts';
import { Asking, statusesOf } from './asking.ts';
import { House } from './house.ts';
import { busy, reportOf } from './kills.ts';
import type { Report, Say } from './run.ts';
import { openMarket, Trade } from './trade.ts';

export interface DiskFullOptions {
  seed: number;
  rounds: number;
  megabytes: number;
  clients: number;
}

const FULL_MS = 4_000;
const RECOVERY_MS = 30_000;
const LOOK_MS = 100;
const BLOCK = Buffer.alloc(1_048_576);
const WISHES_BETWEEN = 40;

/** A small disk in memory that runs full while clients trade, and is given room again. */
export async function playDiskFull(options: DiskFullOptions, say: Say): Promise<Report> {
  const disk = path.join(readConfig().dataDir, `chaos-disk-${randomBytes(4).toString('hex')}`);
  fs.mkdirSync(disk, { recursive: true });
  try {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${options.megabytes}m,mode=755`, 'tmpfs', disk]);
    if (mounted.status !== 0)
      return { counts: {}, holds: [], faults: [], notRun: 'needs root, to make a small disk in memory' };
    try {
      return await playOn(disk, options, say);
    } finally {
      spawnSync('umount', [disk]);
    }
  } finally {
    fs.rmSync(disk, { recursive: true, force: true });
  }
}

async function playOn(disk: string, { seed, rounds, clients }: DiskFullOptions, say: Say): Promise<Report> {
  const house = await House.open({ roles: ['all'], folder: path.join(disk, 'house') });
  try {
    const market = await openMarket(house.client, house.token, seed);
    const asking = new Asking({ bases: () => house.bases });
    const trade = new Trade(market, asking, { seed, lanes: clients });
    const faults: string[] = [];
    for (let n = 1; n <= rounds; n += 1) {
      await busy(asking, WISHES_BETWEEN);
      const filler = path.join(disk, 'filler');
      fill(filler);
      await pause(FULL_MS);
      fs.rmSync(filler);
      const ms = await recovery(house);
      if (ms > RECOVERY_MS) faults.push(`it took ${Math.round(ms)} ms to recover from a full disk`);
      say(`full ${n} of ${rounds}: ${statusesOf(asking)}; well after ${Math.round(ms)} ms`);
    }
    await trade.stop();
    const refused = asking.statuses.get(503) ?? 0;
    if (refused === 0) faults.push('the disk was never full enough for anybody to notice');
    const report = await reportOf(house, asking, trade);
    return {
      ...report,
      holds: ['nothing that was acknowledged is lost', ...report.holds],
      faults: [...faults, ...report.faults],
    };
  } finally {
    await house.close();
  }
}

/** Until nothing more fits. */
function fill(file: string): void {
  const to = fs.openSync(file, 'w');
  try {
    for (let size = BLOCK.length; size >= 1;) {
      try {
        fs.writeSync(to, BLOCK, 0, size);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        size = Math.floor(size / 2);
      }
    }
  } finally {
    fs.closeSync(to);
  }
}

/** Until the service says that it is ready again. @returns ms */
async function recovery({ bases }: House): Promise<number> {
  const began = performance.now();
  for (;;) {
    const answer = await fetch(`${bases[0] ?? ''}/health/ready`).catch(() => null);
    const ms = performance.now() - began;
    if (answer?.ok === true || ms > 2 * RECOVERY_MS) return ms;
    await pause(LOOK_MS);
  }
}
