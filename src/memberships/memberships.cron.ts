import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '../database/scope.ts';
import { runDue } from '../events/due.ts';
import { Timers, type Timer } from '../events/timers.ts';
import { Renewals } from './billing/renewals.ts';
import { PriceNotices } from './price-notices.ts';
import { dueMembers, nextDue } from './membership.store.ts';

/** Merchants at a time in one process: each has its own locks, and the pool has connections for others. */
const ABREAST = 4;

/** Renews, duns and downgrades, each at its instant (product.md, Memberships). */
@Injectable()
export class MembershipsCron implements OnModuleInit, Timer {
  readonly name = 'memberships: due';
  private readonly log = new Logger('memberships');

  constructor(
    private readonly timers: Timers,
    private readonly renewals: Renewals,
    private readonly notices: PriceNotices,
  ) {}

  onModuleInit(): void {
    this.timers.register(this);
    this.timers.register(this.notices.timer);
  }

  nextDue(db: Scope): Promise<Date | null> {
    return nextDue(db);
  }

  run(db: Scope, now: Date): Promise<number> {
    return runDue(db, this.log, {
      due: (limit) => dueMembers(db, now, limit),
      key: (merchantId) => merchantId,
      abreast: ABREAST,
      work: (tx, merchantId) => this.renewals.advance(tx, merchantId, now),
      failed: (merchant) => ({ msg: 'membership not collected', merchant }),
    });
  }
}
