import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { runDue } from '../events/due.ts';
import { Timers, type Timer } from '../events/timers.ts';
import { Renewals } from './billing/renewals.ts';
import { dueMembers, nextDue } from './membership.store.ts';

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

  run(db: DataSource, now: Date): Promise<number> {
    return runDue(db, this.log, {
      due: (limit) => dueMembers(db, now, limit),
      key: (merchantId) => merchantId,
      work: (tx, merchantId) => this.renewals.advance(tx, merchantId, now),
      failed: (merchant) => ({ msg: 'membership not collected', merchant }),
    });
  }
}
