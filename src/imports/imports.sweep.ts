import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Timers } from '../events/timers.ts';
import { ImportsService } from './imports.service.ts';

const EVERY_MS = 60 * 60_000;

/** Clears the rows that are kept to be mended: they may hold addresses, and nobody mends a file of last month. */
@Injectable()
export class ImportsSweep implements OnModuleInit {
  private sweptAt = 0;

  constructor(
    private readonly timers: Timers,
    private readonly imports: ImportsService,
  ) {}

  onModuleInit(): void {
    this.timers.register({
      name: 'imports',
      nextDue: () => Promise.resolve(null), // never part of a jump
      run: (_db, now) => this.sweep(now),
    });
  }

  private async sweep(now: Date): Promise<number> {
    if (Math.abs(now.getTime() - this.sweptAt) < EVERY_MS) return 0;
    const forgotten = await this.imports.forgetRows(now);
    this.sweptAt = now.getTime();
    return forgotten;
  }
}
