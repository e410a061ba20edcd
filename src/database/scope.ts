import type { DataSource, QueryRunner } from 'typeorm';
import type { Ahead } from './together.ts';

/** The second role: the policies of every tenant table let it see the rows of all merchants. Made by the migrations. */
export const HOUSE_ROLE = 'waybill_house';

const AS_HOUSE = `set_config('role', $1, true)`;
const AS_MERCHANT = `set_config('app.merchant', $1, true)`;
const BY_KEYS = `set_config('plan_cache_mode', 'force_generic_plan', true) AS plans`;

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

/** The statement that makes the scope hold until the transaction ends. */
export function entering({ merchantId }: Scope): Ahead {
  return merchantId === null
    ? { name: 'enter_house', text: `SELECT FROM ${AS_HOUSE}`, values: [HOUSE_ROLE] }
    : { name: 'enter_merchant', text: `SELECT FROM ${AS_MERCHANT}`, values: [merchantId] };
}

/**
 * The same for a transaction that writes: what it asks is found by keys, so one plan serves all values. Left to itself
 * PostgreSQL plans a statement with an array (`= ANY ($1)`) anew each time, which takes longer than the statement.
 * Lists are read outside of it: their plans may depend on the filters.
 */
export function enteringByKeys({ merchantId }: Scope): Ahead {
  return merchantId === null
    ? { name: 'begin_house', text: `SELECT FROM ${AS_HOUSE}, ${BY_KEYS}`, values: [HOUSE_ROLE] }
    : { name: 'begin_merchant', text: `SELECT FROM ${AS_MERCHANT}, ${BY_KEYS}`, values: [merchantId] };
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
