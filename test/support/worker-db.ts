import pg from 'pg';
import { databaseUrl } from './cluster.ts';

/** A clone of the migrated template for this spec file alone; its URL is in DATABASE_URL. */
const clusterUrl = process.env['TEST_CLUSTER_URL'];
const template = process.env['TEST_TEMPLATE'];
if (clusterUrl === undefined || template === undefined) throw new Error('The global setup has not run.');

const name = `spec_${process.pid}_${process.env['JEST_WORKER_ID'] ?? '1'}`;
const client = new pg.Client({ connectionString: clusterUrl });
await client.connect();
try {
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
} finally {
  await client.end();
}
process.env['DATABASE_URL'] = databaseUrl(clusterUrl, name);
