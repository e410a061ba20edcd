import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { rows, type Db } from '../database/sql.ts';
import { Timers } from '../events/timers.ts';
import { DAY_MS, realNow } from '../kernel/clock.ts';

/** Answers are kept as they were for so long; after that without the buyer's address (api.md, Idempotency-Key). */
const KEPT_DAYS = 30;
const AT_ONCE = 500;

interface KeptRow {
  owner_id: string;
  key: string;
  body: string;
}

/** The buyers' data in answers that are kept under idempotency keys: they go when the order's do, and with time. */
@Injectable()
export class KeptAnswers implements OnModuleInit {
  private sweptAt = 0;

  constructor(private readonly timers: Timers) {}

  onModuleInit(): void {
    this.timers.register({
      name: 'http.kept_answers',
      realTime: true,
      nextDue: () => Promise.resolve(null), // never part of a jump
      run: (db, now) => this.sweep(db, now),
    });
  }

  /** @param id as the API writes it; every answer to the owner that names it loses its addresses */
  async forgetAddress(tx: EntityManager, ownerId: string, id: string): Promise<void> {
    const kept = await rows<KeptRow>(
      tx,
      `SELECT owner_id, key, body FROM idempotency
       WHERE owner_id = $1 AND NOT sealed AND body LIKE '%"ship_to":{%' AND position($2 IN body) > 0`,
      [ownerId, id],
    );
    await this.rewrite(tx, kept);
  }

  /** @param now real time */
  async sweep(db: DataSource, now: Date): Promise<number> {
    if (now.getTime() - this.sweptAt < DAY_MS) return 0;
    this.sweptAt = now.getTime();
    const old = new Date(realNow().getTime() - KEPT_DAYS * DAY_MS);
    for (let done = 0; ;) {
      const kept = await rows<KeptRow>(
        db,
        `SELECT owner_id, key, body FROM idempotency
         WHERE created_at < $1 AND NOT sealed AND body LIKE '%"ship_to":{%' LIMIT $2`,
        [old, AT_ONCE],
      );
      await this.rewrite(db, kept);
      done += kept.length;
      if (kept.length < AT_ONCE) return done;
    }
  }

  private async rewrite(db: Db, kept: readonly KeptRow[]): Promise<void> {
    if (kept.length === 0) return;
    await rows(
      db,
      `UPDATE idempotency i SET body = k.body FROM unnest($1::uuid[], $2::text[], $3::text[]) AS k(owner_id, key, body)
       WHERE i.owner_id = k.owner_id AND i.key = k.key`,
      [kept.map((k) => k.owner_id), kept.map((k) => k.key), kept.map((k) => withoutAddress(k.body))],
    );
  }
}

/** As an erased order is shown. */
function withoutAddress(body: string): string {
  return JSON.stringify(JSON.parse(body, (name, value: unknown) => (name === 'ship_to' ? null : value)));
}
