import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '../database/scope.ts';
import { inTransaction } from '../database/transaction.ts';
import { Timers, type Timer } from '../events/timers.ts';
import { Digests } from './mails/digests.ts';
import { QueueStore } from './webhooks/queue.store.ts';

/** What was delivered or given up is listed so long (real time); the feed keeps every event. */
const LISTED_DAYS = 90;
const DAY_MS = 86_400_000;

/** Sweeps away old deliveries, and what deleted endpoints left behind, a batch a tick. */
@Injectable()
export class NotificationsCron implements OnModuleInit, Timer {
  readonly name = 'notifications: old deliveries';
  readonly realTime = true;

  constructor(
    private readonly timers: Timers,
    private readonly queue: QueueStore,
  ) {}

  onModuleInit(): void {
    this.timers.register(this);
  }

  nextDue(): Promise<null> {
    return Promise.resolve(null); // never part of a jump
  }

  run(_: Scope, now: Date): Promise<number> {
    return this.queue.sweep(new Date(now.getTime() - LISTED_DAYS * DAY_MS));
  }
}

/** Sends the day's letters as one, at 06:00 UTC on the house's clock. */
@Injectable()
export class DigestsCron implements OnModuleInit, Timer {
  readonly name = 'notifications: digests';

  constructor(
    private readonly timers: Timers,
    private readonly digests: Digests,
  ) {}

  onModuleInit(): void {
    this.timers.register(this);
  }

  async nextDue(db: Scope): Promise<Date | null> {
    return (await this.digests.next(db))?.dueAt ?? null;
  }

  async run(db: Scope, now: Date): Promise<number> {
    for (let sent = 0; ; sent += 1) {
      const next = await this.digests.next(db);
      if (next === null || next.dueAt > now) return sent;
      await inTransaction(db, (tx) => this.digests.send(tx, next));
    }
  }
}
