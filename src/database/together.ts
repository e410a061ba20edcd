import pg, { type Connection, type PoolClient, type QueryResult } from 'pg';
import type { QueryRunner } from 'typeorm';

/** A statement whose answer nobody reads: it travels ahead of another. */
export interface Ahead {
  text: string;
  values: readonly unknown[];
  /** PostgreSQL knows it by this name once the connection has prepared it; left out: it is planned each time. */
  name?: string;
}

/** A statement that somebody waits for; after `query_timeout` ms without an answer the connection is given up. */
export interface Asked extends Ahead {
  query_timeout: number;
}

const { prepareValue } = (pg as unknown as { utils: { prepareValue: (value: unknown) => unknown } }).utils;

/** What pg's own Query does besides its public face, and what pg's client knows of a connection. */
interface Protocol {
  text: string;
  name: string | undefined;
  prepare(connection: Connection): void;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleError(error: Error, connection: Connection): void;
}
type Known = Connection & Readonly<Record<'parsedStatements' | 'submittedNamedStatements', Record<string, string>>>;
type Answers = QueryResult | QueryResult[];
const Plain = pg.Query as unknown as new (
  config: { text: string; queryMode: 'extended' },
  callback: (error: Error | null, answers: Answers) => void,
) => pg.Query & Protocol;

interface Part {
  statement: Ahead;
  /** Somebody reads its answer. */
  isAsked: boolean;
}

/**
 * Several statements sent together and answered together: one round trip. Where one fails, PostgreSQL does none of
 * those after it. Outside a transaction they are one.
 */
class Together extends Plain {
  /** Statements in their order. */
  readonly texts: readonly string[];
  private readonly values: readonly unknown[][];
  private answered = 0;

  constructor(
    private readonly parts: readonly Part[],
    /** Where pg's client looks for it. */
    readonly query_timeout: number,
    callback: (error: Error | null, answers: Answers) => void,
  ) {
    super({ text: '', queryMode: 'extended' }, callback);
    this.texts = parts.map(({ statement }) => statement.text);
    this.values = parts.map(({ statement }) => statement.values.map(prepareValue)); // it may throw, so before anything is sent
    this.turn();
  }

  override prepare(connection: Connection): void {
    for (const [i, { statement, isAsked }] of this.parts.entries()) {
      const { name = '', text } = statement;
      if (!isKnown(connection as Known, name)) {
        connection.parse({ name, text, types: [] }, true);
        if (name !== '') (connection as Known).submittedNamedStatements[name] = text;
      }
      const values = this.values[i] as string[];
      connection.bind({ portal: '', statement: name, values, binary: '', valueMapper: asItIs }, true);
      if (isAsked) connection.describe({ type: 'P', name: '' }, true);
      connection.execute({ portal: '', rows: '0' }, true);
    }
    connection.sync();
  }

  override handleDataRow(message: unknown): void {
    if (this.parts[this.answered]?.isAsked === true) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    if (this.parts[this.answered]?.isAsked === true) super.handleCommandComplete(message, connection);
    this.answered += 1;
    this.turn();
  }

  override handleError(error: Error, connection: Connection): void {
    // what comes after the one that failed was not prepared
    for (const { statement } of this.parts)
      Reflect.deleteProperty((connection as Known).submittedNamedStatements, statement.name ?? '');
    super.handleError(error, connection);
  }

  /** pg's client notes what a connection has prepared by the query's name and text: those of the part that is answered next. */
  private turn(): void {
    const next = this.parts[this.answered]?.statement;
    this.text = next?.text ?? '';
    this.name = next?.name;
  }
}

const asItIs = (value: unknown): unknown => value;

function isKnown({ parsedStatements, submittedNamedStatements }: Known, name: string): boolean {
  return name !== '' && (parsedStatements[name] ?? submittedNamedStatements[name]) !== undefined;
}

/** @returns the answers of those that are asked, in their order */
function together(client: PoolClient, parts: readonly Part[], queryTimeout: number): Promise<QueryResult[]> {
  return new Promise((resolve, reject) => {
    const query = new Together(parts, queryTimeout, (error, answers) => {
      if (error !== null) reject(error);
      else resolve(Array.isArray(answers) ? answers : [answers]);
    });
    client.query(query);
  });
}

const ahead = (statement: Ahead): Part => ({ statement, isAsked: false });
const asked = (statement: Ahead): Part => ({ statement, isAsked: true });

/**
 * Runs a statement, and others ahead of it in the same round trip.
 * @returns of the statement
 * @throws of whichever failed
 */
export async function askAfter(client: PoolClient, others: readonly Ahead[], statement: Asked): Promise<QueryResult> {
  try {
    const [answer] = await together(client, [...others.map(ahead), asked(statement)], statement.query_timeout);
    return answer as QueryResult;
  } catch (error) {
    throw hereIn(error);
  }
}

/** What is asked of a transaction at once, before anything of it was sent. */
interface Round {
  parts: Part[];
  waiting: { resolve: (answer: QueryResult) => void; reject: (error: unknown) => void }[];
  queryTimeout: number;
}

const rounds = new WeakMap<QueryRunner, Round>();

/**
 * Asks something of a transaction. What is asked before anybody has waited for an answer travels together, in its order;
 * where one fails, all of them do.
 */
export async function ask(runner: QueryRunner, statement: Asked): Promise<QueryResult> {
  try {
    return await new Promise((resolve, reject) => {
      const round = rounds.get(runner) ?? beginRound(runner);
      round.parts.push(...takeAhead(runner).map(ahead), asked(statement));
      round.waiting.push({ resolve, reject });
      round.queryTimeout = Math.max(round.queryTimeout, statement.query_timeout);
    });
  } catch (error) {
    throw hereIn(error);
  }
}

function beginRound(runner: QueryRunner): Round {
  const round: Round = { parts: [], waiting: [], queryTimeout: 0 };
  rounds.set(runner, round);
  process.nextTick(() => {
    rounds.delete(runner);
    void sendRound(runner, round);
  });
  return round;
}

const over = new WeakSet<QueryRunner>();

/** Its transaction takes no more questions: the connection may be somebody else's already. */
export function endQuestions(runner: QueryRunner): void {
  over.add(runner);
}

async function sendRound(runner: QueryRunner, { parts, waiting, queryTimeout }: Round): Promise<void> {
  try {
    if (over.has(runner)) throw new Error('The transaction is over: this was asked too late.');
    const client = (await runner.connect()) as PoolClient;
    const answers = await together(client, parts, queryTimeout);
    for (const [i, { resolve }] of waiting.entries()) resolve(answers[i] as QueryResult);
  } catch (error) {
    if (!isAborted(error)) failures.set(runner, error);
    for (const { reject } of waiting) reject(error);
  }
}

/** PostgreSQL's in_failed_sql_transaction: what failed came before. */
const ABORTED = '25P02';
const failures = new WeakMap<QueryRunner, unknown>();

/** What a transaction that PostgreSQL takes for failed has died of. */
export function failureOf(runner: QueryRunner): unknown {
  return failures.get(runner);
}

/** PostgreSQL says of the transaction that it failed before. */
export function isAborted(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === ABORTED;
}

/** The stack of whoever asked, not the socket's. */
function hereIn(error: unknown): unknown {
  if (error instanceof Error) Error.captureStackTrace(error);
  return error;
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
