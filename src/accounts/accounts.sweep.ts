import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Timers } from '../events/timers.ts';
import { ClosedAccounts } from './closed-accounts.ts';
import { LoginFailures } from './credentials/login-failures.ts';
import { MailTokensService } from './credentials/mail-tokens.service.ts';
import { SessionsService } from './credentials/sessions.service.ts';

const EVERY_MS = 10 * 60_000;

/** Clears away what has run out: sessions, mailed tokens, failures. Nothing depends on it: each is refused by its own time. */
@Injectable()
export class AccountsSweep implements OnModuleInit {
  private sweptAt = 0;

  constructor(
    private readonly timers: Timers,
    private readonly sessions: SessionsService,
    private readonly tokens: MailTokensService,
    private readonly failures: LoginFailures,
    private readonly closed: ClosedAccounts,
  ) {}

  onModuleInit(): void {
    this.timers.register(this.closed.erasure);
    this.timers.register({
      name: 'accounts',
      realTime: true,
      nextDue: () => Promise.resolve(null), // never part of a jump
      run: (_db, now) => this.sweep(now),
    });
  }

  /** @param now real time. @returns rows that went */
  async sweep(now: Date): Promise<number> {
    if (now.getTime() - this.sweptAt < EVERY_MS) return 0;
    const gone = (await this.sessions.sweep()) + (await this.tokens.sweep()) + (await this.failures.sweep());
    this.sweptAt = now.getTime();
    return gone;
  }
}
