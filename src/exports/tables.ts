import { stringify } from 'csv-stringify/sync';
import { noFormula } from '../kernel/formulas.ts';

/** A JSON array, a line an object. @param columns takes what a table of the same list would have */
export async function* jsonOf(pages: AsyncIterable<object[]>, columns: Set<string>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const page of pages) {
    for (const thing of page) {
      for (const [column] of flatten(thing, '')) columns.add(column);
      yield `${before}${JSON.stringify(thing)}`;
      before = ',\n';
    }
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

/**
 * A table; objects in objects get columns of their own (`total.amount`), lists are JSON in a cell.
 * @param columns of all pages, as jsonOf found them: what is null on the first page may be an object on the last
 */
export async function* csvOf(pages: AsyncIterable<object[]>, columns: ReadonlySet<string>): AsyncGenerator<string> {
  const known = inOrder([...columns]);
  yield known.length === 0 ? '' : stringify([known.map(noFormula)]);
  for await (const page of pages) {
    const flat = page.map((thing) => new Map(flatten(thing, '')));
    if (flat.length > 0) yield stringify(flat.map((row) => known.map((column) => noFormula(row.get(column) ?? ''))));
  }
}

/** Parts of one object side by side; an object's own column is that of its nulls, and empty. */
function inOrder(columns: readonly string[]): string[] {
  const field = (column: string): string => column.split('.', 1)[0] ?? column;
  const fields = [...new Set(columns.map(field))];
  return columns
    .filter((column) => !columns.some((other) => other.startsWith(`${column}.`)))
    .sort((a, b) => fields.indexOf(field(a)) - fields.indexOf(field(b)));
}

function flatten(value: unknown, name: string): [string, string][] {
  if (value === null || value === undefined) return name === '' ? [] : [[name, '']];
  if (typeof value !== 'object') return [[name, typeof value === 'string' ? value : JSON.stringify(value)]];
  if (Array.isArray(value)) return [[name, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, part]) => flatten(part, name === '' ? key : `${name}.${key}`));
}
