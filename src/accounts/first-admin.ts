import { randomBytes } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config.ts';
import { asHouse } from '../database/scope.ts';
import { inTransaction } from '../database/transaction.ts';
import { EmailTaken } from './accounts.errors.ts';
import { Passwords } from './credentials/passwords.ts';
import { PeopleService } from './people.service.ts';

const DEFAULT_EMAIL = 'admin@waybill.local';
const PASSWORD_BYTES = 15;

/**
 * The first admin of a new database: ADMIN_EMAIL with ADMIN_PASSWORD, or one whose password is made here and printed
 * once. Naming another ADMIN_EMAIL later makes that one too; a person who exists is never changed. Of several processes
 * that start at once exactly one makes it: the e-mail is unique.
 */
@Injectable()
export class FirstAdmin implements OnApplicationBootstrap {
  private readonly log = new Logger('accounts');

  constructor(
    private readonly db: DataSource,
    private readonly config: Config,
    private readonly people: PeopleService,
    private readonly passwords: Passwords,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.ensure((text) => process.stdout.write(text));
  }

  /** @param print where a password that was made here is shown, once */
  async ensure(print: (text: string) => void): Promise<void> {
    const email = this.config.adminEmail ?? DEFAULT_EMAIL;
    const existing = await this.people.byEmail(asHouse(this.db), email);
    if (existing !== null) {
      if (!existing.roles.includes('admin')) this.log.warn({ msg: 'ADMIN_EMAIL belongs to somebody who is no admin' });
      return;
    }
    if (this.config.adminEmail === null && (await this.people.hasAdmin(asHouse(this.db)))) return;
    const password = this.config.adminPassword ?? randomBytes(PASSWORD_BYTES).toString('base64url');
    const passwordHash = await this.passwords.hash(password);
    try {
      const admin = { merchantId: null, email, name: 'Administrator', roles: ['admin'] as const, passwordHash };
      await inTransaction(asHouse(this.db), (tx) => this.people.add(tx, admin));
    } catch (error) {
      if (!(error instanceof EmailTaken)) throw error;
      const made = await this.people.byEmail(asHouse(this.db), email);
      // another process was first: its password counts; unless it was a try of this one whose COMMIT was not answered
      if (made?.passwordHash !== passwordHash) return;
    }
    if (this.config.adminPassword === null) print(`First admin: ${email}, password: ${password} (shown this once)\n`);
  }
}
