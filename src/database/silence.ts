import type { ClientBase } from 'pg';
import type { QueryRunner } from 'typeorm';

/** PostgreSQL ends a statement of the service after this. */
export const STATEMENT_MS = 5_000;
/** What PostgreSQL should have ended so long ago is never answered: there is nobody at the other end of the line. */
const GRACE_MS = 250;
export const SILENCE_MS = STATEMENT_MS + GRACE_MS;

/** What pg says where no answer came in time. */
const SILENT = 'Query read timeout';
const patience = new WeakMap<QueryRunner, number>();

/** The other end of a connection says nothing any more; whatever was asked of it may or may not have been done. */
export function isSilent(error: unknown): boolean {
  return error instanceof Error && error.message.includes(SILENT);
}

/**
 * Takes a connection that fell silent out of the pool: whoever got it next would wait behind what was never answered.
 * @param error any; others than silence change nothing
 */
export function giveUp(client: ClientBase, error: unknown): void {
  if (error instanceof Error && isSilent(error) && client.listenerCount('error') > 0) client.emit('error', error);
}

/** PostgreSQL was told to let statements of this connection take so long. */
export function bePatient(runner: QueryRunner, statementMs: number): void {
  patience.set(runner, statementMs + GRACE_MS);
}

/** How long a statement of this connection may be without an answer, in ms. */
export function patienceOf(runner: QueryRunner): number {
  return patience.get(runner) ?? SILENCE_MS;
}
