import { isSilent } from './silence.ts';

const UNREACHABLE = '08006';
/** PostgreSQL's too_many_connections. */
const TOO_MANY = '53300';
/** PostgreSQL's query_canceled, by its own time-out. */
const CANCELLED = '57014';

const NETWORK = new Set([
  ...['ECONNABORTED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH', 'EPIPE', 'ETIMEDOUT'],
  ...['ENOTFOUND', 'EAI_AGAIN'],
]);

/** What pg, its pool and TypeORM say without a code, by its beginning. */
const SAID: readonly (readonly [words: string, state: string])[] = [
  ...[
    'Query runner already released',
    'Database connection provided by a query runner was already released',
    'Connection terminated',
    'timeout expired', // while it was made
    'Client has encountered a connection error',
    'Client was closed',
    'There was an error establishing an SSL connection', // PostgreSQL had no process left for it
    // not what PostgreSQL says: somebody stands in between
    'received invalid response',
    'Received unexpected',
    // this process ends
    'Cannot use a pool after calling end',
    'Driver not Connected',
  ].map((words) => [words, UNREACHABLE] as const),
  ['timeout exceeded when trying to connect', TOO_MANY], // all of the pool's are taken
];

/**
 * SQLSTATE of a database error: 08006 where it could not be reached or the connection is gone, 53300 where none became
 * free in time, `''` for anything else.
 */
export function sqlState(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, syscall, message, driverError, errors } = error as Readonly<Record<string, unknown>>;
  if (Array.isArray(errors)) return sqlState(errors[0]); // one for each address of the name
  if (typeof code === 'string') return syscall === 'connect' || NETWORK.has(code) ? UNREACHABLE : code;
  const said = typeof message === 'string' ? SAID.find(([words]) => message.startsWith(words)) : undefined;
  if (said !== undefined) return said[1];
  if (isSilent(error)) return CANCELLED;
  return sqlState(driverError);
}

/** It cannot be reached, has no room, takes reads alone, or stops: nothing that whoever asked something of it did. */
export function isOutage(error: unknown): boolean {
  return /^(08|25006|53|57P)/.test(sqlState(error));
}
