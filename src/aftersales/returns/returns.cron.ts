import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '../../database/scope.ts';
import { runDue } from '../../events/due.ts';
import { Timers, type Timer } from '../../events/timers.ts';
import { expiredAt, nextExpiry } from './return.store.ts';
import { Returning } from './returning.ts';

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

  nextDue(db: Scope): Promise<Date | null> {
    return nextExpiry(db);
  }

  run(db: Scope, now: Date): Promise<number> {
    return runDue(db, this.log, {
      due: (limit) => expiredAt(db, now, limit),
      key: ({ returnId }) => returnId,
      work: (tx, key) => this.returning.expire(tx, key),
      failed: ({ returnId }) => ({ msg: 'a return out of time was not ended', return: returnId }),
    });
  }
}
