import { load, type LoadResult } from './load.ts';
import { Watcher } from './measure.ts';
import type { Stand } from './stand.ts';
import { aligned, whole } from './table.ts';
import type { Work } from './works.ts';

/** A list or a detail, as somebody reads it. */
export interface Page {
  name: string;
  path: string;
  token: string;
}

/** What one page takes, whatever else the machine does. */
export interface PageCost {
  name: string;
  statements: number;
  buffers: number;
}

interface Parameter {
  name: string;
  in: string;
  schema: { enum?: string[] };
}
interface Document {
  paths: Record<string, { get?: { parameters?: Parameter[] } }>;
}
interface ListAnswer {
  data: Record<string, unknown>[];
  next_cursor: string | null;
}

const CLIENTS = 16;
/** Merchants whose pages are read under load: the large one is one of them. */
const READERS = 20;
/** Of a list's filters these have words of their own, each of which is read. */
const FILTERS = ['status', 'type', 'kind'];
/** Lists over all that there is, which nobody reads in pages. */
const NOT_A_PAGE = /\.(csv|pdf)$|^\/v1\/exports/;

async function ask<T>(stand: Stand, path: string, token: string): Promise<T | null> {
  const answer = await fetch(stand.service.base + path, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  return answer.ok && (answer.headers.get('content-type') ?? '').includes('json') ? (JSON.parse(text) as T) : null;
}

/** Every list of the service's own document: plain, by each word of a filter, and its second page. */
async function listsOf(stand: Stand, who: string, token: string): Promise<Page[]> {
  const document = await ask<Document>(stand, '/openapi.json', token);
  const pages: Page[] = [];
  for (const [path, { get }] of Object.entries(document?.paths ?? {})) {
    const parameters = get?.parameters?.filter(({ in: where }) => where === 'query') ?? [];
    if (path.includes('{') || NOT_A_PAGE.test(path) || !parameters.some(({ name }) => name === 'cursor')) continue;
    const first = await ask<ListAnswer>(stand, path, token);
    if (first === null) continue; // not theirs
    const one = (query: string): Page => ({ name: `${who} ${path}${query}`, path: path + query, token });
    pages.push(one(''));
    if (first.next_cursor !== null) pages.push({ ...one('?cursor='), path: `${path}?cursor=${first.next_cursor}` });
    for (const { name, schema } of parameters.filter(({ name: filter }) => FILTERS.includes(filter)))
      pages.push(...(schema.enum ?? []).map((word) => one(`?${name}=${word}`)));
  }
  return pages;
}

/** Every detail of the document that a list leads to, of the list's first rows. */
async function detailsOf(stand: Stand, { who, token }: { who: string; token: string }, rows: number): Promise<Page[]> {
  const document = await ask<Document>(stand, '/openapi.json', token);
  const paths = Object.keys(document?.paths ?? {}).filter((path) => document?.paths[path]?.get !== undefined);
  const pages: Page[] = [];
  for (const path of paths) {
    const [, list = '', name = ''] = /^(\/[^{]+)\/\{(\w+)\}[^{]*$/.exec(path) ?? [];
    if (list === '' || NOT_A_PAGE.test(path) || !paths.includes(list)) continue;
    const found = await ask<ListAnswer>(stand, list, token);
    for (const row of Array.isArray(found?.data) ? found.data.slice(0, rows) : []) {
      const id = row[name] ?? row['id'];
      if (typeof id !== 'string') continue;
      const page = { name: `${who} ${path}`, path: path.replace(/\{\w+\}/, encodeURIComponent(id)), token };
      if ((await ask(stand, page.path, token)) !== null) pages.push(page);
    }
  }
  return pages;
}

/** Statements and pages of PostgreSQL for each list and detail, of the largest merchant, a small one and staff, in turn. */
export async function costsOf(stand: Stand): Promise<PageCost[]> {
  const readers = [
    { who: 'large', token: stand.shops[0]?.key ?? '' },
    { who: 'small', token: stand.shops[1]?.key ?? '' },
    { who: 'staff', token: stand.token },
  ];
  const watcher = await Watcher.open(stand.url);
  try {
    const costs: PageCost[] = [];
    for (const reader of readers) {
      const pages = [...(await listsOf(stand, reader.who, reader.token)), ...(await detailsOf(stand, reader, 1))];
      for (const { name, path, token } of pages)
        costs.push({ name, ...(await cost(watcher, () => ask(stand, path, token))) });
    }
    return costs;
  } finally {
    await watcher.close();
  }
}

/**
 * A statement that has come five times may get a plan that fits any value: what comes after counts, the least of five,
 * as timers and the relay work beside it.
 */
const [FORE, COUNTED] = [6, 5] as const;

async function cost(watcher: Watcher, read: () => Promise<unknown>): Promise<Omit<PageCost, 'name'>> {
  const seen: Omit<PageCost, 'name'>[] = [];
  for (let n = 0; n < FORE; n += 1) await read();
  for (let n = 0; n < COUNTED; n += 1) {
    const before = await watcher.statements();
    await read();
    const after = await watcher.statements();
    seen.push({ statements: after.statements - before.statements, buffers: after.buffers - before.buffers });
  }
  return seen.toSorted((a, b) => a.buffers - b.buffers)[0] ?? { statements: 0, buffers: 0 };
}

/** So many of PostgreSQL's pages are worth a look, whether or not they grow. */
const MANY = 100;
/** Source: performance.md, Goals: growth. */
const MORE = 2;

/**
 * The pages that take more as orders grow, or much anyway; the others have nothing to tell.
 * @param all by the number of orders, the fewest first
 */
export function costTableOf(all: ReadonlyMap<number, readonly PageCost[]>): string {
  const names = [...new Set([...all.values()].flatMap((costs) => costs.map(({ name }) => name)))];
  const head = ['page', 'statements', ...[...all.keys()].map((orders) => `buffers at ${whole(orders)}`)];
  const lines = names.flatMap((name) => {
    const found = [...all.values()].map((costs) => costs.find((one) => one.name === name));
    const buffers = found.map((one) => one?.buffers ?? Number.NaN);
    const [first = Number.NaN, last = Number.NaN] = [buffers[0], buffers.at(-1)];
    if (!(last > first + MORE || last >= MANY)) return [];
    return [{ last, cells: [name, whole(found.at(-1)?.statements ?? Number.NaN), ...buffers.map(whole)] }];
  });
  lines.sort((a, b) => b.last - a.last);
  const others = names.length - lines.length;
  return `${aligned([head, ...lines.map(({ cells }) => cells)])}\n${others} other pages take at most ${MORE} more, and less than ${MANY}`;
}

const pagesOf = new WeakMap<Stand, Map<string, Promise<Page[]>>>();

type Kind = 'lists' | 'details';

async function gather(stand: Stand, kind: Kind): Promise<Page[]> {
  const readers = stand.shops.slice(0, READERS).map(({ key }) => ({ who: 'merchant', token: key }));
  const found: Page[] = [];
  for (const reader of [...readers, { who: 'staff', token: stand.token }])
    found.push(
      ...(kind === 'lists' ? await listsOf(stand, reader.who, reader.token) : await detailsOf(stand, reader, 5)),
    );
  return found;
}

const reads =
  (kind: Kind): Work['ours'] =>
  async (stand: Stand, seconds: number): Promise<LoadResult> => {
    const known = pagesOf.get(stand) ?? new Map<string, Promise<Page[]>>();
    pagesOf.set(stand, known);
    const pages = await (known.get(kind) ?? gather(stand, kind));
    known.set(kind, Promise.resolve(pages));
    let n = 0;
    return load({
      ...{ base: stand.service.base, clients: CLIENTS, seconds, expected: 200 },
      next: () => {
        const { path, token } = pages[(n += 1) % pages.length] ?? { path: '/', token: '' };
        return { method: 'GET', path, headers: { authorization: `Bearer ${token}` } };
      },
    });
  };

const GOAL = 'p99 <= 20, target 5';

/** Source: performance.md, Goals: lists and details. */
export const READS: readonly Work[] = [
  { name: `lists, ${CLIENTS} clients`, units: 1, goal: GOAL, ours: reads('lists'), limit: null },
  { name: `details, ${CLIENTS} clients`, units: 1, goal: GOAL, ours: reads('details'), limit: null },
];
