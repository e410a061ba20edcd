import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config.ts';
import type { Scope } from '../database/scope.ts';
import { one, rows } from '../database/sql.ts';
import { Timers, type Timer } from '../events/timers.ts';
import { DAY_MS, plusDays } from '../kernel/clock.ts';

const EMPTIED_AT_ONCE = 500;

/**
 * Couriers name the buyer in what they send: the raw messages are emptied as long after they came as buyers' data are
 * kept (product.md, Privacy). What was read of them stays.
 */
@Injectable()
export class RawMessagesCron implements OnModuleInit, Timer {
  readonly name = 'tracking.raw_messages';

  constructor(
    private readonly timers: Timers,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.timers.register(this);
  }

  /** Once a day, at midnight UTC. */
  async nextDue(db: Scope): Promise<Date | null> {
    const oldest = await one<{ at: Date | null }>(
      db,
      'SELECT min(received_at) AS at FROM tracking_message WHERE length(body) > 0',
    );
    const at = oldest?.at ?? null;
    if (at === null) return null;
    const due = plusDays(at, this.config.eraseAfterDays).getTime();
    return new Date(Math.ceil(due / DAY_MS) * DAY_MS);
  }

  async run(db: Scope, now: Date): Promise<number> {
    const until = plusDays(new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS), -this.config.eraseAfterDays);
    for (let done = 0; ;) {
      const emptied = await rows(
        db,
        `UPDATE tracking_message SET body = '', headers = '{}' WHERE id IN (
           SELECT id FROM tracking_message WHERE received_at <= $1 AND length(body) > 0 LIMIT $2) RETURNING id`,
        [until, EMPTIED_AT_ONCE],
      );
      done += emptied.length;
      if (emptied.length < EMPTIED_AT_ONCE) return done;
    }
  }
}
