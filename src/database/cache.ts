import type { EntityManager } from 'typeorm';
import type { Drops } from './drops.ts';
import { dropAfterCommit } from './transaction.ts';

const MAX_AGE_MS = 5_000;

/**
 * One value that rarely changes, kept in the process: dropped here when a change of it commits, elsewhere as soon as
 * that is heard of, and 5 seconds old at the most. Callers at the same time share one load.
 */
export class Cache<T> {
  private loading: Promise<T> | null = null;
  private loadedAt = 0;

  /** @param name alike in all processes */
  constructor(
    private readonly name: string,
    private readonly drops: Drops,
    private readonly load: () => Promise<T>,
  ) {
    drops.register(name, () => {
      this.drop();
    });
  }

  async get(): Promise<T> {
    if (this.loading === null || performance.now() - this.loadedAt > MAX_AGE_MS) {
      const loading = this.load();
      this.loading = loading;
      this.loadedAt = performance.now();
      loading.catch(() => {
        if (this.loading === loading) this.loading = null; // the caller is told; the next one tries again
      });
    }
    return this.loading;
  }

  drop(): void {
    this.loading = null;
  }

  dropAfterCommit(tx: EntityManager): void {
    dropAfterCommit(tx, () => {
      this.drop();
      this.drops.tell(this.name);
    });
  }
}
