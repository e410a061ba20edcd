import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '../../database/scope.ts';
import { runDue } from '../../events/due.ts';
import { Timers, type Timer } from '../../events/timers.ts';
import { FailedDeliveries } from './failed-deliveries.ts';
import { dueAt, nextDue } from './failed-delivery.store.ts';

/** Lets the default count where nobody answered in time, each at its instant (product.md, NDR). */
@Injectable()
export class NdrCron implements OnModuleInit, Timer {
  readonly name = 'aftersales: unanswered attempts';
  private readonly log = new Logger('aftersales');

  constructor(
    private readonly timers: Timers,
    private readonly failures: FailedDeliveries,
  ) {}

  onModuleInit(): void {
    this.timers.register(this);
  }

  nextDue(db: Scope): Promise<Date | null> {
    return nextDue(db);
  }

  run(db: Scope, now: Date): Promise<number> {
    return runDue(db, this.log, {
      due: (limit) => dueAt(db, now, limit),
      key: ({ id }) => id,
      work: (tx, failure) => this.failures.expire(tx, failure),
      failed: ({ packageId }) => ({ msg: 'an unanswered attempt was not ended', package: packageId }),
    });
  }
}
