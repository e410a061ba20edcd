import { startTestCluster } from './cluster.ts';

/** Starts the tests' own PostgreSQL and makes the migrated template that every spec file clones. */
export default async function globalSetup(): Promise<void> {
  await startTestCluster();
}
