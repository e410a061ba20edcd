const MAX_AGE_MS = 5_000;
const MAX_ENTRIES = 20_000;

interface Entry<T> {
  value: Promise<T | null>;
  loadedAt: number;
}

/**
 * What was looked up in the last 5 seconds, by key: so long at the most may a revocation take in another process
 * (reliability.md). What is not there is not remembered. Callers at the same time share one look-up.
 */
export class Recent<T> {
  private readonly entries = new Map<string, Entry<T>>();

  async get(key: string, load: () => Promise<T | null>): Promise<T | null> {
    const kept = this.entries.get(key);
    return kept !== undefined && performance.now() - kept.loadedAt < MAX_AGE_MS ? kept.value : this.fresh(key, load);
  }

  /** Looks it up whatever is known, and keeps it for others. */
  async fresh(key: string, load: () => Promise<T | null>): Promise<T | null> {
    const entry: Entry<T> = { value: load(), loadedAt: performance.now() };
    this.entries.delete(key); // to its place at the end: the oldest stand first
    this.entries.set(key, entry);
    this.dropOldest();
    try {
      const value = await entry.value;
      if (value === null) this.forget(key, entry);
      return value;
    } catch (error) {
      this.forget(key, entry);
      throw error;
    }
  }

  drop(key: string): void {
    this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }

  private forget(key: string, entry: Entry<T>): void {
    if (this.entries.get(key) === entry) this.entries.delete(key);
  }

  private dropOldest(): void {
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= MAX_ENTRIES) return;
      this.entries.delete(oldest);
    }
  }
}
