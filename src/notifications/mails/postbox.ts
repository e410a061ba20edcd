import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountsService } from '../../accounts/accounts.service.ts';
import { rows } from '../../database/sql.ts';
import { Clock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { MailService } from '../../mail/mail.service.ts';
import { digestDue } from './digest.policy.ts';
import type { FixedKind, LetterKind, Mode } from './letter-kinds.ts';
import { letterOf, setOne, type Contents } from './letter.ts';
import { PreferencesService, type Reader } from './preferences.service.ts';

/** One letter for a merchant's people. */
export interface Posting {
  merchantId: string;
  kind: LetterKind | FixedKind;
  /** With the kind it makes the letter's key: the same one is sent once. */
  about: string;
  contents: Contents;
}

/** Brings a letter to each of a merchant's people as they like it: at once, in the day's summary, or not at all. */
@Injectable()
export class Postbox {
  constructor(
    private readonly accounts: AccountsService,
    private readonly preferences: PreferencesService,
    private readonly mail: MailService,
    private readonly clock: Clock,
  ) {}

  /** @param postings of one merchant */
  async post(tx: EntityManager, postings: readonly Posting[]): Promise<void> {
    const [first] = postings;
    if (first === undefined) return;
    const readers = await this.preferences.readers(tx, first.merchantId);
    for (const posting of postings) {
      for (const reader of readers) {
        const mode = this.modeOf(reader, posting.kind);
        if (mode === 'now') await this.send(tx, posting, reader);
        if (mode === 'digest') await this.keepForDigest(tx, posting, reader);
      }
    }
  }

  /** To the merchant's own address alone, whatever its people prefer: it was asked for. @returns the address */
  async postToMerchant(tx: EntityManager, posting: Posting): Promise<string> {
    const [reader] = await this.preferences.readers(tx, posting.merchantId);
    const { email } = await this.accounts.merchant(posting.merchantId, tx);
    const language = reader?.language ?? (await this.preferences.languageOf(tx, posting.merchantId));
    await this.send(tx, posting, { userId: posting.merchantId, email, language, modes: {} });
    return email;
  }

  private modeOf({ modes }: Reader, kind: LetterKind | FixedKind): Mode {
    return (modes as Readonly<Partial<Record<LetterKind | FixedKind, Mode>>>)[kind] ?? 'now';
  }

  private send(tx: EntityManager, { merchantId, kind, about, contents }: Posting, reader: Reader): Promise<void> {
    const set = setOne(letterOf(kind, contents, reader.language), reader.language);
    return this.mail.post(tx, { key: `${kind}:${about}:${reader.userId}`, to: reader.email, kind, merchantId, ...set });
  }

  private async keepForDigest(tx: EntityManager, posting: Posting, { userId }: Reader): Promise<void> {
    const { merchantId, kind, about, contents } = posting;
    await rows(
      tx,
      `INSERT INTO digest_letter (merchant_id, user_id, id, key, kind, contents, due_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT ON CONSTRAINT letter_once_a_digest DO NOTHING`,
      [
        ...[merchantId, userId, newId(), `${kind}:${about}`, kind],
        ...[JSON.stringify(contents), digestDue(this.clock.now())],
      ],
    );
  }
}
