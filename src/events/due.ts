import type { Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Scope } from '../database/scope.ts';
import { inTransaction } from '../database/transaction.ts';

const BATCH = 100;

/** Things that fall due, each by itself. */
export interface DueWork<T> {
  /** The first ones, oldest first. @param limit at most so many */
  due: (limit: number) => Promise<T[]>;
  /** What tells one from another. */
  key: (item: T) => string;
  /** Does one, with its lock; false: it was not to be done after all. */
  work: (tx: EntityManager, item: T) => Promise<unknown>;
  /** Words and facts for the log, where one fails. */
  failed: (item: T) => { msg: string } & Record<string, string>;
  /** So many at a time; left out: one after another. No two of them may want the same lock. */
  abreast?: number;
}

/**
 * Does all that is due, a transaction an item. One that fails stays due and is tried at the next tick; it does not hold
 * up the others.
 * @returns how many were done
 */
export async function runDue<T>(db: Scope, log: Logger, asked: DueWork<T>): Promise<number> {
  const { due, key, work, failed, abreast = 1 } = asked;
  let done = 0;
  const leftOut = new Set<string>();
  const doOne = async (item: T): Promise<void> => {
    try {
      if ((await inTransaction(db, (tx) => work(tx, item))) === false) leftOut.add(key(item));
      else done += 1;
    } catch (error) {
      leftOut.add(key(item));
      log.error({ ...failed(item), err: error instanceof Error ? error.message : String(error) });
    }
  };
  for (;;) {
    const items = (await due(BATCH + leftOut.size)).filter((item) => !leftOut.has(key(item)));
    if (items.length === 0) return done;
    const queue = items.values(); // shared: each takes the next one
    const takeNext = async (): Promise<void> => {
      for (const item of queue) await doOne(item);
    };
    await Promise.all(Array.from({ length: Math.min(abreast, items.length) }, takeNext));
  }
}
