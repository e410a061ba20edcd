import { stopTestCluster } from './cluster.ts';

export default async function globalTeardown(): Promise<void> {
  await stopTestCluster();
}
