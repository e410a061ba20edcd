/**
 * What a list is asked for, as SQL: only the tests that are there. `$1 IS NULL OR …` would be one text for all of them,
 * but the plan that is kept for it fits none: for one page it reads all that a merchant has.
 * @param before parameters that stand before
 * @param tests a left side with its operator, and what it is compared with: null or undefined leave it out
 */
export function filtersOf(
  before: readonly unknown[],
  tests: readonly (readonly [test: string, value: unknown])[],
): { clauses: string[]; params: unknown[] } {
  const params = [...before];
  const clauses = tests.flatMap(([test, value]) =>
    value === undefined || value === null ? [] : [`${test} $${params.push(value)}`],
  );
  return { clauses, params };
}

/** `WHERE …`, or nothing where there is nothing to test. */
export const whereOf = (clauses: readonly string[]): string =>
  clauses.length === 0 ? '' : `WHERE ${clauses.join(' AND ')}`;
