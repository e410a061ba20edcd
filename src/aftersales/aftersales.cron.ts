import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { inTransaction } from '../database/transaction.ts';
import { Timers, type Timer } from '../events/timers.ts';
import { AftersalesService } from './aftersales.service.ts';
import { dueAt, nextDue, type Due } from './due.store.ts';

const BATCH = 100;

/** Decides late packages and settles those whose window is over, each at its instant (product.md, Late packages). */
@Injectable()
export class AftersalesCron implements OnModuleInit, Timer {
  readonly name = 'aftersales: due packages';
  private readonly log = new Logger('aftersales');

  constructor(
    private readonly timers: Timers,
    private readonly aftersales: AftersalesService,
  ) {}

  onModuleInit(): void {
    this.timers.register(this);
  }

  nextDue(db: DataSource): Promise<Date | null> {
    return nextDue(db);
  }

  /** One that fails stays due and is tried at the next tick; it does not hold up the others. */
  async run(db: DataSource, now: Date): Promise<number> {
    let done = 0;
    const failed = new Set<string>();
    for (;;) {
      const due = (await dueAt(db, now, BATCH + failed.size)).filter((item) => !failed.has(keyOf(item)));
      if (due.length === 0) return done;
      for (const item of due) {
        if (await this.decide(db, item)) done += 1;
        else failed.add(keyOf(item));
      }
    }
  }

  private async decide(db: DataSource, due: Due): Promise<boolean> {
    try {
      await inTransaction(db, (tx) => this.aftersales.decideOnDue(tx, due));
      return true;
    } catch (error) {
      const err = error instanceof Error ? error.message : String(error);
      this.log.error({ msg: 'a due package was not decided', kind: due.kind, package: due.packageId, err });
      return false;
    }
  }
}

function keyOf({ packageId, kind }: Due): string {
  return `${packageId}:${kind}`;
}
