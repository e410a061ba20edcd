import { createHash } from 'node:crypto';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { RateLimiterMemory } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import { asHouse } from '../database/scope.ts';
import { rows } from '../database/sql.ts';
import { realNow } from '../kernel/clock.ts';

const SHARE_MS = 1_000;
const WINDOW_MS = 60_000;
/** Windows are of no use once they are over. */
const SWEEP_MS = 5 * WINDOW_MS;

/** What this process counted of one caller in the window, and what it knows of the others. */
interface Shared {
  limiter: RateLimiterMemory;
  caller: string;
  untold: number;
  told: number;
  others: number;
}

interface Total {
  bucket: string;
  points: number;
}

/**
 * Makes the processes' counts one: each counts by itself, without the database on the way of a request, and once a
 * second tells the others and hears of theirs (reliability.md, Security settings: shared by all instances). So a caller
 * may exceed a limit by what the others take within that second; small limits are told and heard with each call.
 */
@Injectable()
export class SharedCounts implements BeforeApplicationShutdown {
  private readonly log = new Logger('limits');
  private counts = new Map<string, Shared>();
  private window = 0;
  private sharing: Promise<void> | null = null;

  constructor(private readonly db: DataSource) {}

  /** @param kind names the limiter, alike in all processes */
  add(kind: string, limiter: RateLimiterMemory, caller: string): void {
    this.of(bucketOf(kind, caller), limiter, caller).untold += 1;
  }

  /**
   * As `add`, told at once: for small limits, which are exact.
   * @returns the how manieth call of the window it is among all processes; null: the others cannot be asked
   */
  async addNow(kind: string, limiter: RateLimiterMemory, caller: string): Promise<number | null> {
    const bucket = bucketOf(kind, caller);
    const counted = this.of(bucket, limiter, caller);
    counted.told += 1;
    const told = await this.quietly(() => this.tell([bucket], [1], new Map([[bucket, counted]])));
    if (told === null) takeBack(counted, 1);
    return told?.[0]?.points ?? null;
  }

  private of(bucket: string, limiter: RateLimiterMemory, caller: string): Shared {
    this.turn();
    const known = this.counts.get(bucket) ?? { limiter, caller, untold: 0, told: 0, others: 0 };
    this.counts.set(bucket, known);
    return known;
  }

  @Interval(SHARE_MS)
  share(): Promise<void> {
    this.sharing ??= this.tellAndHear().finally(() => {
      this.sharing = null;
    });
    return this.sharing;
  }

  @Interval(SWEEP_MS)
  async sweep(): Promise<void> {
    const before = new Date(realNow().getTime() - 2 * WINDOW_MS);
    await this.quietly(() => rows(asHouse(this.db), `DELETE FROM rate_count WHERE window_at < $1`, [before]));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sharing;
  }

  private turn(): void {
    const window = Math.floor(realNow().getTime() / WINDOW_MS) * WINDOW_MS;
    if (window === this.window) return;
    this.window = window;
    this.counts = new Map();
  }

  private async tellAndHear(): Promise<void> {
    this.turn();
    const { counts } = this;
    const active = [...counts].filter(([, { untold }]) => untold > 0).sort(([a], [b]) => (a < b ? -1 : 1));
    if (active.length === 0) return;
    const points = active.map(([, shared]) => shared.untold);
    for (const [, shared] of active) {
      shared.told += shared.untold;
      shared.untold = 0;
    }
    const buckets = active.map(([bucket]) => bucket);
    if ((await this.quietly(() => this.tell(buckets, points, counts))) !== null) return;
    for (const [i, [, shared]] of active.entries()) takeBack(shared, points[i] ?? 0);
  }

  private async tell(
    buckets: readonly string[],
    points: readonly number[],
    counts: ReadonlyMap<string, Shared>,
  ): Promise<Total[]> {
    const totals = await rows<Total>(
      asHouse(this.db),
      `INSERT INTO rate_count AS c (bucket, window_at, points)
       SELECT bucket, $2, points FROM unnest($1::text[], $3::int[]) AS told(bucket, points)
       ON CONFLICT (bucket, window_at) DO UPDATE SET points = c.points + excluded.points RETURNING bucket, points`,
      [buckets, new Date(this.window), points],
    );
    for (const { bucket, points: total } of totals) await this.hear(counts.get(bucket), total);
    return totals;
  }

  /** What others took counts here as well. */
  private async hear(shared: Shared | undefined, total: number): Promise<void> {
    if (shared === undefined) return;
    const more = total - shared.told - shared.others;
    if (more <= 0) return;
    shared.others += more;
    await shared.limiter.penalty(shared.caller, more);
  }

  private async quietly<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      // each process goes on with its own counts
      this.log.warn({ msg: 'counts not shared', err: error instanceof Error ? error.message : String(error) });
      return null;
    }
  }
}

/** It was not told, or nobody knows whether it was: better for the rest of the minute twice than never. */
function takeBack(shared: Shared, points: number): void {
  shared.told -= points;
  shared.untold += points;
}

/** The table holds no address and no id. */
function bucketOf(kind: string, caller: string): string {
  return createHash('sha256').update(`${kind}:${caller}`).digest('base64url').slice(0, 22);
}
