import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { inTransaction } from '../../database/transaction.ts';
import { Timers, type Timer } from '../../events/timers.ts';
import { expiredAt, nextExpiry, type ReturnKey } from './return.store.ts';
import { Returning } from './returning.ts';

const BATCH = 100;

/** Ends authorised returns whose time is over, each at its instant (policies.md, `code_valid_days`). */
@Injectable()
export class ReturnsCron implements OnModuleInit, Timer {
  readonly name = 'aftersales: returns out of time';
  private readonly log = new Logger('aftersales');

  constructor(
    private readonly timers: Timers,
    private readonly returning: Returning,
  ) {}

  onModuleInit(): void {
    this.timers.register(this);
  }

  nextDue(db: DataSource): Promise<Date | null> {
    return nextExpiry(db);
  }

  /** One that fails is tried at the next tick; it does not hold up the others. */
  async run(db: DataSource, now: Date): Promise<number> {
    let done = 0;
    const failed = new Set<string>();
    for (;;) {
      const due = (await expiredAt(db, now, BATCH + failed.size)).filter(({ returnId }) => !failed.has(returnId));
      if (due.length === 0) return done;
      for (const key of due) {
        if (await this.expire(db, key)) done += 1;
        else failed.add(key.returnId);
      }
    }
  }

  private async expire(db: DataSource, key: ReturnKey): Promise<boolean> {
    try {
      await inTransaction(db, (tx) => this.returning.expire(tx, key));
      return true;
    } catch (error) {
      const err = error instanceof Error ? error.message : String(error);
      this.log.error({ msg: 'a return out of time was not ended', return: key.returnId, err });
      return false;
    }
  }
}
