import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { inTransaction } from '../../database/transaction.ts';
import { Timers, type Timer } from '../../events/timers.ts';
import { dueClaims, nextDueClaim, type DueClaim } from './claim.store.ts';
import { ClaimsService } from './claims.service.ts';

const BATCH = 100;

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
  }

  nextDue(db: DataSource): Promise<Date | null> {
    return nextDueClaim(db);
  }

  /** One that fails stays due and is tried at the next tick; it does not hold up the others. */
  async run(db: DataSource, now: Date): Promise<number> {
    let done = 0;
    const failed = new Set<string>();
    for (;;) {
      const due = (await dueClaims(db, now, BATCH + failed.size)).filter(({ id }) => !failed.has(id));
      if (due.length === 0) return done;
      for (const claim of due) {
        if (await this.fall(db, claim, now)) done += 1;
        else failed.add(claim.id);
      }
    }
  }

  private async fall(db: DataSource, claim: DueClaim, now: Date): Promise<boolean> {
    try {
      await inTransaction(db, (tx) => this.claims.fallDue(tx, claim, now));
      return true;
    } catch (error) {
      const err = error instanceof Error ? error.message : String(error);
      this.log.error({ msg: 'a due claim was not decided', claim: claim.id, err });
      return false;
    }
  }
}
