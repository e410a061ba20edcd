import pg from 'pg';

/** Every statement that pools send while `work` runs, by connection. */
export async function counted(work: () => Promise<unknown>): Promise<string[][]> {
  const sent = new Map<pg.Client, string[]>();
  const original = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [query] = args;
    const list = sent.get(this) ?? [];
    sent.set(this, [...list, typeof query === 'string' ? query : (query as { text: string }).text]);
    return original.apply(this, args);
  } as typeof pg.Client.prototype.query;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = original as typeof pg.Client.prototype.query;
  }
  return [...sent.values()];
}

/** The transactions among the statements of one connection, each from its BEGIN to its COMMIT. */
export function transactionsOf(statements: readonly string[]): string[][] {
  const found: string[][] = [];
  for (const sql of statements) {
    if (sql.startsWith('BEGIN')) found.push([]);
    found.at(-1)?.push(sql);
  }
  return found.map((list) => list.slice(0, list.findIndex((sql) => sql.endsWith('COMMIT')) + 1));
}
