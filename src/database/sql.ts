import type { ClientBase, QueryConfig } from 'pg';
import { DataSource, EntityManager, type QueryRunner } from 'typeorm';
import { giveUp, patienceOf } from './silence.ts';

/** Whatever can run a statement: a transaction, or the data source for reads outside one. */
export type Db = EntityManager | DataSource | QueryRunner;

/** So many texts are prepared and kept by each connection; what comes after them is planned anew each time. */
const MAX_NAMES = 2_000;
const names = new Map<string, string>();
let generation = 0;

/** A statement is planned once a connection: PostgreSQL knows it by its name. */
function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size >= MAX_NAMES) return known;
  const name = `s${generation}_${names.size}`;
  names.set(sql, name);
  return name;
}

/** A migration changed what a statement answers: from now on all are prepared anew, under other names. */
export function forgetStatements(): void {
  names.clear();
  generation += 1;
}

/** pg's own words for a statement; after `query_timeout` ms without an answer it gives it up. */
interface Asked extends QueryConfig<unknown[]> {
  query_timeout: number;
}

/** The connection that is held already; undefined: one of the pool is to be taken. */
function runnerOf(db: Db): QueryRunner | undefined {
  if (db instanceof EntityManager) return db.queryRunner;
  return db instanceof DataSource ? undefined : db;
}

/**
 * The rows of one statement, whatever its kind. One with parameters is prepared: its text should not be put together
 * from values.
 * @param sql bigint columns arrive as strings, timestamptz as Date
 */
export async function rows<T>(db: Db, sql: string, params: readonly unknown[] = []): Promise<T[]> {
  const own = runnerOf(db);
  const runner = own ?? (db instanceof EntityManager ? db.dataSource : (db as DataSource)).createQueryRunner();
  let client: ClientBase | undefined;
  try {
    client = (await runner.connect()) as ClientBase;
    const name = params.length === 0 ? undefined : nameOf(sql);
    const asked: Asked = {
      text: sql,
      values: [...params],
      query_timeout: patienceOf(runner),
      ...(name === undefined ? {} : { name }),
    };
    const { rows: found } = await client.query(asked);
    return found as T[];
  } catch (error) {
    if (own === undefined && client !== undefined) giveUp(client, error); // of a transaction it is whoever opened it
    throw error;
  } finally {
    if (own === undefined) await runner.release();
  }
}

/** The only row, or null where there is none. */
export async function one<T>(db: Db, sql: string, params: readonly unknown[] = []): Promise<T | null> {
  const [row] = await rows<T>(db, sql, params);
  return row ?? null;
}
