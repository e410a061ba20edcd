import { randomBytes, randomInt } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Config, readConfig } from '../../config.ts';
import { closeApp, createApp, openDatabase } from '../../service.ts';
import { run, type Running } from '../bench/service.ts';
import { TrackingService } from '../../tracking/tracking.service.ts';
import { Client } from '../demo/client.ts';

const LONGEST_WAIT_MS = 2_000;
const ADMIN = { email: 'admin@operator.example', password: randomBytes(12).toString('base64url') };

/** A sandbox on an embedded PostgreSQL of its own: one process that answers and works, and workers that may die. */
export interface ChaosStand {
  anyone: Client;
  admin: Client;
  /** Takes what couriers answered who were asked, in the process that is never killed. */
  polled: (source: string, body: string) => Promise<void>;
  /** All processes that answer now. */
  doors: () => Client[];
  /** SIGKILLs a worker, some time within the next second or two, and starts another one. */
  kill: () => Promise<void>;
  killed: () => number;
  close: () => Promise<void>;
}

export interface ChaosOptions {
  /** Where the sandbox's clock begins. */
  start: Date;
  workers: number;
  /** `all`: the workers answer, too. */
  role: 'worker' | 'all';
}

export async function openChaos({ start, workers, role }: ChaosOptions): Promise<ChaosStand> {
  const own = readConfig();
  const folder = path.join(own.dataDir, `chaos-${randomBytes(4).toString('hex')}`);
  const settings = {
    ...{ SANDBOX: 'true', SANDBOX_START: start.toISOString(), LOG_LEVEL: 'fatal', RATE_LIMIT_FACTOR: '1000000' },
    ...{ ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, PATH: own.searchPath, DATABASE_POOL: '16' },
    ...{ WEBHOOK_ALLOW_LOCAL: 'true', WEBHOOK_TIMEOUT_SECONDS: '2' },
  };
  const database = await openDatabase(new Config({ ...settings, DATA_DIR: folder }));
  const app = await createApp(new Config({ ...settings, PORT: '0', DATABASE_URL: database.url }), database.url);
  const running: Running[] = [];
  const startWorker = (): Promise<Running> =>
    run('main.js', { ...settings, ROLE: role, DATABASE_URL: database.url }, '/health/ready');
  let killed = 0;
  const close = async (): Promise<void> => {
    await Promise.all(running.map((worker) => worker.stop()));
    await closeApp(app);
    await database.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    await app.listen(0, '127.0.0.1');
    while (running.length < workers) running.push(await startWorker());
    const anyone = new Client(await app.getUrl());
    const { token } = await anyone.post<{ token: string }>('/v1/sessions', ADMIN);
    const kill = async (): Promise<void> => {
      await pause(randomInt(LONGEST_WAIT_MS));
      const victim = running.shift();
      if (victim === undefined) return;
      process.kill(victim.pid, 'SIGKILL');
      killed += 1;
      running.push(await startWorker());
    };
    const doors = (): Client[] => [anyone.as(token), ...running.map(({ base }) => new Client(base, token))];
    const tracking = app.get(TrackingService, { strict: false });
    const polled = async (source: string, body: string): Promise<void> => {
      const raw = { source, kind: 'poll', contentType: 'application/json', headers: {} } as const;
      await tracking.ingest({ ...raw, body: Buffer.from(body) });
    };
    return { anyone, admin: anyone.as(token), polled, doors, kill, killed: () => killed, close };
  } catch (error) {
    await close();
    throw error;
  }
}
