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

/** Ends of sentences: a comma or a dash is part of one ("Delivered, To Original Sender"). */
const SENTENCE_END = /[.;!]\s+|\s\/\s/u;
/** A condition is a threat or a promise, not a fact: such a line is never taken apart. */
const CONDITION = /(^|[ ,])(if|unless|otherwise|when|falls|sofern|wenn|si|sinon|indien|tenzij|jeśli|jeżeli|se)[ ,]/;

/** Whole phrases only: words mislead ("Undeliverable", "will be returned if not collected"). Source: tracking.md, Traps. */
export function byPhrase(phrases: readonly Phrase[], text: string | null): Meaning | undefined {
  if (text === null || text.length > MAX_PHRASE) return undefined;
  const said = phraseOf(text);
  return finest(whole(phrases, said), bySentences(phrases, said), withCause(phrases, said));
}

function whole(phrases: readonly Phrase[], said: string): Meaning | undefined {
  const found = phrases.find(([phrase]) => (typeof phrase === 'string' ? phrase === said : spans(phrase, said)));
  return found === undefined ? undefined : { status: found[1], reason: found[2] ?? null };
}

/** "Refused by the recipient; item being returned to sender": a return counts before what led to it, a trouble before an end. */
function bySentences(phrases: readonly Phrase[], said: string): Meaning | undefined {
  const sentences = said.split(SENTENCE_END);
  if (sentences.length < 2 || CONDITION.test(said)) return undefined;
  const known = sentences.map((sentence) => whole(phrases, phraseOf(sentence))).filter(says);
  const back = known.filter(({ status }) => status.startsWith('rto_'));
  return finest(...back, ...known.filter(({ status }) => status !== 'delivered'), ...known);
}

/** From end to end: the first of several alternatives that fits the beginning may not be the one that fits the whole. */
const WHOLE = new WeakMap<RegExp, RegExp>();

function spans(expression: RegExp, said: string): boolean {
  const whole = WHOLE.get(expression) ?? new RegExp(`^(?:${expression.source})$`, expression.flags);
  WHOLE.set(expression, whole);
  return whole.test(said);
}

/** "Delivery attempted - business closed", "Returned to sender - unclaimed": what happened, then why. */
function withCause(phrases: readonly Phrase[], said: string): Meaning | undefined {
  const [head = '', ...tail] = said.split(/ - |: /u);
  if (tail.length === 0 || CONDITION.test(said)) return undefined;
  const happened = whole(phrases, phraseOf(head));
  return happened !== undefined && TROUBLES.includes(happened.status)
    ? finest(happened, whole(phrases, phraseOf(tail.join(' - '))))
    : undefined;
}

/** Troubles that have one cause: why it was not delivered is why it turns back. */
const TROUBLES: readonly (CourierStatus | null)[] = ['attempt_failed', 'exception', 'rto_initiated', 'rto_in_transit'];

/** The first meaning that says something; a reason that a coarser one knows is kept. */
export function finest(...meanings: (Meaning | undefined)[]): Meaning | undefined {
  const known = meanings.filter((m) => m !== undefined);
  const best = known[0];
  if (best === undefined) return undefined;
  const alike = known.filter(
    ({ status }) => status === best.status || (TROUBLES.includes(status) && TROUBLES.includes(best.status)),
  );
  const reasons = alike.flatMap(({ reason }) => (reason === null ? [] : [reason]));
  return { status: best.status, reason: reasons.find((reason) => reason !== 'other') ?? reasons[0] ?? null };
}

/** What words may make of a code that says no more than "trouble"; they never end a parcel's way on their own. */
const EXPLANATIONS: readonly CourierStatus[] = [
  'attempt_failed',
  'available_for_pickup',
  'exception',
  'damaged',
  'seized_by_customs',
  'rto_initiated',
  'rto_in_transit',
];

/** The first code that says something; one that only says "trouble" gives way to words that say which. */
export function explained(words: Meaning | undefined, ...codes: (Meaning | undefined)[]): Meaning | undefined {
  const known = finest(...codes);
  const vague = known?.status === 'exception' && (known.reason === null || known.reason === 'other');
  return vague && says(words) && EXPLANATIONS.includes(words.status) ? finest(words, known) : finest(known, words);
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
