import type { Db } from '../database/sql.ts';
import type { Language } from '../kernel/languages.ts';

/** Somebody who gets a letter. */
export interface LetterReader {
  userId: string;
  email: string;
  language: Language;
}

/** Who of a merchant's people want its letters of a kind. The notifications module fills this port. */
export abstract class LetterReaders {
  /** @param kind as the preferences name it: `monthly_statement` */
  abstract wanting(db: Db, merchantId: string, kind: string): Promise<LetterReader[]>;
}
