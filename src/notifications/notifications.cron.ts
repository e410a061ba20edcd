import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Timers, type Timer } from '../events/timers.ts';
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

  run(_: DataSource, now: Date): Promise<number> {
    return this.queue.sweep(new Date(now.getTime() - LISTED_DAYS * DAY_MS));
  }
}
