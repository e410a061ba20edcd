import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '../../database/scope.ts';
import { runDue } from '../../events/due.ts';
import { Timers, type Timer } from '../../events/timers.ts';
import { dueClaims, nextDueClaim, nextOverdue, overdueClaims } from './claim.store.ts';
import { ClaimsService } from './claims.service.ts';

/** Decides again what waited for an instant, gives notice, and closes what nobody acts on. */
@Injectable()
export class ClaimsCron implements OnModuleInit, Timer {
  readonly name = 'aftersales: claims';
  private readonly log = new Logger('aftersales');

  constructor(
    private readonly timers: Timers,
    private readonly claims: ClaimsService,
  ) {}

  onModuleInit(): void {
    this.timers.register(this);
    this.timers.register({
      name: 'aftersales: overdue replies',
      nextDue: nextOverdue,
      run: (db, now) => this.alarmOverdue(db, now),
    });
  }

  nextDue(db: Scope): Promise<Date | null> {
    return nextDueClaim(db);
  }

  run(db: Scope, now: Date): Promise<number> {
    return runDue(db, this.log, {
      due: (limit) => dueClaims(db, now, limit),
      key: ({ id }) => id,
      work: (tx, claim) => this.claims.fallDue(tx, claim, now),
      failed: ({ id }) => ({ msg: 'a due claim was not decided', claim: id }),
    });
  }

  private alarmOverdue(db: Scope, now: Date): Promise<number> {
    return runDue(db, this.log, {
      due: (limit) => overdueClaims(db, now, limit),
      key: ({ id }) => id,
      work: (tx, claim) => this.claims.alarm(tx, claim, now),
      failed: ({ id }) => ({ msg: 'nobody was alarmed of an overdue answer', claim: id }),
    });
  }
}
