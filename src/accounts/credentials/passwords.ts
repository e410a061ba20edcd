import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { TooBusy } from '../accounts.errors.ts';

/** argon2id, its default, with OWASP's figures (reliability.md, Security settings): 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const AT_ONCE = 4;
const MAX_WAITING = 200;

/** Nobody's password, at the same cost: an unknown e-mail takes as long as a known one. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$ufgnekOU8ihG9Uri6rLuSA$8qaQ/B1gL29IjrxwVSlGTpl6lZV4QGJQRhSgp6jy31E';

/** Hashes and checks passwords, four at once at the most: each takes memory and a thread. Never inside a transaction. */
@Injectable()
export class Passwords {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** @throws TooBusy too many wait already */
  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, COST));
  }

  /**
   * @param stored null: there is no such person; takes as long all the same
   * @throws TooBusy too many wait already
   */
  async matches(stored: string | null, password: string): Promise<boolean> {
    const matches = await verify(stored ?? NOBODY, password);
    return matches && stored !== null;
  }

  /** Runs what checks a password when its turn comes, so that a guess is counted before the next one is made. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.running < AT_ONCE) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= MAX_WAITING) throw new TooBusy();
    await new Promise<void>((turn) => this.waiting.push(turn));
  }

  /** The place goes to whoever waits longest. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running -= 1;
    else next();
  }
}
