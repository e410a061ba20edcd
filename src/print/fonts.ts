import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Parts of Noto Sans, each with the characters that it draws; the first that has a character draws it. */
const SUBSETS = [
  'latin',
  'latin-ext',
  'vietnamese',
  'cyrillic',
  'cyrillic-ext',
  'greek',
  'greek-ext',
  'devanagari',
] as const;

export type Subset = (typeof SUBSETS)[number];
export type Weight = 400 | 700;
const MOST_KNOWN = 20_000;

interface Range {
  from: number;
  to: number;
}

/** `U+0000-00FF,U+0131` as @fontsource publishes it for each part. */
function parseRanges(text: string): Range[] {
  return text.split(',').map((part) => {
    const [from = '', to = from] = part.replace('U+', '').split('-');
    return { from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) };
  });
}

const published = JSON.parse(readFileSync(require.resolve('@fontsource/noto-sans/unicode.json'), 'utf8')) as Record<
  string,
  string
>;
const ranges = SUBSETS.map((subset) => ({ subset, ranges: parseRanges(published[subset] ?? '') }));
const files = new Map<string, Buffer>();

/** The font's bytes (WOFF, which pdfkit embeds as a subset of the glyphs used); read once. */
export function fontFile(subset: Subset, weight: Weight): Buffer {
  const name = `noto-sans-${subset}-${weight}-normal.woff`;
  let file = files.get(name);
  if (file === undefined) {
    file = readFileSync(require.resolve(`@fontsource/noto-sans/files/${name}`));
    files.set(name, file);
  }
  return file;
}

/** A stretch of text that one font draws. */
export interface Run {
  subset: Subset;
  text: string;
}

/**
 * Cuts a text into runs. A character that no part of the font has is drawn as its plain form where it has one
 * (fullwidth letters, ligatures, rare accents), else as a question mark: a label with a gap can be asked about, a
 * label that fails to print cannot be sent.
 */
export function runsOf(text: string): Run[] {
  if (isPlain(text)) return text === '' ? [] : [{ subset: 'latin', text }];
  const runs: Run[] = [];
  for (const char of printable(text)) {
    const last = runs.at(-1);
    const subset = last !== undefined && draws(last.subset, char) ? last.subset : (subsetOf(char) ?? 'latin');
    if (last?.subset === subset) last.text += char;
    else runs.push({ subset, text: char });
  }
  return runs;
}

/** The text in characters that the fonts draw, composed (NFC), without line breaks and controls. */
export function printable(text: string): string {
  if (isPlain(text)) return text;
  const clean = text.normalize('NFC').replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ');
  return Array.from(clean, (char) => (subsetOf(char) === null ? plain(char) : char)).join('');
}

/** Most of all text: nothing in it is to be changed, and one font draws it. */
function isPlain(text: string): boolean {
  return !/[^ -~]| {2}/.test(text);
}

function plain(char: string): string {
  const simple = char.normalize('NFKD').replace(/\p{M}/gu, '');
  return simple !== '' && Array.from(simple).every((c) => subsetOf(c) !== null) ? simple : '?';
}

/** Looked up once a character. */
const known = new Map<string, Subset | null>();

function subsetOf(char: string): Subset | null {
  const found = known.get(char);
  if (found !== undefined) return found;
  const code = char.codePointAt(0) ?? 0;
  const subset = ranges.find((r) => r.ranges.some(({ from, to }) => code >= from && code <= to))?.subset ?? null;
  if (known.size < MOST_KNOWN) known.set(char, subset);
  return subset;
}

function draws(subset: Subset, char: string): boolean {
  if (subsetOf(char) === subset) return true;
  const code = char.codePointAt(0) ?? 0;
  return ranges.some((r) => r.subset === subset && r.ranges.some(({ from, to }) => code >= from && code <= to));
}
