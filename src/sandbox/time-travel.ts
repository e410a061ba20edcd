import { Injectable, Logger } from '@nestjs/common';
import { DateTime, Duration } from 'luxon';
import { DataSource, type EntityManager } from 'typeorm';
import { SandboxClock } from '../database/sandbox-clock.ts';
import { asHouse } from '../database/scope.ts';
import { inTransaction } from '../database/transaction.ts';
import { Relay } from '../events/relay.ts';
import { Timers, type Timer } from '../events/timers.ts';
import { Clock } from '../kernel/clock.ts';
import { InvalidFields, invalidField, NotFound } from '../kernel/errors.ts';
import { TrackingService } from '../tracking/tracking.service.ts';
import type { MoveClockBody } from './sandbox.dto.ts';
import { ClockBackwards } from './sandbox.errors.ts';

const TRIES = 5;
const PAUSE_MS = 50;
/** Of one jump: every day on the way has its timers, and nobody waits for a century of them. */
const LONGEST_JUMP_YEARS = 10;

/**
 * Moves the sandbox clock: it stops at every due instant on the way, each its own transaction, and answers when all
 * that fell due has happened (api.md, Clocks).
 */
@Injectable()
export class TimeTravel {
  private readonly log = new Logger('sandbox');
  private under: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly relay: Relay,
    private readonly tracking: TrackingService,
  ) {}

  /** The sandbox clock. @throws NotFound this is no sandbox */
  sandbox(): SandboxClock {
    if (!(this.clock instanceof SandboxClock)) throw new NotFound('call outside the sandbox');
    return this.clock;
  }

  /**
   * Where a request wants the clock.
   * @throws InvalidFields neither or both of `advance` and `now`, no ISO 8601 duration, or more than ten years at once
   * @throws ClockBackwards it is there already and further
   */
  goal(_tx: EntityManager, { advance, now }: MoveClockBody): Date {
    const current = this.sandbox().now();
    if ((advance === undefined) === (now === undefined)) {
      throw invalidField(
        '/advance',
        'required',
        'Say either `advance` (a duration such as P20D) or `now` (an instant).',
      );
    }
    const goal = now === undefined ? later(current, advance ?? '') : new Date(now);
    if (goal < current) throw new ClockBackwards(current, goal);
    if (goal > DateTime.fromJSDate(current, { zone: 'utc' }).plus({ years: LONGEST_JUMP_YEARS }).toJSDate())
      throw tooFar(now === undefined ? '/advance' : '/now');
    return goal;
  }

  /** What couriers said is folded, and every stored event has been handled. */
  async settle(): Promise<void> {
    await this.tracking.foldPending();
    await this.relay.drain();
  }

  /** One jump at a time; every timer on the way fires, in order, before it answers. */
  async jumpTo(goal: Date): Promise<void> {
    const jump = this.under.then(() => this.travel(goal));
    this.under = jump.catch(() => undefined); // told to its own caller; the next jump starts from where the clock is
    await jump;
  }

  private async travel(goal: Date): Promise<void> {
    const stuck = new Set<string>();
    await this.settle();
    for (;;) {
      const next = await this.timers.next(stuck);
      if (next === null || next.at > goal) break;
      await this.moveTo(next.at);
      for (const timer of next.timers) if (!(await this.fire(timer, next.at))) stuck.add(timer.name);
      await this.settle();
    }
    await this.moveTo(goal);
    await this.settle();
  }

  private async moveTo(at: Date): Promise<void> {
    await inTransaction(asHouse(this.db), (tx) => this.sandbox().moveTo(tx, at));
  }

  /** @returns false where the timer stays due whatever is done: a fault of its own, which must not stop the clock */
  private async fire(timer: Timer, at: Date): Promise<boolean> {
    for (let tried = 0; tried < TRIES; tried += 1) {
      await timer.run(asHouse(this.db), this.clock.now());
      const due = await timer.nextDue(asHouse(this.db));
      if (due === null || due > at) return true;
      await new Promise((done) => setTimeout(done, PAUSE_MS)); // the cron may be at the same rows
    }
    this.log.error({ msg: 'timer stays due; left out of this jump', timer: timer.name, at: at.toISOString() });
    return false;
  }
}

function later(from: Date, iso: string): Date {
  const duration = Duration.fromISO(iso);
  if (!duration.isValid || !/\d/.test(iso))
    throw invalidField('/advance', 'duration', `"${iso}" is not an ISO 8601 duration such as P20D or PT1H.`);
  const goal = DateTime.fromJSDate(from, { zone: 'utc' }).plus(duration);
  if (!goal.isValid) throw tooFar('/advance');
  return goal.toJSDate();
}

function tooFar(pointer: string): InvalidFields {
  return invalidField(pointer, 'too_large', `The clock goes at most ${LONGEST_JUMP_YEARS} years at once.`);
}
