import { clauseOf, sectionsOf } from '../deciding/clauses.policy.ts';
import type { Language, Terms } from '../deciding/terms.policy.ts';
import { isObject } from './merging.policy.ts';

/** One parameter that two versions say differently; `from` or `to` is missing where one of them does not say it. */
export interface Difference {
  /** RFC 6901, into the terms: `/tracking/late_after_days`. */
  pointer: string;
  from?: unknown;
  to?: unknown;
}

/** One rule in words, as each version has it; null where the version has no such rule. */
export interface ClauseDifference {
  /** Without the policy's code: `tracking/late`. */
  key: string;
  from: { text: string; effect: string } | null;
  to: { text: string; effect: string } | null;
}

/** Every parameter that differs, in the order of the terms. A list differs as a whole. */
export function differences(from: Terms, to: Terms): Difference[] {
  return between(from, to, '');
}

function between(from: unknown, to: unknown, pointer: string): Difference[] {
  if (isObject(from) && isObject(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return names.flatMap((name) => between(from[name], to[name], `${pointer}/${name}`));
  }
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  return [{ pointer, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
}

/** Every rule whose words differ, as the pages show them: first those of the newer version, in its order. */
export function clauseDifferences(from: Terms, to: Terms, language: Language): ClauseDifference[] {
  const [before, after] = [wordsOf(from, language), wordsOf(to, language)];
  const keys = [...new Set([...after.keys(), ...before.keys()])];
  return keys.flatMap((key) => {
    const [was, is] = [before.get(key) ?? null, after.get(key) ?? null];
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ key, from: was, to: is }];
  });
}

function wordsOf(terms: Terms, language: Language): Map<string, { text: string; effect: string }> {
  return new Map(
    sectionsOf(terms)
      .flatMap(({ keys }) => keys)
      .map((key) => {
        const { text, effect } = clauseOf(terms, key, language);
        return [key, { text, effect }];
      }),
  );
}
