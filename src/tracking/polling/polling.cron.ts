import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Timers } from '../../events/timers.ts';
import { Polling } from './polling.ts';

/** When couriers are asked: in real time also in the sandbox, for outside parties keep no sandbox clock. */
@Injectable()
export class PollingCron implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly polling: Polling,
  ) {}

  onModuleInit(): void {
    this.timers.register({
      name: 'tracking.poll',
      realTime: true,
      nextDue: () => Promise.resolve(null),
      run: (_, now) => this.polling.run(now),
    });
  }
}
