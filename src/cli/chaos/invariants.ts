import type { INestApplicationContext } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { TrackingService } from '../../tracking/tracking.service.ts';
import { LedgerVerification } from '../../wallet/wallet.service.ts';
import { PARENTS, RULES } from './rules.ts';

/** What was looked at, and what does not hold. */
export interface Checked {
  /** Rules, journals, packages and so on: how many were looked at. */
  counts: Readonly<Record<string, number>>;
  /** Sentences that hold. */
  holds: string[];
  faults: string[];
}

const SHOWN = 5;
const AT_ONCE = 4;
/** Where a package is that no courier moves. */
const STILL_HERE = new Set(['planned', 'picking', 'packed', 'labelled', 'cancelled']);

/**
 * Everything that holds of the whole house when nothing is under way (reliability.md, What is measured): the ledger
 * recomputed, stock, events and their deliveries, orders and money, packages and the fold of their events, tenants.
 * @param url connects as the owner: rules read across merchants
 * @param app the product on the same database
 */
export async function checkInvariants(url: string, app: INestApplicationContext): Promise<Checked> {
  const client = new pg.Client({ connectionString: url, statement_timeout: 600_000 });
  await client.connect();
  try {
    const parts = [await ledger(app), await byRules(client), await tenants(client), await packages(client, app)];
    return {
      counts: Object.fromEntries([await sizes(client), ...parts.map((part) => part.counts)].flatMap(Object.entries)),
      holds: parts.flatMap(({ holds }) => holds),
      faults: parts.flatMap(({ faults }) => faults),
    };
  } finally {
    await client.end();
  }
}

async function ledger(app: INestApplicationContext): Promise<Checked> {
  const { checked, books, faults } = await app.get(LedgerVerification).run();
  return {
    counts: { books, journals: checked },
    holds: faults.length === 0 ? ['the ledger recomputes from its first posting'] : [],
    faults: faults.map((fault) => `ledger: ${JSON.stringify(fault)}`),
  };
}

async function byRules(client: pg.Client): Promise<Checked> {
  const found: Checked = { counts: { rules: RULES.length }, holds: [], faults: [] };
  for (const { holds, faults } of RULES) {
    const { rows } = await client.query<{ fault: string }>(faults);
    if (rows.length === 0) found.holds.push(holds);
    for (const { fault } of rows.slice(0, SHOWN)) found.faults.push(`${holds}: ${fault}`);
    if (rows.length > SHOWN) found.faults.push(`${holds}: ${rows.length - SHOWN} more`);
  }
  return found;
}

/** No row whose merchant differs from its parent's, in any table that names a parent, foreign key or not. */
async function tenants(client: pg.Client): Promise<Checked> {
  const { rows: columns } = await client.query<{ table: string; column: string }>(
    `SELECT c.table_name AS table, c.column_name AS column FROM information_schema.columns c
     JOIN information_schema.columns m ON m.table_schema = c.table_schema AND m.table_name = c.table_name AND m.column_name = 'merchant_id'
     WHERE c.table_schema = 'public' AND c.data_type = 'uuid' AND c.column_name = ANY ($1::text[])
     ORDER BY 1, 2`,
    [Object.keys(PARENTS)],
  );
  const faults: string[] = [];
  for (const { table, column } of columns) {
    const parent = PARENTS[column] ?? '';
    const { rows } = await client.query<{ id: string }>(
      `SELECT c.${column} AS id FROM ${table} c JOIN ${parent} p ON p.id = c.${column} WHERE p.merchant_id <> c.merchant_id LIMIT ${SHOWN}`,
    );
    for (const { id } of rows) faults.push(`${table}.${column} ${id} is another merchant's`);
  }
  const holds = faults.length === 0 ? ['no row has another merchant than its parent'] : [];
  return { counts: { 'links to parents': columns.length }, holds, faults };
}

interface PackageRow {
  merchant: string;
  id: string;
  status: string;
}

/** Where a package stands is what all of its events say. */
async function packages(client: pg.Client, app: INestApplicationContext): Promise<Checked> {
  const { rows } = await client.query<PackageRow>(
    `SELECT p.merchant_id AS merchant, p.id, p.status FROM package p
     WHERE EXISTS (SELECT 1 FROM tracking_event e WHERE e.merchant_id = p.merchant_id AND e.package_id = p.id)`,
  );
  const [tracking, db] = [app.get(TrackingService), asHouse(app.get(DataSource))];
  const faults: string[] = [];
  await forEach(rows, AT_ONCE, async ({ merchant, id, status }) => {
    if (STILL_HERE.has(status)) return;
    const { packageWord } = await tracking.foldOf(db, merchant, id);
    if (packageWord !== null && packageWord !== status)
      faults.push(`package ${id} of ${merchant} is ${status}, its events say ${packageWord}`);
  });
  const holds = faults.length === 0 ? ['the status of every package is the fold of its events'] : [];
  return { counts: { 'packages folded': rows.length }, holds, faults };
}

async function sizes(client: pg.Client): Promise<Record<string, number>> {
  const { rows } = await client.query<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM orders) AS orders, (SELECT count(*)::int FROM package) AS packages,
       (SELECT count(*)::int FROM event) AS events, (SELECT count(*)::int FROM webhook_delivery) AS deliveries,
       (SELECT count(*)::int FROM idempotency) AS keys`,
  );
  return rows[0] ?? {};
}

/** Does the work for each, some at the same time. */
export async function forEach<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
