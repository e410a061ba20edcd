import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { inTransaction } from '../database/transaction.ts';
import { Timers, type Timer } from '../events/timers.ts';
import { Renewals } from './billing/renewals.ts';
import { dueMembers, nextDue } from './membership.store.ts';

const BATCH = 100;

/** Renews, duns and downgrades, each at its instant (product.md, Memberships). */
@Injectable()
export class MembershipsCron implements OnModuleInit, Timer {
  readonly name = 'memberships: due';
  private readonly log = new Logger('memberships');

  constructor(
    private readonly timers: Timers,
    private readonly renewals: Renewals,
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
      const due = (await dueMembers(db, now, BATCH + failed.size)).filter((id) => !failed.has(id));
      if (due.length === 0) return done;
      for (const merchantId of due) {
        try {
          if (await inTransaction(db, (tx) => this.renewals.advance(tx, merchantId, now))) done += 1;
        } catch (error) {
          failed.add(merchantId);
          const err = error instanceof Error ? error.message : String(error);
          this.log.error({ msg: 'membership not collected', merchant: merchantId, err });
        }
      }
    }
  }
}
