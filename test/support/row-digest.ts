import { rows } from '../../src/database/sql.ts';
import type { TestApp } from './app.ts';

/** What passes by every request, and what is kept under the caller's own idempotency key. */
const OF_THE_REQUEST = ['idempotency', 'rate_count'];

/** Every table with its number of rows and a sum of what stands in them: alike where nothing was changed. */
export async function rowDigest(test: TestApp): Promise<Record<string, string>> {
  const tables = await rows<{ name: string }>(
    test.db,
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL ($1)`,
    [['migrations', ...OF_THE_REQUEST]],
  );
  const sums = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)), 0) AS sum FROM ${name} AS t`,
  );
  const found = await rows<{ name: string; sum: string }>(test.db, sums.join(' UNION ALL '));
  return Object.fromEntries(found.map(({ name, sum }) => [name, sum]));
}
