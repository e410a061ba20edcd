import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asHouse } from '../database/scope.ts';
import type { Scope } from '../database/scope.ts';
import { Clock, realNow } from '../kernel/clock.ts';

/** Something that falls due: a sweep, a window that ends, a renewal. */
export interface Timer {
  name: string;
  /** Follows the machine's time even in the sandbox (mail, leases): never part of a jump. */
  realTime?: boolean;
  /** The earliest instant at which `run` has something to do; null: nothing waits. */
  nextDue(db: Scope): Promise<Date | null>;
  /** Does what is due at `now`, in bounded batches, a transaction an item. @returns how many were done */
  run(db: Scope, now: Date): Promise<number>;
}

/**
 * All timers of the house. The cron runs what is due; a jump of the sandbox clock stops at every due instant on the way
 * (api.md, Clocks). Due rows and their locks decide who works, so any number of processes may tick.
 */
@Injectable()
export class Timers {
  private readonly log = new Logger('timers');
  private readonly timers = new Map<string, Timer>();
  private readonly running = new Set<string>();

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  register(timer: Timer): void {
    if (this.timers.has(timer.name)) throw new Error(`Two timers are called ${timer.name}.`);
    this.timers.set(timer.name, timer);
  }

  /** One tick: every timer does what is due; one that fails is logged and does not hold up the others. */
  async tick(): Promise<void> {
    for (const timer of this.timers.values()) {
      if (this.running.has(timer.name)) continue;
      this.running.add(timer.name);
      try {
        await timer.run(asHouse(this.db), timer.realTime === true ? realNow() : this.clock.now());
      } catch (error) {
        this.log.error({
          msg: 'timer failed',
          timer: timer.name,
          err: error instanceof Error ? error.message : String(error),
        });
      } finally {
        this.running.delete(timer.name);
      }
    }
  }

  /** The next instant at which anything on the house's clock falls due, with the timers that do; those in `but` left out. */
  async next(but: ReadonlySet<string>): Promise<{ at: Date; timers: Timer[] } | null> {
    let at: Date | null = null;
    let timers: Timer[] = [];
    for (const timer of this.timers.values()) {
      if (timer.realTime === true || but.has(timer.name)) continue;
      const due = await timer.nextDue(asHouse(this.db));
      if (due === null) continue;
      if (at === null || due < at) [at, timers] = [due, [timer]];
      else if (due.getTime() === at.getTime()) timers.push(timer);
    }
    return at === null ? null : { at, timers };
  }
}
