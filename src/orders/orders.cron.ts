import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '../database/scope.ts';
import { inTransaction } from '../database/transaction.ts';
import { Timers, type Timer } from '../events/timers.ts';
import { Erasures } from './erasures.ts';
import { OrdersService } from './orders.service.ts';

/** Cancels the orders whose time to be paid is over (product.md, Waiting for money: 7 days, a setting). */
@Injectable()
export class OrdersCron implements OnModuleInit, Timer {
  readonly name = 'orders: unpaid';

  constructor(
    private readonly timers: Timers,
    private readonly orders: OrdersService,
    private readonly erasures: Erasures,
  ) {}

  onModuleInit(): void {
    this.timers.register(this);
    this.timers.register(this.erasures.sweep);
  }

  async nextDue(): Promise<Date | null> {
    return (await this.orders.nextUnpaid())?.payBy ?? null;
  }

  async run(db: Scope, now: Date): Promise<number> {
    let done = 0;
    for (;;) {
      const next = await this.orders.nextUnpaid();
      if (next === null || next.payBy > now) return done;
      await inTransaction(db, (tx) => this.orders.expire(tx, next.merchantId, next.id, now));
      done += 1;
    }
  }
}
