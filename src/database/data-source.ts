import pg from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { migrations } from '../../migrations/index.ts';
import { SnakeNames } from './columns.ts';
import { SILENCE_MS, STATEMENT_MS } from './silence.ts';

/** The service's own role: it owns no table and, in the ledger, may only read and execute. Made by the first migration. */
export const APP_ROLE = 'waybill_app';

const base = (url: string) =>
  ({ type: 'postgres', url, namingStrategy: new SnakeNames(), logging: false, migrations }) satisfies DataSourceOptions;

/**
 * A connection that is listened to from its first moment on. The pool takes its own ear away where it hands one out: a
 * connection that dies in that moment would end the process. Whoever asks something of it is told of the loss, and the
 * pool does not take it back.
 */
export class HeardClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** For migrations: connects as whoever the URL names. */
export function ownerOptions(url: string): DataSourceOptions {
  return { ...base(url), extra: { max: 2, application_name: 'waybill migrate' } };
}

/**
 * For the service: every pooled connection takes the service's role, its time-outs and its way to plan as it starts.
 * @param poolSize connections of this process
 */
export function serviceOptions(url: string, poolSize: number): DataSourceOptions {
  const settings = {
    role: APP_ROLE,
    statement_timeout: `${STATEMENT_MS}ms`,
    lock_timeout: '2s',
    idle_in_transaction_session_timeout: '10s',
    timezone: 'UTC',
    // plans are kept as they were made, and those of a young database would read whole tables long after they have grown
    enable_seqscan: 'off',
  };
  return {
    ...base(url),
    extra: {
      Client: HeardClient,
      max: poolSize,
      connectionTimeoutMillis: 1_500,
      query_timeout: SILENCE_MS,
      application_name: 'waybill',
      options: Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    },
  };
}
