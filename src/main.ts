import { ConfigError, readConfig } from './config.ts';
import { closeApp, createApp, openDatabase } from './service.ts';

const STOP_LIMIT_MS = 9_000;

async function main(): Promise<void> {
  const config = readConfig();
  const database = await openDatabase(config);
  const app = await createApp(config, database.url);
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    process.stdout.write(`${signal}: finishing what runs\n`);
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    void closeApp(app)
      .then(() => database.stop())
      .then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await app.listen(config.port, '0.0.0.0');
  process.stdout.write(`Waybill listens on ${config.publicUrl} (docs: ${config.publicUrl}/docs)\n`);
}

main().catch((error: unknown) => {
  const text =
    error instanceof ConfigError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
