import { escapeHtml } from '../kernel/html.ts';
import type { Language } from '../kernel/languages.ts';

/** A letter in its language, before it is set. A paragraph that begins with four spaces is to be copied. */
export interface Letter {
  subject: string;
  paragraphs: readonly string[];
  /** Set as a table of two columns. */
  facts: readonly (readonly [label: string, value: string])[];
}

export interface SetLetter {
  subject: string;
  text: string;
  html: string;
}

export interface Setting {
  language: Language;
  /** The last line. */
  signature: string;
}

/** A header holds one line. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** Letters and digits: a value of so many, such as money, stands on one line on every phone. */
const ONE_LINE = 16;

function tableText({ facts }: Letter): string {
  return facts.map(([label, value]) => `${label}: ${value}`).join('\n');
}

function tableHtml({ facts }: Letter): string {
  const rows = facts.map(
    ([label, value]) =>
      `<tr><td style="padding:4px 16px 4px 0;color:#555;vertical-align:top">${escapeHtml(label)}</td>` +
      `<td style="padding:4px 0;${value.length > ONE_LINE ? 'word-break:break-word' : 'white-space:nowrap'}">${escapeHtml(value)}</td></tr>`,
  );
  if (rows.length === 0) return '';
  return `<table role="presentation" style="border-collapse:collapse;margin:0 0 16px">${rows.join('')}</table>`;
}

const CODE =
  'font-family:ui-monospace,Menlo,Consolas,monospace;font-size:14px;word-break:break-all;white-space:pre-wrap';

const paragraphHtml = (paragraph: string): string =>
  paragraph.startsWith('    ')
    ? `<p style="margin:0 0 16px;${CODE}">${escapeHtml(paragraph.trim())}</p>`
    : `<p style="margin:0 0 16px">${escapeHtml(paragraph)}</p>`;

const paragraphsHtml = ({ paragraphs }: Letter): string => paragraphs.map(paragraphHtml).join('');

/** One column, no pictures, no scripts: a phone shows it without zooming. */
function pageHtml(subject: string, body: string, { language, signature }: Setting): string {
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(subject)}</title></head>`,
    `<body style="margin:0;background:#f4f4f2"><div style="max-width:560px;margin:0 auto;padding:24px 16px;background:#fff;`,
    `${FONT};font-size:16px;line-height:1.5;color:#222">`,
    `<h1 style="font-size:20px;line-height:1.3;margin:0 0 16px">${escapeHtml(subject)}</h1>${body}`,
    `<p style="margin:24px 0 0;color:#555;font-size:14px">${escapeHtml(signature)}</p></div></body></html>`,
  ].join('');
}

const signed = (parts: readonly string[], { signature }: Setting): string =>
  [...parts.filter((part) => part !== ''), `-- \n${signature}`].join('\n\n');

/** Sets a letter as plain text and as HTML. */
export function setLetter(letter: Letter, setting: Setting): SetLetter {
  return setLetters(letter, [], setting);
}

/** Sets a letter, and others under it, each with its subject as a heading. */
export function setLetters(head: Letter, others: readonly Letter[], setting: Setting): SetLetter {
  const subject = oneLine(head.subject);
  const parts = others.flatMap((letter) => [letter.subject.toUpperCase(), ...letter.paragraphs, tableText(letter)]);
  const sections = others.map(
    (letter) =>
      `<h2 style="font-size:16px;margin:24px 0 8px">${escapeHtml(letter.subject)}</h2>` +
      paragraphsHtml(letter) +
      tableHtml(letter),
  );
  return {
    subject,
    text: signed([...head.paragraphs, tableText(head), ...parts], setting),
    html: pageHtml(subject, paragraphsHtml(head) + tableHtml(head) + sections.join(''), setting),
  };
}
