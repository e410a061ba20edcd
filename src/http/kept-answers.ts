import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Scope } from '../database/scope.ts';
import { rows, type Db } from '../database/sql.ts';
import { Timers } from '../events/timers.ts';
import { DAY_MS, realNow } from '../kernel/clock.ts';
import { likePatterns, withoutBuyer } from './personal.ts';

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

  /**
   * Every answer that names one of the things, or says one of the words, loses its buyer.
   * @param owners merchants, and people of the operator's, whose keys answers are kept under
   * @param buyer.ids as the API writes them
   */
  async forget(
    tx: EntityManager,
    owners: readonly string[],
    { ids, words }: { ids: readonly string[]; words: readonly string[] },
  ): Promise<void> {
    const kept = await rows<KeptRow>(
      tx,
      `SELECT owner_id, key, body FROM idempotency WHERE owner_id = ANY ($1::uuid[]) AND NOT sealed AND body ILIKE ANY ($2::text[])`,
      [owners, likePatterns([...ids, ...words])],
    );
    await this.rewrite(tx, kept, words);
  }

  /** @param now real time */
  async sweep(db: Scope, now: Date): Promise<number> {
    if (now.getTime() - this.sweptAt < DAY_MS) return 0;
    const old = new Date(realNow().getTime() - KEPT_DAYS * DAY_MS);
    for (let done = 0; ;) {
      const kept = await rows<KeptRow>(
        db,
        `SELECT owner_id, key, body FROM idempotency
         WHERE created_at < $1 AND NOT sealed AND body LIKE '%"ship_to":{%' ORDER BY created_at LIMIT $2`,
        [old, AT_ONCE],
      );
      await this.rewrite(db, kept, []);
      done += kept.length;
      if (kept.length >= AT_ONCE) continue;
      this.sweptAt = now.getTime();
      return done;
    }
  }

  private async rewrite(db: Db, kept: readonly KeptRow[], words: readonly string[]): Promise<void> {
    if (kept.length === 0) return;
    await rows(
      db,
      `UPDATE idempotency i SET body = k.body FROM unnest($1::uuid[], $2::text[], $3::text[]) AS k(owner_id, key, body)
       WHERE i.owner_id = k.owner_id AND i.key = k.key`,
      [kept.map((k) => k.owner_id), kept.map((k) => k.key), kept.map((k) => withoutBuyer(k.body, words))],
    );
  }
}
