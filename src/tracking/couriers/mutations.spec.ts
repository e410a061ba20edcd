import { readdirSync, readFileSync } from 'node:fs';
import { readMessage, SOURCES } from '../sources.translate.ts';

const dir = new URL('../../../test/data/tracking/', import.meta.url);
const JUNK: readonly unknown[] = [null, {}, [], '', 'null', 0, -1, 1e308, true, '\ud800', '\u0001', 'x'.repeat(3000), '9999-99-99',
  '/Date(99999999999999999)/', { '#text': { '#text': 1 } }, [[[]]], '__proto__', 'constructor']; // prettier-ignore

/** The same numbers in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
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

/** A few characters torn out. */
function torn(text: string, next: () => number): string {
  return Array.from({ length: 5 }).reduce<string>((rest) => {
    const at = Math.floor(next() * rest.length);
    return rest.slice(0, at) + rest.slice(at + Math.floor(next() * 6));
  }, text);
}

describe('payloads that are not quite as they were published', () => {
  it.each(SOURCES.filter((source) => readdirSync(dir).includes(source)))(
    '%s is read all the same, or kept as unreadable',
    (source) => {
      const next = numbers(source.length * 7919);
      for (const file of readdirSync(new URL(`${source}/`, dir))) {
        const text = readFileSync(new URL(`${source}/${file}`, dir), 'utf8');
        for (let round = 0; round < 20; round += 1) {
          const body = file.endsWith('.json') ? JSON.stringify(mutated(JSON.parse(text), next)) : torn(text, next);
          const { shipments } = readMessage(source, Buffer.from(body), 'poll');
          expect(shipments.length).toBeGreaterThan(0);
          for (const { number, events } of shipments) {
            expect(number === null || typeof number === 'string').toBe(true);
            for (const { code, text: said, place, time } of events) {
              const kept = [code, said, place, time.raw].filter((field) => field !== null).join('');
              expect(kept).not.toMatch(/\u0000|\p{Surrogate}/u);
              expect(kept.length).toBeLessThan(4000);
            }
          }
        }
      }
    },
  );
});
