import pg from 'pg';
import { DataSource } from 'typeorm';
import { HeardClient, ownerOptions } from './data-source.ts';

/** Any number that nobody else uses: TypeORM takes no lock of its own, and several starts at once must migrate once. */
const MIGRATION_LOCK = 7_294_001;
/** A database that takes connections and says nothing is none. */
const CONNECT_MS = 5_000;

/**
 * Brings the database up to date; several processes may call it at once.
 * @returns the names of the migrations that ran here
 */
export async function migrate(url: string): Promise<string[]> {
  const lock = new HeardClient({
    connectionString: url,
    application_name: 'waybill migrate',
    connectionTimeoutMillis: CONNECT_MS,
  });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const db = await new DataSource(ownerOptions(url)).initialize();
    try {
      return (await db.runMigrations({ transaction: 'each' })).map((m) => m.name);
    } finally {
      await db.destroy();
    }
  } finally {
    await lock.end();
  }
}

/** Makes a database of that name in the cluster, where there is none. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    if ((error as { code?: string }).code !== '42P04' && (error as { code?: string }).code !== '23505') throw error; // another start made it
  } finally {
    await client.end();
  }
}
