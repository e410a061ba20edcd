import pg, { type Connection, type PoolClient, type QueryResult } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';

/** The second role: the policies of every tenant table let it see the rows of all merchants. Made by the migrations. */
export const HOUSE_ROLE = 'waybill_house';

/**
 * For whom statements run, which is what PostgreSQL lets them see (row-level security): one merchant's rows, or all
 * merchants' for the relay, sweeps, staff and look-ups before the merchant is known.
 */
export class Scope {
  /** @param merchantId null: the house */
  constructor(
    readonly source: DataSource,
    readonly merchantId: string | null,
  ) {}
}

/** Sees the rows of all merchants: for the relay, sweeps, staff, reports, and before the merchant is known. */
export function asHouse(source: DataSource): Scope {
  return new Scope(source, null);
}

/** Sees one merchant's rows. */
export function asMerchant(source: DataSource, merchantId: string): Scope {
  return new Scope(source, merchantId);
}

/** Sees what the caller may see. @param merchantId null: the caller is of the house */
export function asCaller(source: DataSource, merchantId: string | null): Scope {
  return new Scope(source, merchantId);
}

/** Statements that make the scope hold until the transaction ends; they travel with BEGIN. */
export function entering({ merchantId }: Scope): string {
  if (merchantId === null) return `SET LOCAL ROLE ${HOUSE_ROLE}`;
  return `SELECT set_config('app.merchant', ${pg.escapeLiteral(merchantId)}, true)`;
}

const scopes = new WeakMap<QueryRunner, Scope>();

/** The connection works in the scope until the transaction on it ends. */
export function bindScope(runner: QueryRunner, scope: Scope): void {
  scopes.set(runner, scope);
}

/** @throws Error the connection is in no transaction of inTransaction */
export function scopeOf(runner: QueryRunner | undefined): Scope {
  const scope = runner === undefined ? undefined : scopes.get(runner);
  if (scope === undefined) throw new Error('Say whose rows it is about: inTransaction, asMerchant or asHouse.');
  return scope;
}

/** pg's own words for a statement; after `query_timeout` ms without an answer it gives it up. */
export interface Asked extends pg.QueryConfig<unknown[]> {
  query_timeout: number;
}

const ENTER = {
  merchant: { name: 'enter_merchant', text: `SELECT FROM set_config('app.merchant', $1, true)` },
  house: { name: 'enter_house', text: `SELECT FROM set_config('role', $1, true)` },
};

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
 * One statement with the scope that it runs in, sent together: PostgreSQL takes what comes before one Sync as a
 * transaction, so the setting ends with the statement, and there is one round trip.
 */
class Scoped extends Plain {
  /** Where pg's client looks for it. */
  readonly query_timeout: number;
  private entered = false;

  constructor(
    private readonly enter: { name: string; value: string },
    statement: Asked,
    callback: (error: Error | null, result: QueryResult) => void,
  ) {
    super({ ...statement, queryMode: 'extended' }, callback);
    this.query_timeout = statement.query_timeout;
  }

  override prepare(connection: Connection): void {
    const { name, value } = this.enter;
    connection.bind({ portal: '', statement: name, values: [value], binary: '' }, true);
    connection.execute({ portal: '', rows: '0' }, true);
    super.prepare(connection);
  }

  override handleDataRow(message: unknown): void {
    if (this.entered) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    if (this.entered) super.handleCommandComplete(message, connection);
    this.entered = true;
  }
}

/** Which of the two are prepared on a connection. */
const prepared = new WeakMap<PoolClient, Set<string>>();

/** Runs one statement by itself in the scope. */
export async function queryWithin(client: PoolClient, scope: Scope, statement: Asked): Promise<QueryResult> {
  const { name, text } = scope.merchantId === null ? ENTER.house : ENTER.merchant;
  const value = scope.merchantId ?? HOUSE_ROLE;
  const known = prepared.get(client) ?? new Set();
  if (!known.has(name)) {
    await client.query({ ...statement, name, text, values: [value] }); // alone it changes nothing: its transaction is over
    prepared.set(client, known.add(name));
  }
  return new Promise((resolve, reject) => {
    client.query(
      new Scoped({ name, value }, statement, (error, result) => {
        if (error === null) resolve(result);
        else reject(error);
      }),
    );
  });
}
