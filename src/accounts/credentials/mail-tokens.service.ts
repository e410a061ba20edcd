import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../../config.ts';
import { asHouse } from '../../database/scope.ts';
import { one, rows } from '../../database/sql.ts';
import { Secrets } from '../../http/secrets.ts';
import { DAY_MS, realNow } from '../../kernel/clock.ts';
import { NotFound } from '../../kernel/errors.ts';
import { HOUSE_ID, newId } from '../../kernel/ids.ts';
import { languageOf } from '../../kernel/languages.ts';
import { setLetter, type Letter, type SetLetter } from '../../mail/layout.ts';
import { MailService } from '../../mail/mail.service.ts';
import { AccountsService, type MerchantRecord } from '../accounts.service.ts';
import { PeopleService } from '../people.service.ts';
import { ACCOUNT_WORDS, type AccountWords } from './account-letters.ts';
import { LoginFailures } from './login-failures.ts';
import { SessionsService } from './sessions.service.ts';
import { newToken } from './token-format.ts';

const RESET_MINUTES = 30;
const RESETS_AT_ONCE = 3;
const VERIFICATION_DAYS = 7;
const MINUTE_MS = 60_000;

type Purpose = 'password_reset' | 'email_verification';

interface Mailed {
  purpose: Purpose;
  merchantId: string | null;
  userId: string | null;
  email: string;
  lifeMs: number;
}

interface Used {
  merchant_id: string;
  user_id: string | null;
  email: string;
}

/** What is proved by reading a mailbox: a password reset, an e-mail address. Single-use, hashed, in real time. */
@Injectable()
export class MailTokensService {
  constructor(
    private readonly db: DataSource,
    private readonly config: Config,
    private readonly secrets: Secrets,
    private readonly mail: MailService,
    private readonly people: PeopleService,
    private readonly accounts: AccountsService,
    private readonly sessions: SessionsService,
    private readonly failures: LoginFailures,
  ) {}

  /** Mails a token of 30 minutes, if anybody signs in with this e-mail; no more than three of them live at a time. */
  async requestReset(tx: EntityManager, email: string): Promise<void> {
    const person = await this.people.byEmail(tx, email);
    if (person === null) return;
    const { merchantId, id: userId } = person;
    const alive = await rows(
      tx,
      `SELECT 1 FROM account_token WHERE merchant_id = $1 AND user_id = $2 AND purpose = 'password_reset' AND expires_at > $3`,
      [merchantId ?? HOUSE_ID, userId, realNow()],
    );
    if (alive.length >= RESETS_AT_ONCE) return;
    const { id, token, expiresAt } = await this.make(tx, {
      purpose: 'password_reset',
      merchantId,
      userId,
      email: person.email,
      lifeMs: RESET_MINUTES * MINUTE_MS,
    });
    const url = `${this.config.publicUrl}/v1/password-resets/${token}`;
    await this.mail.post(tx, {
      key: `password-reset:${id}`,
      kind: 'password_reset',
      to: person.email,
      merchantId,
      ...setIn(await this.countryOf(tx, merchantId), (words) => words.reset(token, { url, minutes: RESET_MINUTES })),
      secretUntil: expiresAt,
    });
  }

  /** A reset token that could be used now? Asked before a password is hashed for it. @throws NotFound */
  async requireResetToken(token: string): Promise<void> {
    const sql = `SELECT 1 FROM account_token WHERE token_hash = $1 AND purpose = 'password_reset' AND expires_at > $2`;
    if ((await one(asHouse(this.db), sql, [this.hash(token), realNow()])) === null) throw new NotFound('reset token');
  }

  /**
   * Sets the password; every session of the person and every other reset token ends.
   * @throws NotFound the token is unknown, used or too old
   */
  async resetPassword(tx: EntityManager, token: string, passwordHash: string): Promise<void> {
    const used = await this.use(tx, 'password_reset', token);
    if (used === null || used.user_id === null) throw new NotFound('reset token');
    const { merchant_id, user_id: id, email } = used;
    const merchantId = merchant_id === HOUSE_ID ? null : merchant_id;
    const person = { merchantId, id };
    await this.people.setPassword(tx, person, passwordHash);
    await this.sessions.closeAll(tx, person);
    await rows(tx, `DELETE FROM account_token WHERE merchant_id = $1 AND user_id = $2 AND purpose = 'password_reset'`, [
      merchant_id,
      id,
    ]);
    await this.failures.forgiveAll(tx, email);
    await this.mail.post(tx, {
      key: `password-changed:${this.hash(token).toString('hex').slice(0, 32)}`,
      kind: 'password_changed',
      to: email,
      merchantId,
      ...setIn(await this.countryOf(tx, merchantId), (words) => words.passwordChanged()),
    });
  }

  /** Mails a token with which the merchant proves that the address is its own. */
  async askToVerify(tx: EntityManager, merchant: MerchantRecord): Promise<void> {
    const { id, token, expiresAt } = await this.make(tx, {
      purpose: 'email_verification',
      merchantId: merchant.id,
      userId: null,
      email: merchant.email,
      lifeMs: VERIFICATION_DAYS * DAY_MS,
    });
    const url = `${this.config.publicUrl}/v1/email-verifications/${token}`;
    await this.mail.post(tx, {
      key: `email-verification:${id}`,
      kind: 'email_verification',
      to: merchant.email,
      merchantId: merchant.id,
      ...setIn(merchant.country, (words) => words.verify(merchant.name, { url, days: VERIFICATION_DAYS })),
      secretUntil: expiresAt,
    });
  }

  /** Tells the old address: whoever took the account over would not. */
  async tellOldAddress(tx: EntityManager, before: MerchantRecord): Promise<void> {
    await this.mail.post(tx, {
      key: `email-changed:${newId()}`,
      kind: 'email_changed',
      to: before.email,
      merchantId: before.id,
      ...setIn(before.country, (words) => words.addressChanged(before.name)),
    });
  }

  /** @throws NotFound the token is unknown, used or too old, or the merchant has another address by now */
  async verifyEmail(tx: EntityManager, token: string): Promise<MerchantRecord> {
    const used = await this.use(tx, 'email_verification', token);
    const verified = used === null ? null : await this.accounts.verifyEmail(tx, used.merchant_id, used.email);
    if (verified === null) throw new NotFound('verification token');
    return verified;
  }

  async sweep(): Promise<number> {
    return (
      await rows(asHouse(this.db), `DELETE FROM account_token WHERE expires_at <= $1 RETURNING purpose`, [realNow()])
    ).length;
  }

  private async countryOf(tx: EntityManager, merchantId: string | null): Promise<string | null> {
    return merchantId === null ? null : (await this.accounts.merchant(merchantId, tx)).country;
  }

  private async make(tx: EntityManager, mailed: Mailed): Promise<{ id: string; token: string; expiresAt: Date }> {
    const token = newToken('');
    const at = realNow();
    const expiresAt = new Date(at.getTime() + mailed.lifeMs);
    await rows(
      tx,
      `INSERT INTO account_token (token_hash, purpose, merchant_id, user_id, email, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [this.hash(token), mailed.purpose, mailed.merchantId ?? HOUSE_ID, mailed.userId, mailed.email, at, expiresAt],
    );
    return { id: newId(), token, expiresAt };
  }

  /** Two who use it at once: the row is deleted once. */
  private use(tx: EntityManager, purpose: Purpose, token: string): Promise<Used | null> {
    return one<Used>(
      tx,
      `DELETE FROM account_token WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3 RETURNING merchant_id, user_id, email`,
      [this.hash(token), purpose, realNow()],
    );
  }

  private hash(token: string): Buffer {
    return this.secrets.hmac('mail-token', token);
  }
}

/** In the language of the merchant's country. @param country null: to the operator's people, in English */
function setIn(country: string | null, write: (words: AccountWords) => Letter): SetLetter {
  const language = country === null ? 'en' : languageOf(country);
  const words = ACCOUNT_WORDS[language];
  return setLetter(write(words), { language, signature: words.signature });
}
