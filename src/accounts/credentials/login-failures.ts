import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { one, rows } from '../../database/sql.ts';
import { realNow } from '../../kernel/clock.ts';
import { TooManyAttempts } from '../accounts.errors.ts';

const ALLOWED = 5;
const WINDOW_MS = 15 * 60_000;

interface Failures {
  failures: number;
  since: Date;
}

/** 5 failures in 15 minutes, per account and address (reliability.md, Security settings); shared by all processes, in real time. */
@Injectable()
export class LoginFailures {
  constructor(private readonly db: DataSource) {}

  /** @throws TooManyAttempts there were 5 */
  async check(email: string, address: string): Promise<void> {
    const found = await one<Failures>(
      asHouse(this.db),
      `SELECT failures, since FROM login_failure WHERE email = $1 AND address = $2 AND since > $3`,
      [email, address, windowStart()],
    );
    if (found !== null && found.failures >= ALLOWED) throw tooMany(found);
  }

  /**
   * Counts a failure; the count holds also for guesses that were under way together.
   * @throws TooManyAttempts it is the sixth or a later one
   */
  async count(email: string, address: string): Promise<void> {
    const counted = await one<Failures>(
      asHouse(this.db),
      `INSERT INTO login_failure AS f (email, address, failures, since) VALUES ($1, $2, 1, $4)
       ON CONFLICT (email, address) DO UPDATE SET
         failures = CASE WHEN f.since > $3 THEN f.failures + 1 ELSE 1 END,
         since = CASE WHEN f.since > $3 THEN f.since ELSE excluded.since END
       RETURNING failures, since`,
      [email, address, windowStart(), realNow()],
    );
    if (counted !== null && counted.failures > ALLOWED) throw tooMany(counted);
  }

  /** The right password from one address. @throws TooManyAttempts it was guessed beside 5 wrong ones */
  async forgive(email: string, address: string): Promise<void> {
    await this.check(email, address);
    await rows(asHouse(this.db), `DELETE FROM login_failure WHERE email = $1 AND address = $2`, [email, address]);
  }

  /** A new password makes the failures with the old one meaningless. */
  async forgiveAll(tx: EntityManager, email: string): Promise<void> {
    await rows(tx, `DELETE FROM login_failure WHERE email = $1`, [email]);
  }

  async sweep(): Promise<number> {
    return (
      await rows(asHouse(this.db), `DELETE FROM login_failure WHERE since <= $1 RETURNING email`, [windowStart()])
    ).length;
  }
}

const windowStart = (): Date => new Date(realNow().getTime() - WINDOW_MS);

function tooMany({ since }: Failures): TooManyAttempts {
  return new TooManyAttempts(Math.max(1, Math.ceil((since.getTime() + WINDOW_MS - realNow().getTime()) / 1000)));
}
