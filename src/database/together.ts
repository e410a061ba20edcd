import pg, { type Connection, type PoolClient, type QueryResult } from 'pg';
import type { QueryRunner } from 'typeorm';

/** pg's own words for a statement; after `query_timeout` ms without an answer it gives it up. */
export interface Asked extends pg.QueryConfig<unknown[]> {
  query_timeout: number;
}

/** A statement whose answer nobody reads: it travels ahead of another. */
export interface Ahead {
  text: string;
  values: readonly unknown[];
  /** PostgreSQL knows it by this name once the connection has prepared it; left out: it is planned each time. */
  name?: string;
}

const { prepareValue } = (pg as unknown as { utils: { prepareValue: (value: unknown) => unknown } }).utils;

/** What pg's own Query does besides its public face; it sends a statement and reads the answers to it. */
interface Protocol {
  prepare(connection: Connection): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
}
const Plain = pg.Query as unknown as new (
  config: pg.QueryConfig & { queryMode: 'extended' },
  callback: (error: Error | null, result: QueryResult) => void,
) => pg.Query & Protocol;

/**
 * Several statements sent together and answered together: one round trip. Where one fails, PostgreSQL does none of
 * those after it. Outside a transaction they are one.
 */
class Together extends Plain {
  /** Where pg's client looks for it. */
  readonly query_timeout: number;
  private answered = 0;

  constructor(
    private readonly ahead: readonly Ahead[],
    statement: Asked,
    callback: (error: Error | null, result: QueryResult) => void,
  ) {
    super({ ...statement, queryMode: 'extended' }, callback);
    this.query_timeout = statement.query_timeout;
  }

  override prepare(connection: Connection): void {
    for (const { name, text, values } of this.ahead) {
      if (name === undefined) connection.parse({ name: '', text, types: [] }, true);
      const bound = {
        portal: '',
        statement: name ?? '',
        values: values as string[],
        binary: '',
        valueMapper: prepareValue,
      };
      connection.bind(bound, true);
      connection.execute({ portal: '', rows: '0' }, true);
    }
    super.prepare(connection);
  }

  override handleDataRow(message: unknown): void {
    if (this.isLast()) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    if (this.isLast()) super.handleCommandComplete(message, connection);
    this.answered += 1;
  }

  private isLast(): boolean {
    return this.answered === this.ahead.length;
  }
}

/** What each connection has prepared of what goes ahead. */
const prepared = new WeakMap<PoolClient, Set<string>>();

function isPrepared(client: PoolClient, { name }: Ahead): boolean {
  return name === undefined || prepared.get(client)?.has(name) === true;
}

/** Runs a statement by itself, as it is prepared. */
async function prepare(client: PoolClient, { name, text, values }: Ahead, queryTimeout: number): Promise<void> {
  const asked: Asked = { text, values: [...values], query_timeout: queryTimeout };
  await client.query(name === undefined ? asked : { ...asked, name });
  if (name !== undefined) prepared.set(client, (prepared.get(client) ?? new Set()).add(name));
}

async function together(client: PoolClient, ahead: readonly Ahead[], statement: Asked): Promise<QueryResult> {
  try {
    return await new Promise((resolve, reject) => {
      const query = new Together(ahead, statement, (error, result) => {
        if (error === null) resolve(result);
        else reject(error);
      });
      client.query(query);
    });
  } catch (error) {
    if (error instanceof Error) Error.captureStackTrace(error); // the stack that asked, not the socket's
    throw error;
  }
}

/**
 * Runs a statement of a transaction, and others ahead of it in the same round trip; where the connection has not
 * prepared them all, one after the other.
 * @returns of the statement
 * @throws of whichever failed
 */
export async function askAfter(client: PoolClient, ahead: readonly Ahead[], statement: Asked): Promise<QueryResult> {
  if (ahead.length === 0) return client.query(statement);
  if (!ahead.every((one) => isPrepared(client, one))) {
    for (const one of ahead) await prepare(client, one, statement.query_timeout);
    return client.query(statement);
  }
  // pg takes each answer to a Parse for the last statement's: one that may not have come to it must have no name
  if (ahead.every(({ name }) => name !== undefined)) return together(client, ahead, statement);
  const { text, values = [], query_timeout } = statement;
  return together(client, ahead, { text, values, query_timeout });
}

/** Runs one statement outside a transaction, under a setting that PostgreSQL forgets with it. */
export async function askUnder(client: PoolClient, setting: Ahead, statement: Asked): Promise<QueryResult> {
  if (!isPrepared(client, setting)) await prepare(client, setting, statement.query_timeout); // alone it changes nothing
  return together(client, [setting], statement);
}

const waiting = new WeakMap<QueryRunner, Ahead[]>();

/** Leaves a statement to the next round trip of the connection. */
export function putAhead(runner: QueryRunner, ...statements: readonly Ahead[]): void {
  const known = waiting.get(runner);
  if (known === undefined) waiting.set(runner, [...statements]);
  else known.push(...statements);
}

/** What waits for the next round trip, which from now on is the caller's to send or to drop. */
export function takeAhead(runner: QueryRunner): Ahead[] {
  const known = waiting.get(runner) ?? [];
  waiting.delete(runner);
  return known;
}
