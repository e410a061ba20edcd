import type { EntityManager } from 'typeorm';
import { Clock } from '../kernel/clock.ts';
import type { Scope } from './scope.ts';
import { one, rows } from './sql.ts';
import { afterCommit } from './transaction.ts';

const REFRESH_MS = 250;

/**
 * The sandbox's clock: one row of the database, shared by all processes and kept over restarts. It starts at the real
 * time and stands still until told (api.md, Clocks).
 */
export class SandboxClock extends Clock {
  readonly isSandbox = true;
  private current = new Date(0);
  private refreshing: NodeJS.Timeout | null = null;
  private isAsking = false;

  now(): Date {
    return new Date(this.current);
  }

  /**
   * Reads the row, made on the first start, and goes on reading what other processes do to it.
   * @param from where a new clock starts; null: the real time
   */
  async start(db: Scope, from: Date | null): Promise<void> {
    await rows(
      db,
      `INSERT INTO sandbox_clock (now) VALUES (date_trunc('milliseconds', coalesce($1::timestamptz, clock_timestamp()))) ON CONFLICT DO NOTHING`,
      [from],
    );
    await this.refresh(db);
    this.refreshing = setInterval(() => void this.refreshQuietly(db), REFRESH_MS).unref();
  }

  stop(): void {
    if (this.refreshing !== null) clearInterval(this.refreshing);
  }

  /** Moves the clock, never backwards; here at once, elsewhere within a quarter of a second. */
  async moveTo(tx: EntityManager, at: Date): Promise<void> {
    await rows(tx, `UPDATE sandbox_clock SET now = greatest(now, $1)`, [at]);
    afterCommit(tx, () => {
      if (at > this.current) this.current = at;
    });
  }

  private async refresh(db: Scope): Promise<void> {
    const row = await one<{ now: Date }>(db, `SELECT now FROM sandbox_clock`);
    if (row !== null && row.now > this.current) this.current = row.now;
  }

  private async refreshQuietly(db: Scope): Promise<void> {
    if (this.isAsking) return; // while the database is slow, questions must not fill the pool
    this.isAsking = true;
    try {
      await this.refresh(db);
    } catch {
      // the database is away: /health/ready says so, and the next look-up comes in a moment
    } finally {
      this.isAsking = false;
    }
  }
}
