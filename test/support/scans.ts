import { expect } from '@jest/globals';
import type { Scope } from '../../src/database/scope.ts';
import { rows } from '../../src/database/sql.ts';
import { hearQueries, type Query } from './counted.ts';
import { expectStatus, type Caller } from './world.ts';

interface Plan {
  'Node Type': string;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

/** One look into a table: rows that were of no use, in all its loops, and how often it was begun. */
export interface TableScan {
  inVain: number;
  loops: number;
}

/**
 * How a page of 20 rows is read from a table.
 * @param of.table the statements that begin with it
 * @param of.scope as the reader's statements run
 */
export async function scansOf(
  reader: Caller,
  path: string,
  of: { table: string; scope: Scope },
): Promise<{ scans: TableScan[]; cursor: string }> {
  const asked: Query[] = [];
  const stop = hearQueries((query) => asked.push(query));
  const answer = await reader.get(path);
  stop();
  const { data, next_cursor: cursor } = expectStatus<{ data: object[]; next_cursor: string }>(answer, 200);
  expect(data).toHaveLength(20);
  const isOf = new RegExp(`^\\s*(SELECT|WITH)\\b.*\\bFROM ${of.table} `, 's');
  const scans: TableScan[] = [];
  for (const { text, values } of asked.filter((query) => isOf.test(query.text))) {
    const explain = `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`;
    const [row] = await rows<{ 'QUERY PLAN': [{ Plan: Plan }] }>(of.scope, explain, values);
    if (row !== undefined) gather(row['QUERY PLAN'][0].Plan, scans);
  }
  expect(scans).not.toEqual([]);
  return { scans, cursor };
}

function gather(plan: Plan, scans: TableScan[]): void {
  const loops = plan['Actual Loops'];
  if (/^(Seq|Index|Index Only|Bitmap Heap) Scan$/.test(plan['Node Type']))
    scans.push({ inVain: (plan['Rows Removed by Filter'] ?? 0) * loops, loops });
  for (const part of plan.Plans ?? []) gather(part, scans);
}
