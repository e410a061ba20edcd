import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.ts';
import type { Config } from './config.ts';
import { startCluster } from './database/embedded-postgres.ts';
import { ensureDatabase, migrate } from './database/migrate.ts';
import { SandboxClock } from './database/sandbox-clock.ts';
import { Relay } from './events/relay.ts';
import { Ticks } from './events/ticks.ts';
import { JsonLogger, makeLogger } from './http/logger.ts';
import { describe } from './http/openapi.ts';
import { Readiness } from './http/readiness.ts';
import { equip, makeAdapter } from './http/server.ts';
import { Clock } from './kernel/clock.ts';

const DATABASE = 'waybill';

export interface Database {
  url: string;
  /** Stops what was started here; nothing where DATABASE_URL named a database. */
  stop(): Promise<void>;
}

/** The database named by DATABASE_URL, or the embedded one in DATA_DIR; brought up to date. */
export async function openDatabase(config: Config): Promise<Database> {
  if (config.databaseUrl !== null) {
    await migrate(config.databaseUrl);
    return { url: config.databaseUrl, stop: () => Promise.resolve() };
  }
  const cluster = await startCluster({
    dataDir: `${config.dataDir}/postgres`,
    binDir: config.pgBinDir,
    searchPath: config.searchPath,
  });
  await ensureDatabase(cluster.url('postgres'), DATABASE);
  await migrate(cluster.url(DATABASE));
  return { url: cluster.url(DATABASE), stop: () => cluster.stop() };
}

/** The service on a database that is up to date; initialised, not listening yet. */
export async function createApp(config: Config, databaseUrl: string): Promise<NestFastifyApplication> {
  const logger = makeLogger(config.logLevel);
  const adapter = makeAdapter();
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.for(config, databaseUrl), adapter, {
    logger: new JsonLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  await equip(app.getHttpAdapter().getInstance(), logger);
  describe(app, config.publicUrl);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  app.get(Readiness).isReady = true;
  return app;
}

/** Readiness off, no new work, what runs is finished, leases given back, connections closed. */
export async function closeApp(app: NestFastifyApplication): Promise<void> {
  app.get(Readiness).isReady = false;
  await app.get(Ticks).stop();
  await app.get(Relay).stop();
  const clock = app.get(Clock);
  if (clock instanceof SandboxClock) clock.stop();
  await app.close();
}
