import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { rows } from '../../database/sql.ts';
import { Secrets } from '../../http/secrets.ts';
import { HOUR_MS, realNow } from '../../kernel/clock.ts';
import { HOUSE_ID } from '../../kernel/ids.ts';
import { WrongCredentials } from '../accounts.errors.ts';
import { PeopleService, sameEmail, type Person } from '../people.service.ts';
import { CredentialCache } from './credential-cache.ts';
import { LoginFailures } from './login-failures.ts';
import { Passwords } from './passwords.ts';
import { newToken } from './token-format.ts';

/** A working day; signing in again makes a new one. */
const LIFE_HOURS = 12;

export interface OpenSession {
  token: string;
  expiresAt: Date;
}

/** Signing in and out. Times are the machine's (api.md, Clocks). */
@Injectable()
export class SessionsService {
  constructor(
    private readonly db: DataSource,
    private readonly secrets: Secrets,
    private readonly people: PeopleService,
    private readonly passwords: Passwords,
    private readonly failures: LoginFailures,
    private readonly cache: CredentialCache,
  ) {}

  /**
   * Checks a password. Not in a transaction: it takes a while by design.
   * @param address the caller's
   * @throws WrongCredentials for an unknown e-mail and a wrong password alike, after the same time
   * @throws TooManyAttempts 5 failures in 15 minutes of this e-mail from this address
   */
  signIn(typed: string, password: string, address: string): Promise<Person> {
    const email = sameEmail(typed);
    return this.passwords.inTurn(async () => {
      await this.failures.check(email, address);
      const person = await this.people.byEmail(asHouse(this.db), email);
      if (!(await this.passwords.matches(person?.passwordHash ?? null, password)) || person === null) {
        await this.failures.count(email, address);
        throw new WrongCredentials();
      }
      await this.failures.forgive(email, address);
      return person;
    });
  }

  /**
   * @param person as `signIn` found them
   * @throws WrongCredentials the password was changed meanwhile
   */
  async open(tx: EntityManager, person: Person): Promise<OpenSession> {
    const now = await this.people.hold(tx, person);
    if (now?.passwordHash !== person.passwordHash) throw new WrongCredentials();
    const token = newToken('wbs_');
    const at = realNow();
    const expiresAt = new Date(at.getTime() + LIFE_HOURS * HOUR_MS);
    await rows(
      tx,
      `INSERT INTO session (token_hash, merchant_id, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
      [...[this.secrets.hmac('session', token), person.merchantId ?? HOUSE_ID, person.id], ...[at, expiresAt]],
    );
    return { token, expiresAt };
  }

  async close(tx: EntityManager, token: string): Promise<void> {
    const hash = this.secrets.hmac('session', token);
    await rows(tx, `DELETE FROM session WHERE token_hash = $1`, [hash]);
    this.cache.dropAfterCommit(tx, hash);
  }

  /** Every session of a person ends: at once here, within 5 seconds elsewhere. */
  async closeAll(tx: EntityManager, { merchantId, id }: Pick<Person, 'merchantId' | 'id'>): Promise<void> {
    const closed = await rows<{ token_hash: Buffer }>(
      tx,
      `DELETE FROM session WHERE merchant_id = $1 AND user_id = $2 RETURNING token_hash`,
      [merchantId ?? HOUSE_ID, id],
    );
    for (const { token_hash } of closed) this.cache.dropAfterCommit(tx, token_hash);
  }

  async sweep(): Promise<number> {
    return (await rows(asHouse(this.db), `DELETE FROM session WHERE expires_at <= $1 RETURNING user_id`, [realNow()]))
      .length;
  }
}
