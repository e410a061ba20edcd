import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { startCluster, type Cluster } from '../../src/database/embedded-postgres.ts';
import { migrate } from '../../src/database/migrate.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
let cluster: Cluster | null = null;

/** The same migrations, the same template: changed ones make a new one. */
function templateName(): string {
  const hash = createHash('sha256');
  const dir = path.join(ROOT, 'migrations');
  for (const file of fs.readdirSync(dir).sort()) hash.update(fs.readFileSync(path.join(dir, file)));
  return `template_${hash.digest('hex').slice(0, 12)}`;
}

/**
 * Starts the tests' PostgreSQL (TEST_DATABASE_URL names one of the reader's own instead) and makes the template that
 * every spec file clones.
 */
export async function startTestCluster(): Promise<void> {
  let url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) {
    cluster = await startCluster({
      dataDir: path.join(ROOT, '.cache/test-postgres'),
      fast: true,
      binDir: process.env['PG_BIN_DIR'] ?? null,
      searchPath: process.env['PATH'] ?? '',
    });
    url = cluster.url('postgres');
    if (!cluster.adopted) await dropLeftovers(url);
  }
  const template = templateName();
  await makeTemplate(url, template);
  process.env['TEST_CLUSTER_URL'] = url;
  process.env['TEST_TEMPLATE'] = template;
}

export async function stopTestCluster(): Promise<void> {
  await cluster?.stop();
}

/** Clones of runs that ended before. */
async function dropLeftovers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query<{ datname: string }>(
      `SELECT datname FROM pg_database WHERE datname ~ '^(spec|template)_'`,
    );
    for (const { datname } of found.rows) {
      await client.query(`ALTER DATABASE ${datname} IS_TEMPLATE false`);
      await client.query(`DROP DATABASE ${datname} WITH (FORCE)`);
    }
  } finally {
    await client.end();
  }
}

export function databaseUrl(clusterUrl: string, name: string): string {
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

async function makeTemplate(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(7294002)'); // several runs at once make it once
    const found = await client.query('SELECT datistemplate FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 1 && (found.rows[0] as { datistemplate: boolean }).datistemplate) return;
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name}`);
    await migrate(databaseUrl(url, name));
    await client.query(`ALTER DATABASE ${name} IS_TEMPLATE true`);
  } finally {
    await client.end();
  }
}
