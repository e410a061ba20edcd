import { readConfig } from '../config.ts';
import { openDatabase } from '../service.ts';
import { runCommand } from './command.ts';

/** Brings the database up to date and says what ran. */
runCommand(async () => {
  const database = await openDatabase(readConfig());
  for (const name of database.migrated) process.stdout.write(`ran ${name}\n`);
  process.stdout.write(`The database is up to date: ${database.migrated.length} migrations ran now.\n`);
  await database.stop();
});
