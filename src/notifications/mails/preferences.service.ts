import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountsService } from '../../accounts/accounts.service.ts';
import { PeopleService, type Person } from '../../accounts/people.service.ts';
import { atOnce, one, rows, type Db } from '../../database/sql.ts';
import { NotFound } from '../../kernel/errors.ts';
import { LetterReaders, type LetterReader } from '../../mail/letter-readers.ts';
import { CHOSEN_KINDS, languageOf, type ChosenKind, type Language, type Mode } from './letter-kinds.ts';

/** Somebody who gets a merchant's letters. */
export interface Reader {
  userId: string;
  email: string;
  language: Language;
  /** What is not named is sent at once. */
  modes: Readonly<Partial<Record<ChosenKind, Mode>>>;
}

export interface PreferenceChange {
  language?: Language | undefined;
  modes: Readonly<Partial<Record<ChosenKind, Mode>>>;
}

interface PreferenceRow {
  user_id: string;
  language: Language | null;
  modes: Reader['modes'];
}

/** Who of a merchant's people gets which letters, in which language. */
@Injectable()
export class PreferencesService implements LetterReaders {
  constructor(
    private readonly accounts: AccountsService,
    private readonly people: PeopleService,
  ) {}

  /** The owner first; the owner's letters go to the merchant's own address. */
  async readers(db: Db, merchantId: string): Promise<Reader[]> {
    const [people, merchant, found] = await atOnce(db, [
      () => this.people.ofMerchant(db, merchantId),
      () => this.accounts.merchant(merchantId, db),
      () =>
        rows<PreferenceRow>(db, `SELECT user_id, language, modes FROM notification_preference WHERE merchant_id = $1`, [
          merchantId,
        ]),
    ]);
    const byUser = new Map(found.map((row) => [row.user_id, row]));
    return people.map((person) => {
      const row = byUser.get(person.id);
      return {
        userId: person.id,
        email: isOwner(person) ? merchant.email : person.email,
        language: row?.language ?? languageOf(merchant.country),
        modes: row?.modes ?? {},
      };
    });
  }

  async wanting(db: Db, merchantId: string, kind: ChosenKind): Promise<LetterReader[]> {
    return (await this.readers(db, merchantId)).filter(({ modes }) => modes[kind] !== 'off');
  }

  /** @param userId null: a key asks, the owner is meant @throws NotFound */
  async of(db: Db, merchantId: string, userId: string | null): Promise<Reader> {
    const readers = await this.readers(db, merchantId);
    const found = userId === null ? readers[0] : readers.find((reader) => reader.userId === userId);
    if (found === undefined) throw new NotFound('user');
    return found;
  }

  /** What is left out stays. @param userId as for `of` @throws NotFound */
  async change(
    tx: EntityManager,
    { merchantId, userId }: { merchantId: string; userId: string | null },
    { language, modes }: PreferenceChange,
  ): Promise<Reader> {
    const reader = await this.of(tx, merchantId, userId);
    await rows(
      tx,
      `INSERT INTO notification_preference AS p (merchant_id, user_id, language, modes) VALUES ($1, $2, $3, $4::jsonb)
       ON CONFLICT (merchant_id, user_id) DO UPDATE SET language = coalesce($3, p.language), modes = p.modes || $4::jsonb`,
      [merchantId, reader.userId, language ?? null, JSON.stringify(modes)],
    );
    return this.of(tx, merchantId, reader.userId);
  }

  async languageOf(db: Db, merchantId: string): Promise<Language> {
    return languageOf((await this.accounts.merchant(merchantId, db)).country);
  }

  /** The reader of a letter that was kept; null: somebody who is not there any more. */
  async reader(tx: EntityManager, merchantId: string, userId: string): Promise<Reader | null> {
    const there = await one(tx, `SELECT 1 FROM account_user WHERE merchant_id = $1 AND id = $2`, [merchantId, userId]);
    return there === null ? null : this.of(tx, merchantId, userId);
  }
}

const isOwner = ({ roles }: Person): boolean => roles.includes('owner');

/** Every kind of letter with what becomes of it. */
export function modesOf({ modes }: Reader): { type: ChosenKind; mode: Mode }[] {
  return CHOSEN_KINDS.map((type) => ({ type, mode: modes[type] ?? 'now' }));
}
