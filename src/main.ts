import type { Logger } from 'pino';
import { runCommand } from './cli/command.ts';
import { readConfig } from './config.ts';
import { makeLogger } from './http/logger.ts';
import { closeApp, createApp, listen, openDatabase } from './service.ts';

/** A stop that takes longer than this is cut short: whoever asked would kill us at 10 s. */
const STOP_LIMIT_MS = 9_000;
/** SIGHUP: the terminal is closed; without an order the embedded PostgreSQL would outlive the service. */
const STOPS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** The first request to stop; further ones change nothing (Ctrl-C under npm arrives twice). */
class Stop {
  private resolve: () => void = () => undefined;
  readonly asked = new Promise<void>((resolve) => {
    this.resolve = resolve;
  });
  private isAsked = false;

  constructor(private readonly say: (text: string) => void) {
    for (const signal of STOPS)
      process.on(signal, () => {
        this.ask(signal);
      });
  }

  ask(why: string): void {
    if (this.isAsked) return;
    this.isAsked = true;
    this.say(`${why}: finishing what runs`);
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    this.resolve();
  }
}

/**
 * Faults of ours that nobody caught, logged as the others are. After a promise that failed unheard the service goes on:
 * what matters is in transactions, whose end is awaited. After an error that was thrown past everybody nobody knows what
 * was left half-done: the process ends in order, with 1, and is started anew by whoever watches it.
 */
function hearFaults(logger: Logger, stop: Stop): void {
  process.on('unhandledRejection', (reason) => {
    logger.error({ msg: 'a promise failed unheard', err: describe(reason) });
  });
  process.on('uncaughtException', (error) => {
    logger.fatal({ msg: 'an error that nobody caught', err: describe(error) });
    process.exitCode = 1;
    stop.ask('Uncaught error');
  });
  // whoever read what we print may leave before us
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** To a person at a terminal in plain words; to whoever collects logs as one of their lines. */
function sayer(logger: Logger): (text: string) => void {
  return (text) => {
    if (process.stdout.isTTY) process.stdout.write(`${text}\n`);
    else logger.info({ msg: text });
  };
}

function describe(error: unknown): { message: string; stack?: string | undefined } {
  return error instanceof Error ? { message: error.message, stack: error.stack } : { message: String(error) };
}

runCommand(async () => {
  const config = readConfig();
  const logger = makeLogger(config.logLevel);
  const say = sayer(logger);
  const stop = new Stop(say); // heard from here on: a start that is asked to stop ends in order, too
  hearFaults(logger, stop);
  const database = await openDatabase(config);
  const app = await createApp(config, database.url);
  try {
    await listen(app, config);
    say(`Waybill listens on ${config.publicUrl} (docs: ${config.publicUrl}/docs)`);
    await stop.asked;
  } finally {
    await closeApp(app);
    await database.stop();
  }
});
