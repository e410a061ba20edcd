import type { PoolClient } from 'pg';
import { EntityManager, type QueryRunner } from 'typeorm';
import { entering, scopeOf, type Scope } from './scope.ts';
import { giveUp, patienceOf, SILENCE_MS } from './silence.ts';
import { ask, askAfter, putAhead, type Ahead, type Asked } from './together.ts';

/** An SQL text and its parameters, in their order. */
export interface Statement {
  text: string;
  values: readonly unknown[];
}

/** Whatever can run a statement: a transaction, or a scope for one statement outside a transaction. */
export type Db = EntityManager | Scope;

/** So many texts are prepared and kept by each connection; what comes after them is planned anew each time. */
const MAX_NAMES = 2_000;
/** By role: row-level security makes another plan of the same text, and a plan for another role is thrown away. */
const names = { h: new Map<string, string>(), m: new Map<string, string>() };
let generation = 0;

/** A statement is planned once a connection and role: PostgreSQL knows it by its name. */
function nameOf(sql: string, { merchantId }: Scope): string | undefined {
  const role = merchantId === null ? 'h' : 'm';
  const known = names[role].get(sql);
  if (known !== undefined || names[role].size >= MAX_NAMES) return known;
  const name = `${role}${generation}_${names[role].size}`;
  names[role].set(sql, name);
  return name;
}

/** SQLSTATE where the answer of a prepared statement has changed: a migration ran beside. Nothing of it was done. */
export const STALE = '0A000';

/** A migration changed what a statement answers: from now on all are prepared anew, under other names. */
export function forgetStatements(): void {
  names.h.clear();
  names.m.clear();
  generation += 1;
}

function asked(sql: string, params: readonly unknown[], scope: Scope, timeoutMs: number): Asked {
  const name = params.length === 0 ? undefined : nameOf(sql, scope);
  const statement = { text: sql, values: params, query_timeout: timeoutMs };
  return name === undefined ? statement : { ...statement, name };
}

/**
 * The rows of one statement, whatever its kind. One with parameters is prepared: its text should not be put together
 * from values.
 * @param sql bigint columns arrive as strings, timestamptz as Date
 */
export async function rows<T>(db: Db, sql: string, params: readonly unknown[] = []): Promise<T[]> {
  if (db instanceof EntityManager) {
    const runner = runnerOf(db);
    return (await ask(runner, asked(sql, params, scopeOf(runner), patienceOf(runner)))).rows as T[];
  }
  try {
    return await rowsAlone(db, sql, params);
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== STALE) throw error;
    forgetStatements();
    return rowsAlone(db, sql, params);
  }
}

/** In a transaction of the statement's own. */
async function rowsAlone<T>(db: Scope, sql: string, params: readonly unknown[]): Promise<T[]> {
  const runner = db.source.createQueryRunner();
  let client: PoolClient | undefined;
  try {
    client = (await runner.connect()) as PoolClient;
    return (await askAfter(client, [entering(db)], asked(sql, params, db, SILENCE_MS))).rows as T[];
  } catch (error) {
    if (client !== undefined) giveUp(client, error); // of a transaction it is whoever opened it
    throw error;
  } finally {
    await runner.release();
  }
}

/**
 * Leaves a statement whose answer nobody needs to the transaction's next round trip: it runs before whatever is asked
 * next, or with COMMIT, and what it violates is thrown there.
 */
export function send(tx: EntityManager, sql: string, params: readonly unknown[] = []): void {
  const runner = runnerOf(tx);
  putAhead(runner, named({ text: sql, values: params }, scopeOf(runner)));
}

/** The statement as connections prepare it. */
export function named(statement: Statement, scope: Scope): Ahead {
  const name = nameOf(statement.text, scope);
  return name === undefined ? statement : { ...statement, name };
}

/** The connection of a transaction. */
export function runnerOf({ queryRunner }: EntityManager): QueryRunner {
  if (queryRunner === undefined) throw new Error('This needs a transaction that inTransaction opened.');
  return queryRunner;
}

/** The only row, or null where there is none. */
export async function one<T>(db: Db, sql: string, params: readonly unknown[] = []): Promise<T | null> {
  const [row] = await rows<T>(db, sql, params);
  return row ?? null;
}

type Answers<T extends readonly (() => unknown)[]> = { -readonly [I in keyof T]: Awaited<ReturnType<T[I]>> };

/**
 * Asks several questions: of a transaction at once, in one round trip where each is one statement; outside one after
 * the other, as each takes a connection. All have ended when it answers or throws: none asks anything of a transaction
 * that is over.
 * @throws of the first of them that failed
 */
export async function atOnce<T extends readonly (() => Promise<unknown>)[] | []>(
  db: Db,
  questions: T,
): Promise<Answers<T>> {
  const answers: unknown[] = [];
  if (db instanceof EntityManager) {
    const asked = questions.map((question) => question());
    const all = Promise.all(asked); // throws of whichever failed first in time: what comes after it fails for its sake
    await Promise.allSettled([...asked, all]);
    answers.push(...(await all));
  } else for (const question of questions) answers.push(await question());
  return answers as Answers<T>;
}
