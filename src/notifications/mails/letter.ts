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

/** A letter in its language, before it is set. */
export interface Letter {
  subject: string;
  paragraphs: readonly string[];
  facts: readonly (readonly [label: string, value: string])[];
}

export interface SetLetter {
  subject: string;
  text: string;
  html: string;
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

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

/** A header holds one line. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

function tableText({ facts }: Letter): string {
  return facts.map(([label, value]) => `${label}: ${value}`).join('\n');
}

function tableHtml({ facts }: Letter): string {
  const rows = facts.map(
    ([label, value]) =>
      `<tr><td style="padding:4px 16px 4px 0;color:#555;vertical-align:top">${escapeHtml(label)}</td>` +
      `<td style="padding:4px 0;word-break:break-word">${escapeHtml(value)}</td></tr>`,
  );
  if (rows.length === 0) return '';
  return `<table role="presentation" style="border-collapse:collapse;margin:0 0 16px">${rows.join('')}</table>`;
}

const paragraphsHtml = ({ paragraphs }: Pick<Letter, 'paragraphs'>): string =>
  paragraphs.map((paragraph) => `<p style="margin:0 0 16px">${escapeHtml(paragraph)}</p>`).join('');

/** One column, no pictures, no scripts: a phone shows it without zooming. */
function pageHtml(subject: string, body: string, language: Language): string {
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(subject)}</title></head>`,
    `<body style="margin:0;background:#f4f4f2"><div style="max-width:560px;margin:0 auto;padding:24px 16px;background:#fff;`,
    `${FONT};font-size:16px;line-height:1.5;color:#222">`,
    `<h1 style="font-size:20px;line-height:1.3;margin:0 0 16px">${escapeHtml(subject)}</h1>${body}`,
    `<p style="margin:24px 0 0;color:#555;font-size:14px">${escapeHtml(WORDS[language].signature)}</p></div></body></html>`,
  ].join('');
}

const signed = (parts: readonly string[], language: Language): string =>
  [...parts.filter((part) => part !== ''), `-- \n${WORDS[language].signature}`].join('\n\n');

/** Sets a letter as plain text and as HTML. */
export function setLetter(letter: Letter, language: Language): SetLetter {
  const subject = oneLine(letter.subject);
  return {
    subject,
    text: signed([...letter.paragraphs, tableText(letter)], language),
    html: pageHtml(subject, paragraphsHtml(letter) + tableHtml(letter), language),
  };
}

/** Sets the letters of a day as one. */
export function setDigest(letters: readonly Letter[], language: Language): SetLetter {
  const { subject, paragraphs } = worded(WORDS[language].digest, { count: String(letters.length) });
  const parts = letters.flatMap((letter) => [letter.subject.toUpperCase(), ...letter.paragraphs, tableText(letter)]);
  const sections = letters.map(
    (letter) =>
      `<h2 style="font-size:16px;margin:24px 0 8px">${escapeHtml(letter.subject)}</h2>` +
      paragraphsHtml(letter) +
      tableHtml(letter),
  );
  return {
    subject,
    text: signed([...paragraphs, ...parts], language),
    html: pageHtml(subject, paragraphsHtml({ paragraphs }) + sections.join(''), language),
  };
}
