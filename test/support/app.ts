import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Duration } from 'luxon';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { Config } from '../../src/config.ts';
import { SandboxClock } from '../../src/database/sandbox-clock.ts';
import { asHouse, type Scope } from '../../src/database/scope.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { Relay } from '../../src/events/relay.ts';
import { Clock } from '../../src/kernel/clock.ts';
import { closeApp, createApp } from '../../src/service.ts';

export const ADMIN = { email: 'admin@operator.example', password: 'correct horse battery' };

/** The service as it runs, in this process, on this spec file's own database. */
export interface TestApp {
  app: NestFastifyApplication;
  /** Sees all merchants' rows. */
  db: Scope;
  http: ReturnType<typeof request>;
  /** Every stored event has been handled. */
  settle(): Promise<void>;
  /** Sets the sandbox clock forward without firing timers on the way; the API's own jump fires them. */
  clock: { now(): Date; advance(isoDuration: string): Promise<void> };
  close(): Promise<void>;
}

/** Starts the service on DATABASE_URL. @param env settings beside the tests' own */
export async function startApp(env: Readonly<Record<string, string>> = {}): Promise<TestApp> {
  const url = process.env['DATABASE_URL'];
  if (url === undefined) throw new Error('The spec file has no database.');
  const settings = {
    SANDBOX: 'true',
    LOG_LEVEL: 'error',
    RATE_LIMIT_FACTOR: '1000',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    EVIDENCE_DIR: path.join(os.tmpdir(), `evidence-${randomUUID()}`),
    ...env,
  };
  const app = await createApp(new Config(settings), url);
  const db = asHouse(app.get(DataSource));
  const clock = app.get(Clock);
  return {
    app,
    db,
    http: request(app.getHttpServer()),
    settle: () => app.get(Relay).drain(),
    clock: {
      now: () => clock.now(),
      advance: async (isoDuration) => {
        if (!(clock instanceof SandboxClock)) throw new Error('Only the sandbox clock can be moved.');
        const to = new Date(clock.now().getTime() + Duration.fromISO(isoDuration).toMillis());
        await inTransaction(db, (tx) => clock.moveTo(tx, to));
      },
    },
    close: async () => {
      await closeApp(app);
      await fs.rm(settings.EVIDENCE_DIR, { recursive: true, force: true });
    },
  };
}
