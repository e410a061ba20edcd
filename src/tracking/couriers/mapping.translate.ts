import { canonicalReason, type CourierStatus } from '../canonical.translate.ts';
import { STATUS_MAP } from './map/status-map.translate.ts';
import type { MapRow } from './map/vocabulary.translate.ts';

/** What a code or a phrase means. A null status is a line that is known to say nothing. */
export interface Meaning {
  status: CourierStatus | null;
  reason: string | null;
}

/** A whole phrase: an exact text (compared without case and end marks), or an expression that spans all of it. */
export type Phrase = readonly [phrase: string | RegExp, status: CourierStatus | null, reason?: string];

/**
 * Looks a code up in the published vocabulary of a source, as it is written and then without regard to case.
 * @returns undefined where the vocabulary does not have it: then the next best evidence is asked
 */
export function byCode(table: string, code: string | null): Meaning | undefined {
  if (code === null) return undefined;
  const vocabulary = STATUS_MAP[table] ?? {};
  const row = Object.hasOwn(vocabulary, code) ? vocabulary[code] : caseless(vocabulary, code);
  return row === undefined ? undefined : { status: row[0], reason: canonicalReason(row[1]) };
}

function caseless(vocabulary: Readonly<Record<string, MapRow>>, code: string): MapRow | undefined {
  const wanted = code.toLowerCase();
  const key = Object.keys(vocabulary).find((k) => k.toLowerCase() === wanted);
  return key === undefined ? undefined : vocabulary[key];
}

/** No courier's phrase is longer; also bounds the work of the expressions. */
const MAX_PHRASE = 250;

/** Lower case, single spaces, no end marks: `Delivered, In/At Mailbox.` is `delivered, in/at mailbox`. */
export function phraseOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[’`]/g, "'")
    .replace(/\s+/g, ' ')
    .replace(/[.!。\s]+$/u, '')
    .trim();
}

/** Whole phrases only: words mislead ("Undeliverable", "will be returned if not collected"). Source: tracking.md, Traps. */
export function byPhrase(phrases: readonly Phrase[], text: string | null): Meaning | undefined {
  if (text === null || text.length > MAX_PHRASE) return undefined;
  const said = phraseOf(text);
  const found = phrases.find(([phrase]) => (typeof phrase === 'string' ? phrase === said : spans(phrase, said)));
  return found === undefined ? undefined : { status: found[1], reason: found[2] ?? null };
}

function spans(expression: RegExp, said: string): boolean {
  const found = expression.exec(said);
  return found !== null && found[0].length === said.length;
}

/** The first meaning that says something; a reason that a coarser one knows is kept. */
export function finest(...meanings: (Meaning | undefined)[]): Meaning | undefined {
  const known = meanings.filter((m) => m !== undefined);
  const best = known[0];
  if (best === undefined) return undefined;
  const reason = best.reason ?? known.find((m) => m.status === best.status && m.reason !== null)?.reason ?? null;
  return { status: best.status, reason };
}

/** Does it name a status, rather than nothing or a line that says nothing? */
export function says(meaning: Meaning | undefined): meaning is Meaning & { status: CourierStatus } {
  return meaning !== undefined && meaning.status !== null;
}

export function means(status: CourierStatus | null, reason: string | null = null): Meaning {
  return { status, reason };
}

/** A row of a translator's own table; undefined where it has none, whatever the key is. */
export function own(table: Readonly<Record<string, Meaning>>, key: string | null | undefined): Meaning | undefined {
  return key !== null && key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}
