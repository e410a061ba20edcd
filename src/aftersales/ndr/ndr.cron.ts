import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { inTransaction } from '../../database/transaction.ts';
import { Timers, type Timer } from '../../events/timers.ts';
import { FailedDeliveries } from './failed-deliveries.ts';
import { dueAt, nextDue, type FailedDelivery } from './failed-delivery.store.ts';

const BATCH = 100;

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

  nextDue(db: DataSource): Promise<Date | null> {
    return nextDue(db);
  }

  /** One that fails is tried at the next tick; it does not hold up the others. */
  async run(db: DataSource, now: Date): Promise<number> {
    let done = 0;
    const failed = new Set<string>();
    for (;;) {
      const due = (await dueAt(db, now, BATCH + failed.size)).filter(({ id }) => !failed.has(id));
      if (due.length === 0) return done;
      for (const failure of due) {
        if (await this.expire(db, failure)) done += 1;
        else failed.add(failure.id);
      }
    }
  }

  private async expire(db: DataSource, failure: FailedDelivery): Promise<boolean> {
    try {
      return await inTransaction(db, (tx) => this.failures.expire(tx, failure));
    } catch (error) {
      const err = error instanceof Error ? error.message : String(error);
      this.log.error({ msg: 'an unanswered attempt was not ended', package: failure.packageId, err });
      return false;
    }
  }
}
