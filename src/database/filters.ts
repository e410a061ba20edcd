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

/**
 * The order of nulls in an index, read from its end: the house's lie in another one than a merchant's (see `newestOf`).
 * @param merchantId null: the house's list, across merchants
 */
export const nullsOf = (merchantId: string | null): string => (merchantId === null ? 'NULLS LAST' : 'NULLS FIRST');

/**
 * A page newest first, by ids, which one index alone can be read for: what a plan thinks of its other ways is no matter.
 * The house's indexes lie in another order of nulls (there are none) than a merchant's, or a plan would look for a
 * merchant's rows among everybody's, past all that others have done since its newest. A status is a range, not a value,
 * or a plan would look for it among all others.
 * @param row the table's name in the statement
 * @param of.merchantId null: the house's list, across merchants
 * @param params of the statement: it gets more of them
 */
export function newestOf(
  row: string,
  of: { merchantId: string | null; status?: string | null | undefined; after: readonly string[] | null },
  params: unknown[],
): { clauses: string[]; order: string } {
  const direction = `DESC ${nullsOf(of.merchantId)}`;
  const after = of.after === null ? null : `$${params.push(of.after[0])}::uuid`;
  if (of.status === undefined || of.status === null)
    return { clauses: after === null ? [] : [`${row}.id < ${after}`], order: `${row}.id ${direction}` };
  const status = `$${params.push(of.status)}`;
  const start = after === null ? `${row}.status <= ${status}` : `(${row}.status, ${row}.id) < (${status}, ${after})`;
  return {
    clauses: [start, `${row}.status >= ${status}`],
    order: `${row}.status ${direction}, ${row}.id ${direction}`,
  };
}
