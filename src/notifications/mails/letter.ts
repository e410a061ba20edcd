import { setLetter, setLetters, type Letter, type SetLetter } from '../../mail/layout.ts';
import type { FixedKind, Language, LetterKind } from './letter-kinds.ts';
import { english } from './words.en.ts';
import { french } from './words.fr.ts';
import type { Label, Text, Words } from './words.ts';

/** One row of the table under a letter; `as`: words that are no label, such as a title of goods. */
export type Fact = readonly [label: Label | { as: string }, value: string];

/** What a letter tells, before it is in any language. */
export interface Contents {
  values: Readonly<Record<string, string | null>>;
  facts: readonly Fact[];
}

const WORDS: Readonly<Record<Language, Words>> = { en: english, fr: french };

const NAME = /\{(\w+)\}/g;

/** Null: it needs a value that nobody has. */
function filled(text: string, values: Contents['values']): string | null {
  const missing = [...text.matchAll(NAME)].some(([, name]) => (values[name ?? ''] ?? null) === null);
  return missing ? null : text.replace(NAME, (_, name: string) => values[name] ?? '');
}

const worded = ({ subject, paragraphs }: Text, values: Contents['values']) => ({
  subject: filled(subject, values) ?? subject.replace(NAME, '').trim(),
  paragraphs: paragraphs.map((paragraph) => filled(paragraph, values)).filter((paragraph) => paragraph !== null),
});

/** Writes a letter in a language. */
export function letterOf(kind: LetterKind | FixedKind, { values, facts }: Contents, language: Language): Letter {
  const { letters, labels } = WORDS[language];
  return {
    ...worded(letters[kind], values),
    facts: facts.map(([label, value]) => [typeof label === 'string' ? labels[label] : label.as, value]),
  };
}

/** One letter, as it is sent. */
export function setOne(letter: Letter, language: Language): SetLetter {
  return setLetter(letter, { language, signature: WORDS[language].signature });
}

/** The letters of a day as one. */
export function setDigest(letters: readonly Letter[], language: Language): SetLetter {
  const { digest, signature } = WORDS[language];
  const head = { ...worded(digest, { count: String(letters.length) }), facts: [] };
  return setLetters(head, letters, { language, signature });
}
