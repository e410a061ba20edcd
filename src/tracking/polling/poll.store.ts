import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { one, rows, type Db } from '../../database/sql.ts';
import { inTransaction } from '../../database/transaction.ts';
import type { PackageKey } from '../tracking.records.ts';

/** A package that one source is asked about. */
export interface Poll extends PackageKey {
  source: string;
  number: string;
  failures: number;
  lastLook: boolean;
}

const MINUTE_MS = 60_000;
const LEASE_MS = 2 * MINUTE_MS;
/** After so many failures in a row nothing of a source works: it is left alone. */
const ILL_AFTER = 5;

/** When which courier is asked about what. All times are real ones. */
@Injectable()
export class PollStore {
  constructor(private readonly db: DataSource) {}

  /** A label came, or a new one: its number is asked about from `dueAt` on. */
  async watch(
    tx: EntityManager,
    { merchantId, packageId }: PackageKey,
    about: { source: string; number: string; dueAt: Date },
  ): Promise<void> {
    await rows(
      tx,
      `INSERT INTO tracking_poll (merchant_id, package_id, source, number, due_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (merchant_id, package_id, source) DO UPDATE SET number = excluded.number, due_at = excluded.due_at,
         failures = 0, last_look = false`,
      [merchantId, packageId, about.source, about.number, about.dueAt],
    );
  }

  /** As watch, for many packages of many merchants; those that are watched stay as they are. */
  async watchAll(
    db: Db,
    all: readonly (PackageKey & { source: string; number: string; dueAt: Date })[],
  ): Promise<void> {
    if (all.length === 0) return;
    await rows(
      db,
      `INSERT INTO tracking_poll (merchant_id, package_id, source, number, due_at)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) ON CONFLICT DO NOTHING`,
      [
        ...[all.map((p) => p.merchantId), all.map((p) => p.packageId), all.map((p) => p.source)],
        ...[all.map((p) => p.number), all.map((p) => p.dueAt)],
      ],
    );
  }

  /** Is asked about at once, ended or not. */
  async askNow(
    db: Db,
    { merchantId, packageId }: PackageKey,
    about: { source: string; number: string; at: Date },
  ): Promise<void> {
    await rows(
      db,
      `INSERT INTO tracking_poll (merchant_id, package_id, source, number, due_at, last_look) VALUES ($1, $2, $3, $4, $5, true)
       ON CONFLICT (merchant_id, package_id, source) DO UPDATE SET due_at = excluded.due_at, last_look = true`,
      [merchantId, packageId, about.source, about.number, about.at],
    );
  }

  /**
   * Takes what is due for this process, within what the source is asked in a minute; nobody else gets it until the
   * lease is over. The source's row is locked meanwhile, so that all processes together keep to its limit.
   */
  async claim(source: string, perMinute: number, now: Date): Promise<Poll[]> {
    const minute = new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS);
    return inTransaction(asHouse(this.db), async (tx) => {
      const room = await this.roomOf(tx, source, { minute, perMinute, now });
      if (room <= 0) return [];
      const claimed = await rows<Poll>(
        tx,
        `UPDATE tracking_poll p SET leased_until = $3
         FROM (SELECT merchant_id, package_id FROM tracking_poll
           WHERE source = $1 AND due_at <= $2 AND (leased_until IS NULL OR leased_until <= $2)
           ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED) AS due
         WHERE p.merchant_id = due.merchant_id AND p.package_id = due.package_id AND p.source = $1
         RETURNING p.merchant_id AS "merchantId", p.package_id AS "packageId", p.source, p.number, p.failures, p.last_look AS "lastLook"`,
        [source, now, new Date(now.getTime() + LEASE_MS), room],
      );
      await rows(tx, `UPDATE tracking_poll_source SET used = used + $2 WHERE source = $1`, [source, claimed.length]);
      return claimed;
    });
  }

  /** Looks again at that instant. */
  async later(db: Db, poll: Poll, next: { at: Date; last: boolean; failures: number }): Promise<void> {
    await rows(
      db,
      `UPDATE tracking_poll SET due_at = $4, last_look = $5, failures = $6, leased_until = NULL
       WHERE merchant_id = $1 AND package_id = $2 AND source = $3`,
      [poll.merchantId, poll.packageId, poll.source, next.at, next.last, next.failures],
    );
  }

  /** Never again. */
  async end(db: Db, { merchantId, packageId, source }: Poll): Promise<void> {
    await rows(db, `DELETE FROM tracking_poll WHERE merchant_id = $1 AND package_id = $2 AND source = $3`, [
      merchantId,
      packageId,
      source,
    ]);
  }

  async pause(source: string, until: Date): Promise<void> {
    await rows(asHouse(this.db), `UPDATE tracking_poll_source SET paused_until = $2 WHERE source = $1`, [
      source,
      until,
    ]);
  }

  async sawSuccess(source: string): Promise<void> {
    await rows(asHouse(this.db), `UPDATE tracking_poll_source SET failures = 0 WHERE source = $1 AND failures > 0`, [
      source,
    ]);
  }

  /** A source of which nothing works is left alone for a minute. */
  async sawFailure(source: string, now: Date): Promise<void> {
    await rows(
      asHouse(this.db),
      `UPDATE tracking_poll_source SET failures = failures + 1,
         paused_until = CASE WHEN failures + 1 >= $2 THEN greatest(coalesce(paused_until, $3), $3) ELSE paused_until END
       WHERE source = $1`,
      [source, ILL_AFTER, new Date(now.getTime() + MINUTE_MS)],
    );
  }

  private async roomOf(
    tx: EntityManager,
    source: string,
    { minute, perMinute, now }: { minute: Date; perMinute: number; now: Date },
  ): Promise<number> {
    const row = await one<{ used: number; pausedUntil: Date | null }>(
      tx,
      `INSERT INTO tracking_poll_source AS s (source, minute, used) VALUES ($1, $2, 0)
       ON CONFLICT (source) DO UPDATE SET used = CASE WHEN s.minute = excluded.minute THEN s.used ELSE 0 END, minute = excluded.minute
       RETURNING used, paused_until AS "pausedUntil"`,
      [source, minute],
    );
    const paused = row?.pausedUntil ?? null;
    return paused !== null && paused > now ? 0 : perMinute - (row?.used ?? 0);
  }
}
