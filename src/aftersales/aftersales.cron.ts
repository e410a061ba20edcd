import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '../database/scope.ts';
import { runDue } from '../events/due.ts';
import { Timers, type Timer } from '../events/timers.ts';
import { AftersalesService } from './aftersales.service.ts';
import { Forgetting } from './forgetting.ts';
import { dueAt, nextDue } from './due.store.ts';

/** Decides late packages and settles those whose window is over, each at its instant (product.md, Late packages). */
@Injectable()
export class AftersalesCron implements OnModuleInit, Timer {
  readonly name = 'aftersales: due packages';
  private readonly log = new Logger('aftersales');

  constructor(
    private readonly timers: Timers,
    private readonly aftersales: AftersalesService,
    private readonly forgetting: Forgetting,
  ) {}

  onModuleInit(): void {
    this.timers.register(this);
    this.timers.register(this.forgetting.timer);
  }

  nextDue(db: Scope): Promise<Date | null> {
    return nextDue(db);
  }

  run(db: Scope, now: Date): Promise<number> {
    return runDue(db, this.log, {
      due: (limit) => dueAt(db, now, limit),
      key: ({ packageId, kind }) => `${packageId}:${kind}`,
      work: (tx, due) => this.aftersales.decideOnDue(tx, due),
      failed: ({ kind, packageId }) => ({ msg: 'a due package was not decided', kind, package: packageId }),
    });
  }
}
