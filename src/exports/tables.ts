import { stringify } from 'csv-stringify/sync';

/** A JSON array, a line an object. */
export async function* jsonOf(pages: AsyncIterable<object[]>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const page of pages) {
    for (const thing of page) {
      yield `${before}${JSON.stringify(thing)}`;
      before = ',\n';
    }
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

/** A table; objects in objects get columns of their own (`total.amount`), lists are JSON in a cell. The first page names the columns. */
export async function* csvOf(pages: AsyncIterable<object[]>): AsyncGenerator<string> {
  let columns: string[] | null = null;
  for await (const page of pages) {
    const flat = page.map((thing) => Object.fromEntries(flatten(thing, '')));
    if (columns === null) {
      columns = [...new Set(flat.flatMap((row) => Object.keys(row)))];
      if (columns.length > 0) yield stringify([columns]);
    }
    const known = columns;
    if (flat.length > 0) yield stringify(flat.map((row) => known.map((column) => safe(row[column] ?? ''))));
  }
  if (columns === null || columns.length === 0) yield '';
}

function flatten(value: unknown, name: string): [string, string][] {
  if (value === null || value === undefined) return name === '' ? [] : [[name, '']];
  if (typeof value !== 'object') return [[name, typeof value === 'string' ? value : JSON.stringify(value)]];
  if (Array.isArray(value)) return [[name, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, part]) => flatten(part, name === '' ? key : `${name}.${key}`));
}

/** What a spreadsheet would take for a formula is made a text; numbers stay numbers. */
function safe(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell) ? `'${cell}` : cell;
}
