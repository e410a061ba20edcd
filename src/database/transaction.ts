import type { PoolClient, QueryResult } from 'pg';
import type { EntityManager, QueryRunner } from 'typeorm';
import { gateOf } from './gate.ts';
import { asHouse, bindScope, entering, enteringByKeys, scopeOf, type Scope } from './scope.ts';
import { bePatient, giveUp, isSilent, patienceOf, SILENCE_MS } from './silence.ts';
import { sqlState } from './sql-state.ts';
import { forgetStatements, named, rows, runnerOf, send, STALE, type Statement } from './sql.ts';
import { askAfter, endQuestions, failureOf, isAborted, putAhead, takeAhead, type Ahead } from './together.ts';

/** What a transaction gathers under a name, written in one statement that travels with COMMIT. */
interface Gathered {
  items: unknown[];
  write: (items: never[]) => Statement;
}

/** What a transaction remembers besides its rows. */
interface Unit {
  gathered: Map<string, Gathered>;
  /** What a violated constraint means, by its name. */
  violations: Map<string, () => Error>;
  afterCommit: Act[];
}

interface Act {
  act: () => void;
  evenInDoubt: boolean;
}

export interface TransactionOptions {
  /** A statement that travels with BEGIN; its result is handed to `work`. */
  opening?: Statement;
  /** Who asked for it, as JSON: the audit log's triggers read it. Left out: nobody did. */
  actor?: string;
  /** So long the opening statement waits for a lock, instead of lock_timeout. */
  openingWaitMs?: number;
  /** Reads alone, all of one instant of the database. */
  snapshot?: boolean;
  /** What is thrown where the opening statement waits for a lock longer than lock_timeout. */
  openingBusy?: () => Error;
}

const units = new WeakMap<QueryRunner, Unit>();
const RETRIED = /^(0A000|40001|40P01|57P01|57P02|08\w{3})$/;
const LOCK_TIMEOUT = '55P03';
const ATTEMPTS = 3;

/** A statement had failed, and whoever asked went on as if it had not. */
class FailedUnheard extends Error {
  /** @param driverError of the statement: where it was a deadlock, the transaction is tried again as ever */
  constructor(readonly driverError: unknown) {
    super('The transaction had failed before its COMMIT.');
  }
}

/**
 * Opens a transaction, does the work, commits; everything or nothing. Doors, the relay and timers open them, nobody else.
 * Serialisation failures, deadlocks and lost connections are tried again, three times in all, so the work must not
 * touch anything but the database.
 * @param scope whose rows it sees and writes
 */
export async function inTransaction<T>(
  scope: Scope,
  work: (tx: EntityManager, opened: QueryResult | undefined) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const gate = gateOf(scope.source);
  await gate.enter();
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(scope, work, options);
      } catch (error) {
        const state = sqlState(error);
        if (state === STALE) forgetStatements();
        if (attempt >= ATTEMPTS || !RETRIED.test(state)) throw error;
      }
    }
  } finally {
    gate.leave();
  }
}

async function once<T>(
  scope: Scope,
  work: (tx: EntityManager, opened: QueryResult | undefined) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const runner = scope.source.createQueryRunner();
  const unit: Unit = { gathered: new Map(), violations: new Map(), afterCommit: [] };
  units.set(runner, unit);
  bindScope(runner, scope);
  let client: PoolClient | undefined;
  let isCommitting = false;
  try {
    client = (await runner.connect()) as PoolClient;
    putAhead(runner, ...beginning(scope, options));
    const opened = await open(client, runner, options);
    markActive(runner, true);
    const result = await worked(runner, () => work(runner.manager, opened));
    isCommitting = true;
    await commit(client, runner, unit);
    isCommitting = false;
    markActive(runner, false);
    for (const { act } of unit.afterCommit) act();
    return result;
  } catch (error) {
    if (isCommitting) for (const { act, evenInDoubt } of unit.afterCommit) if (evenInDoubt) act();
    if (client !== undefined) await leave(client, runner, error);
    markActive(runner, false);
    throw isAborted(error) ? (failureOf(runner) ?? error) : error;
  } finally {
    await runner.release();
  }
}

/** What is asked once the work has ended comes too late: it must not run after COMMIT, nor in somebody else's transaction. */
async function worked<T>(runner: QueryRunner, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    endQuestions(runner);
  }
}

const BEGIN: Ahead = { name: 'begin', text: 'BEGIN', values: [] };
const SNAPSHOT: Ahead = { name: 'begin_snapshot', text: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', values: [] };
const COMMIT: Ahead = { name: 'commit', text: 'COMMIT', values: [] };
const WAIT = { name: 'wait', text: `SELECT FROM set_config('lock_timeout', $1, true)` };
const WAIT_AS_EVER: Ahead = { name: 'wait_as_ever', text: 'SET LOCAL lock_timeout TO DEFAULT', values: [] };
const TIME = { name: 'time', text: `SELECT FROM set_config('statement_timeout', $1, true)` };
const ACTOR = { name: 'actor', text: `SELECT FROM set_config('waybill.actor', $1, true)` };

/** What travels with the transaction's first statement. */
function beginning(scope: Scope, { actor, snapshot = false, openingWaitMs }: TransactionOptions): Ahead[] {
  const asked = actor === undefined ? [] : [{ ...ACTOR, values: [actor] }];
  const waiting = openingWaitMs === undefined ? [] : [{ ...WAIT, values: [String(openingWaitMs)] }];
  return [snapshot ? SNAPSHOT : BEGIN, snapshot ? entering(scope) : enteringByKeys(scope), ...asked, ...waiting];
}

async function open(
  client: PoolClient,
  runner: QueryRunner,
  { opening, openingBusy, openingWaitMs }: TransactionOptions,
): Promise<QueryResult | undefined> {
  if (opening === undefined) return undefined;
  const asked = { ...named(opening, scopeOf(runner)), query_timeout: SILENCE_MS };
  const opened = await askAfter(client, takeAhead(runner), asked).catch((error: unknown) => {
    throw sqlState(error) === LOCK_TIMEOUT && openingBusy !== undefined ? openingBusy() : error;
  });
  if (openingWaitMs !== undefined) putAhead(runner, WAIT_AS_EVER);
  return opened;
}

async function commit(client: PoolClient, runner: QueryRunner, unit: Unit): Promise<void> {
  const writes = writesOf(unit.gathered.values()).map((write) => named(write, scopeOf(runner)));
  const ahead = [...takeAhead(runner), ...writes];
  const statement = { ...COMMIT, query_timeout: patienceOf(runner) };
  const { command } = await askAfter(client, ahead, statement).catch((error: unknown) => rethrow(error, unit));
  // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error: somebody swallowed one
  if (command !== 'COMMIT') throw new FailedUnheard(failureOf(runner));
}

function writesOf(gathered: Iterable<Gathered>): Statement[] {
  const filled = [...gathered].filter(({ items }) => items.length > 0);
  return filled.map(({ items, write }) => write(items as never[]));
}

function rethrow(error: unknown, { violations }: Unit): never {
  const { constraint } = (error ?? {}) as { constraint?: string };
  const meant = constraint === undefined ? undefined : violations.get(constraint);
  throw meant === undefined ? error : meant();
}

/** TypeORM must know of the transaction, or a repository would open and commit one of its own. */
function markActive(runner: QueryRunner, active: boolean): void {
  (runner as { isTransactionActive: boolean }).isTransactionActive = active;
}

/** Rolls back; a connection that fell silent is given up, and rolls back by that. */
async function leave(client: PoolClient, runner: QueryRunner, why: unknown): Promise<void> {
  if (takeAhead(runner).includes(BEGIN)) return; // it never began
  if (isSilent(why)) {
    giveUp(client, why);
    return;
  }
  try {
    await client.query('ROLLBACK');
  } catch (error) {
    giveUp(client, error);
    // a connection that is gone has rolled back by itself; the first error is the one to tell
    if (!(error instanceof Error)) throw error;
  }
}

function unitOf(tx: EntityManager): Unit {
  const unit = units.get(runnerOf(tx));
  if (unit === undefined) throw new Error('This needs a transaction that inTransaction opened.');
  return unit;
}

/**
 * Gathers what is written with COMMIT, in its round trip: the outbox's events, a stored answer.
 * @param write answers one statement for all that was gathered under the name; its text is always the same
 */
export function gather<T>(tx: EntityManager, name: string, item: T, write: (items: T[]) => Statement): void {
  const { gathered } = unitOf(tx);
  const known = gathered.get(name);
  if (known === undefined) gathered.set(name, { items: [item], write });
  else known.items.push(item);
}

/** Writes what was gathered under the names now: whatever comes after it in the transaction sees it. */
export async function writeNow(tx: EntityManager, ...names: readonly string[]): Promise<void> {
  const unit = unitOf(tx);
  const gathered = names.flatMap((name) => unit.gathered.get(name) ?? []);
  const writes = writesOf(gathered);
  for (const one of gathered) one.items = [];
  const last = writes.pop();
  if (last === undefined) return;
  for (const { text, values } of writes) send(tx, text, values);
  await rows(tx, last.text, last.values).catch((error: unknown) => rethrow(error, unit));
}

/** What to throw where a row that is written with COMMIT, or by `writeNow`, violates the constraint. */
export function onViolation(tx: EntityManager, constraint: string, meant: () => Error): void {
  unitOf(tx).violations.set(constraint, meant);
}

/**
 * Does a part of a transaction's work by itself: when it throws, its rows and what it gathered are undone, and the
 * transaction goes on.
 */
export async function attempt<T>(tx: EntityManager, work: () => Promise<T>): Promise<T> {
  const unit = unitOf(tx);
  const before = new Map([...unit.gathered].map(([name, { items }]) => [name, [...items]]));
  const acts = unit.afterCommit.length;
  await rows(tx, 'SAVEPOINT part');
  try {
    const result = await work();
    await rows(tx, 'RELEASE SAVEPOINT part');
    return result;
  } catch (error) {
    takeAhead(runnerOf(tx)); // what it had left for the next round trip is undone, too
    await rows(tx, 'ROLLBACK TO SAVEPOINT part');
    for (const [name, gathered] of unit.gathered) gathered.items = before.get(name) ?? [];
    unit.afterCommit.length = acts;
    throw error;
  }
}

/**
 * A merchant's transaction sees the rows of all merchants from here to its end, as the house does: what it changes of
 * the operator's own may be due to others (stock that is free again goes to whoever waits longest).
 */
export function goToHouse(tx: EntityManager): void {
  const runner = runnerOf(tx);
  const { source, merchantId } = scopeOf(runner);
  if (merchantId !== null) putAhead(runner, entering(asHouse(source)));
}

/** Lets the transaction's further statements take longer than a request's may: for jobs. */
export function takeTime(tx: EntityManager, statementMs: number): void {
  const runner = runnerOf(tx);
  putAhead(runner, { ...TIME, values: [String(statementMs)] });
  bePatient(runner, statementMs);
}

/** Runs after a successful COMMIT: waking a worker, telling what is new. Must not throw. */
export function afterCommit(tx: EntityManager, act: () => void): void {
  unitOf(tx).afterCommit.push({ act, evenInDoubt: false });
}

/**
 * Runs after COMMIT, also where its answer was lost and nobody knows whether it was done (the next try may find that it
 * was, and change nothing): dropping what is remembered. Must not throw.
 */
export function dropAfterCommit(tx: EntityManager, drop: () => void): void {
  unitOf(tx).afterCommit.push({ act: drop, evenInDoubt: true });
}
