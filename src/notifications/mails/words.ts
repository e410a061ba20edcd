import type { FixedKind, LetterKind } from './letter-kinds.ts';

/** What a letter says. `{name}` stands for a value; a paragraph that needs a value nobody has is left out. */
export interface Text {
  subject: string;
  paragraphs: readonly string[];
}

/** What stands before a value in the table under a letter. */
export type Label =
  | 'order'
  | 'package'
  | 'courier'
  | 'trackingNumber'
  | 'reason'
  | 'claim'
  | 'claimType'
  | 'missing'
  | 'outcome'
  | 'amount'
  | 'balance'
  | 'total'
  | 'plan'
  | 'until'
  | 'returnCode'
  | 'daysLeft'
  | 'key';

/** Every letter to a merchant, in one language. */
export interface Words {
  letters: Readonly<Record<LetterKind | FixedKind, Text>>;
  labels: Readonly<Record<Label, string>>;
  /** `{count}` letters in one. */
  digest: Text;
  signature: string;
}
