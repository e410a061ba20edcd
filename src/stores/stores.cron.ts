import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '../database/scope.ts';
import { inTransaction } from '../database/transaction.ts';
import { Timers } from '../events/timers.ts';
import { plusDays } from '../kernel/clock.ts';
import { Dispatching } from './dispatching.ts';
import { Intake } from './intake.ts';
import { dueStoreOrders, nextRetry, passOverOld } from './store-orders.store.ts';

const AT_ONCE = 50;
/** A held order that nobody mends in so many days is passed over, and the buyer's address goes. */
const HELD_DAYS = 30;

/** Held orders that are to be looked at again; parcels that stores are to hear of. */
@Injectable()
export class StoresCron implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly intake: Intake,
    private readonly dispatching: Dispatching,
  ) {}

  onModuleInit(): void {
    this.timers.register({ name: 'stores.held', nextDue: nextRetry, run: (db, now) => this.retry(db, now) });
    this.timers.register({
      name: 'stores.dispatches',
      realTime: true,
      nextDue: () => Promise.resolve(null), // never part of a jump
      run: (_db, now) => this.dispatching.run(now),
    });
  }

  private async retry(db: Scope, now: Date): Promise<number> {
    const due = await dueStoreOrders(db, now, AT_ONCE);
    for (const key of due) await inTransaction(db, (tx) => this.intake.retry(tx, key));
    return due.length + (await passOverOld(db, plusDays(now, -HELD_DAYS), AT_ONCE));
  }
}
