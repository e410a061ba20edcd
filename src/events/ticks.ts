import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Config } from '../config.ts';
import { Timers } from './timers.ts';

const TICK_MS = 1_000;

/** The cron of the house: each worker ticks; due rows and their locks decide who works. */
@Injectable()
export class Ticks {
  private ticking: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly timers: Timers,
    private readonly config: Config,
  ) {}

  @Interval(TICK_MS)
  tick(): void {
    if (this.config.role === 'api' || this.stopped || this.ticking !== null) return;
    this.ticking = this.timers.tick().finally(() => {
      this.ticking = null;
    });
  }

  /** Waits for the tick that runs; none follows. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.ticking;
  }
}
