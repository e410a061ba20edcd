/** Fields that people write into: what stands there may name a buyer. */
const WRITTEN: ReadonlySet<string> = new Set(['description', 'note', 'sender']);
/** Stands where a text must stand. */
const GONE = 'erased';

/**
 * JSON as the API answered it, without a buyer in it: no address, nothing that people wrote, and no text that says one
 * of the words.
 * @param words a name, an e-mail address, a phone number; in any case
 */
export function withoutBuyer(json: string, words: readonly string[]): string {
  const said = words.map((word) => word.toLowerCase());
  return JSON.stringify(
    JSON.parse(json, (name, value: unknown) => {
      if (name === 'ship_to') return null;
      if (typeof value === 'string') {
        if (WRITTEN.has(name)) return null;
        return said.some((word) => value.toLowerCase().includes(word)) ? GONE : value;
      }
      if (name === 'proof' && isObject(value)) return { ...value, question: null, answer: null };
      return isMessage(value) ? { ...value, text: GONE } : value;
    }),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** As claims show what was said of them. */
function isMessage(value: unknown): value is { from: unknown; text: unknown } {
  return isObject(value) && 'from' in value && 'text' in value;
}

/** Texts with one of the words in them, for LIKE; what a pattern would read otherwise is taken as it stands. */
export function likePatterns(words: readonly string[]): string[] {
  return words.map((word) => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`);
}
