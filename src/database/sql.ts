import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

/** Whatever can run a statement: a transaction, or the data source for reads outside one. */
export type Db = EntityManager | DataSource | QueryRunner;

/**
 * The rows of one statement, whatever its kind: TypeORM answers `[rows, count]` for UPDATE and DELETE and bare rows
 * for the others.
 * @param sql bigint columns arrive as strings, timestamptz as Date
 */
export async function rows<T>(db: Db, sql: string, params: readonly unknown[] = []): Promise<T[]> {
  const answer: unknown = await db.query(sql, [...params]);
  const list = answer as unknown[];
  const pair = list.length === 2 && Array.isArray(list[0]) && typeof list[1] === 'number';
  return (pair ? list[0] : list) as T[];
}

/** The only row, or null where there is none. */
export async function one<T>(db: Db, sql: string, params: readonly unknown[] = []): Promise<T | null> {
  const [row] = await rows<T>(db, sql, params);
  return row ?? null;
}
