import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.ts';
import type { Config } from './config.ts';
import { startCluster } from './database/embedded-postgres.ts';
import { makeFolder } from './database/folder.ts';
import { ensureDatabase, migrate } from './database/migrate.ts';
import { SandboxClock } from './database/sandbox-clock.ts';
import { sqlState } from './database/sql-state.ts';
import { Relay } from './events/relay.ts';
import { Ticks } from './events/ticks.ts';
import { JsonLogger, makeLogger } from './http/logger.ts';
import { publish } from './docs/openapi.ts';
import { Metrics } from './http/metrics.ts';
import { Readiness } from './http/readiness.ts';
import { equip, makeAdapter } from './http/server.ts';
import { Clock } from './kernel/clock.ts';

const DATABASE = 'waybill';
/** No connection, no such user or password or database, not yet or no longer running, too many connections. */
const CANNOT_CONNECT = /^(08\w{3}|28\w{3}|3D000|53300|57P0[1-3])$/;
const NOT_ALLOWED = '42501';
const MAY_NOT =
  'The user of DATABASE_URL may not do what the migrations do: it owns the database, and needs CREATEROLE, ' +
  'or the roles waybill_app and waybill_house granted to it; the guide on running it has the statements.';
/** So long callers may find out that the service stops. */
const FAREWELL_MS = 1_000;
/** Connections that are still busy so long after that are cut: a half-sent request must not hold it up. */
const PATIENCE_MS = 5_500;
const IDLE_LOOK_MS = 50;

const log = new Logger('service');

/** The start cannot be, for a reason that whoever started it can mend; told without a stack. */
export class CannotStart extends Error {}

export interface Database {
  url: string;
  /** Names of the migrations that ran now. */
  migrated: string[];
  /** Stops what was started here; nothing where DATABASE_URL named a database. */
  stop(): Promise<void>;
}

/**
 * The database named by DATABASE_URL, or the embedded one in DATA_DIR; brought up to date.
 * @throws CannotStart the database does not answer, or its folder cannot be used
 */
export async function openDatabase(config: Config): Promise<Database> {
  if (config.databaseUrl !== null) {
    const migrated = await migrateNamed(config.databaseUrl);
    return { url: config.databaseUrl, migrated, stop: () => Promise.resolve() };
  }
  makeDataDir(config.dataDir);
  const cluster = await startCluster({
    dataDir: `${config.dataDir}/postgres`,
    binDir: config.pgBinDir,
    searchPath: config.searchPath,
  });
  await ensureDatabase(cluster.url('postgres'), DATABASE);
  const migrated = await migrate(cluster.url(DATABASE));
  return { url: cluster.url(DATABASE), migrated, stop: () => cluster.stop() };
}

function makeDataDir(dataDir: string): void {
  try {
    makeFolder(dataDir);
  } catch (error) {
    throw new CannotStart(
      `The folder of DATA_DIR cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function migrateNamed(url: string): Promise<string[]> {
  try {
    return await migrate(url);
  } catch (error) {
    if (sqlState(error) === NOT_ALLOWED) throw new CannotStart(`${MAY_NOT} (${String(error)})`);
    if (!CANNOT_CONNECT.test(sqlState(error))) throw error;
    const reason = error instanceof AggregateError ? error.errors.map(String).join(', ') : String(error);
    throw new CannotStart(`The database of DATABASE_URL cannot be used: ${reason}`);
  }
}

/** The service on a database that is up to date; initialised, not listening yet. */
export async function createApp(config: Config, databaseUrl: string): Promise<NestFastifyApplication> {
  const logger = makeLogger(config.logLevel);
  const adapter = makeAdapter(config.trustedProxies);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.for(config, databaseUrl), adapter, {
    logger: new JsonLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  await equip(app.getHttpAdapter().getInstance(), logger, { metrics: app.get(Metrics), readiness: app.get(Readiness) });
  publish(app, config.publicUrl);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  app.get(Readiness).isReady = true;
  return app;
}

/** Takes requests. @throws CannotStart the port is not to be had */
export async function listen(app: NestFastifyApplication, config: Config): Promise<void> {
  try {
    await app.listen(config.port, '0.0.0.0');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new CannotStart(`Port ${config.port} is in use; set PORT to a free one.`);
    if (code === 'EACCES') throw new CannotStart(`Port ${config.port} needs more rights; set PORT to one above 1023.`);
    throw error;
  }
}

/** Readiness off, nothing new is taken, what runs is finished, leases are given back, connections closed. */
export async function closeApp(app: NestFastifyApplication): Promise<void> {
  app.get(Readiness).isReady = false;
  const clock = app.get(Clock);
  if (clock instanceof SandboxClock) clock.stop();
  await inOrder('callers', () => dismissCallers(app));
  await inOrder('requests', () => finishRequests(app));
  await inOrder('timers', () => app.get(Ticks).stop());
  await inOrder('relay', () => app.get(Relay).stop());
  await inOrder('connections', () => app.close());
}

/**
 * What a caller sends on a connection that is closed just then is lost: each answer says that it is the connection's
 * last, and who is not served any more has left by then.
 */
async function dismissCallers(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer();
  const connections = promisify(server.getConnections.bind(server));
  const end = performance.now() + FAREWELL_MS;
  while (performance.now() < end && (await connections()) > 0) await pause(IDLE_LOOK_MS);
}

/** A caller's connection outlives its last answer: it is closed as soon as it is idle, and cut when patience ends. */
async function finishRequests(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer();
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_LOOK_MS);
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, PATIENCE_MS);
  try {
    await app.getHttpAdapter().getInstance().close();
  } finally {
    clearInterval(idle);
    clearTimeout(cut);
  }
}

/** A part of the stop that fails (the database may be away) must not keep the others from theirs. */
async function inOrder(part: string, stop: () => Promise<unknown>): Promise<void> {
  try {
    await stop();
  } catch (error) {
    log.warn({ msg: 'stopped without order', part, err: error instanceof Error ? error.message : String(error) });
  }
}
