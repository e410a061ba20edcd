const JUNK: readonly unknown[] = [null, {}, [], '', 'null', 0, -1, 1e308, true, '\ud800', '\u0001', 'x'.repeat(3000), '9999-99-99',
  '/Date(99999999999999999)/', { '#text': { '#text': 1 } }, [[[]]], '__proto__', 'constructor']; // prettier-ignore

/** The same numbers in every run, from 0 to 1. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** A payload that is not quite as it was published: JSON with other fields, XML with characters torn out. */
export function mutatedPayload(text: string, next: () => number): string {
  return text.trimStart().startsWith('<') ? torn(text, next) : JSON.stringify(mutated(JSON.parse(text), next));
}

/** Fields left out, renamed, wrapped or replaced by junk, here and there. */
function mutated(value: unknown, next: () => number): unknown {
  if (next() < 0.02) return JUNK[Math.floor(next() * JUNK.length)];
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => mutated(item, next));
    return next() < 0.05 ? items[0] : items;
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(() => next() > 0.03);
    return Object.fromEntries(
      fields.map(([key, inner]) => [next() < 0.02 ? key.toUpperCase() : key, mutated(inner, next)]),
    );
  }
  return next() < 0.02 ? [value] : value;
}

function torn(text: string, next: () => number): string {
  return Array.from({ length: 5 }).reduce<string>((rest) => {
    const at = Math.floor(next() * rest.length);
    return rest.slice(0, at) + rest.slice(at + Math.floor(next() * 6));
  }, text);
}
