const MAX_AGE_MS = 5_000;
const MAX_ENTRIES = 20_000;

interface Entry<T> {
  value: T;
  loadedAt: number;
}

/**
 * What was looked up in the last 5 seconds, by key: so long at the most may a revocation take in another process
 * (reliability.md). What is not there is not remembered.
 */
export class Recent<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private readonly loading = new Map<string, Promise<T | null>>();
  private drops = 0;

  /**
   * What is known, or what is looked up now; callers at the same time share one look-up and its failure.
   * @param load in nobody's transaction: what fails there is that transaction's alone
   */
  async get(key: string, load: () => Promise<T | null>): Promise<T | null> {
    return this.known(key) ?? (await (this.loading.get(key) ?? this.shared(key, load)));
  }

  /** Undefined: nothing is. */
  known(key: string): T | undefined {
    const kept = this.entries.get(key);
    return kept !== undefined && performance.now() - kept.loadedAt < MAX_AGE_MS ? kept.value : undefined;
  }

  /**
   * For a look-up that begins now.
   * @returns keeps what it found, unless something was dropped meanwhile: it may be what has changed
   */
  keeping(key: string): (value: T) => void {
    const [loadedAt, drops] = [performance.now(), this.drops];
    return (value) => {
      if (drops !== this.drops) return;
      this.entries.delete(key); // to its place at the end: the oldest stand first
      this.entries.set(key, { value, loadedAt });
      this.dropOldest();
    };
  }

  drop(key: string): void {
    this.drops += 1;
    this.entries.delete(key);
    this.loading.delete(key);
  }

  private async shared(key: string, load: () => Promise<T | null>): Promise<T | null> {
    const keep = this.keeping(key);
    const loading = load();
    this.loading.set(key, loading);
    try {
      const value = await loading;
      if (value !== null) keep(value);
      return value;
    } finally {
      if (this.loading.get(key) === loading) this.loading.delete(key);
    }
  }

  private dropOldest(): void {
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= MAX_ENTRIES) return;
      this.entries.delete(oldest);
    }
  }
}
