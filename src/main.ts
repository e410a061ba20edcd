import { runCommand } from './cli/command.ts';
import { readConfig } from './config.ts';
import { closeApp, createApp, listen, openDatabase } from './service.ts';

/** A stop that takes longer than this is cut short: whoever asked would kill us at 10 s. */
const STOP_LIMIT_MS = 9_000;

/** The first request to stop; further ones change nothing (Ctrl-C under npm arrives twice). */
function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals): void => {
      process.stdout.write(`${signal}: finishing what runs\n`);
      setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
      for (const name of ['SIGTERM', 'SIGINT'] as const) process.off(name, stop).on(name, () => undefined);
      resolve();
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
  });
}

runCommand(async () => {
  const config = readConfig();
  const stop = stopAsked(); // heard from here on: a start that is asked to stop ends in order, too
  const database = await openDatabase(config);
  const app = await createApp(config, database.url);
  try {
    await listen(app, config);
    await stop;
  } finally {
    await closeApp(app);
    await database.stop();
  }
});
