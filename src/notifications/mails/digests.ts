import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Scope } from '../../database/scope.ts';
import { one, rows } from '../../database/sql.ts';
import { MailService } from '../../mail/mail.service.ts';
import type { LetterKind } from './letter-kinds.ts';
import { letterOf, setDigest, type Contents } from './letter.ts';
import { PreferencesService } from './preferences.service.ts';

/** Of one summary; what is more has another one. */
const MOST_LETTERS = 200;

interface KeptRow {
  kind: LetterKind;
  contents: Contents;
}

export interface DueDigest {
  merchantId: string;
  userId: string;
  dueAt: Date;
}

/** The day's letters as one. */
@Injectable()
export class Digests {
  constructor(
    private readonly preferences: PreferencesService,
    private readonly mail: MailService,
  ) {}

  async next(db: Scope): Promise<DueDigest | null> {
    return one<DueDigest>(
      db,
      `SELECT merchant_id AS "merchantId", user_id AS "userId", due_at AS "dueAt" FROM digest_letter ORDER BY due_at LIMIT 1`,
    );
  }

  /** Sends what is due to one person; two who do so at once: the rows go once. */
  async send(tx: EntityManager, { merchantId, userId, dueAt }: DueDigest): Promise<void> {
    const taken = await rows<KeptRow & { id: string }>(
      tx,
      `DELETE FROM digest_letter WHERE merchant_id = $1 AND user_id = $2 AND id IN (
         SELECT id FROM digest_letter WHERE merchant_id = $1 AND user_id = $2 AND due_at <= $3 ORDER BY id LIMIT $4 FOR UPDATE)
       RETURNING id, kind, contents`,
      [merchantId, userId, dueAt, MOST_LETTERS],
    );
    const reader = await this.preferences.reader(tx, merchantId, userId);
    const [first] = taken;
    if (reader === null || first === undefined) return;
    const letters = taken
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ kind, contents }) => letterOf(kind, contents, reader.language));
    const key = `digest:${userId}:${first.id}`;
    const set = setDigest(letters, reader.language);
    await this.mail.post(tx, { key, to: reader.email, kind: 'digest', merchantId, ...set });
  }
}
