import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '../database/scope.ts';
import { one, rows } from '../database/sql.ts';
import { inTransaction } from '../database/transaction.ts';
import { Outbox } from '../events/outbox.ts';
import { Timers, type Timer } from '../events/timers.ts';
import { instant } from '../kernel/clock.ts';

const BATCH = 100;
const WAITING = `dispatch_told_at IS NULL AND status IN ('planned', 'picking', 'packed', 'labelled')`;

interface Overdue {
  merchantId: string;
  orderId: string;
  packageId: string;
}

/** Tells of packages that are past their promised dispatch time, each once (product.md, Service promises). */
@Injectable()
export class FulfilmentCron implements OnModuleInit, Timer {
  readonly name = 'fulfilment: promised dispatch';

  constructor(
    private readonly timers: Timers,
    private readonly outbox: Outbox,
  ) {}

  onModuleInit(): void {
    this.timers.register(this);
  }

  async nextDue(db: Scope): Promise<Date | null> {
    const row = await one<{ at: Date | null }>(
      db,
      `SELECT min(dispatch_due_at) + interval '1 millisecond' AS at FROM package WHERE ${WAITING}`,
    );
    return row?.at ?? null;
  }

  async run(db: Scope, now: Date): Promise<number> {
    let done = 0;
    for (;;) {
      const told = await inTransaction(db, async (tx) => {
        const overdue = await rows<Overdue>(
          tx,
          `UPDATE package p SET dispatch_told_at = $1 FROM (
             SELECT merchant_id, id FROM package WHERE ${WAITING} AND dispatch_due_at < $1
             ORDER BY dispatch_due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) late
           WHERE p.merchant_id = late.merchant_id AND p.id = late.id
           RETURNING p.merchant_id AS "merchantId", p.order_id AS "orderId", p.id AS "packageId"`,
          [now, BATCH],
        );
        for (const parcel of overdue) this.outbox.tell(tx, 'package.dispatch_overdue', { ...parcel, at: instant(now) });
        return overdue.length;
      });
      done += told;
      if (told < BATCH) return done;
    }
  }
}
