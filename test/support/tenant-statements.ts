import pg from 'pg';
import { rows } from '../../src/database/sql.ts';
import type { TestApp } from './app.ts';
import { hearTrips, type Trip } from './counted.ts';

/** Statements of one merchant's transactions, by themselves or in one; those of the house (`asHouse`, `goToHouse`) are the marked exemption. */
export class TenantStatements {
  private readonly texts = new Set<string>();
  /** Connections in a transaction, and those of them that are a merchant's. */
  private readonly open = new WeakSet<pg.Client>();
  private readonly merchants = new WeakSet<pg.Client>();
  readonly stop: () => void;

  /** Listens to every connection of this process from now on. */
  constructor() {
    this.stop = hearTrips((client, trip) => {
      this.hear(client, trip);
    });
  }

  get heard(): number {
    return this.texts.size;
  }

  private hear(client: pg.Client, trip: Trip): void {
    const isInTransaction = trip[0]?.startsWith('BEGIN') === true || this.open.has(client);
    let isMerchants = this.merchants.has(client);
    for (const text of trip) {
      if (text.includes(`set_config('app.merchant'`)) isMerchants = true;
      else if (text.includes(`set_config('role'`)) isMerchants = false;
      else if (isMerchants && /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b/i.test(text)) this.texts.add(text);
    }
    const isOver = /^(COMMIT|ROLLBACK$)/.test(trip.at(-1) ?? '');
    mark(this.open, client, isInTransaction && !isOver);
    mark(this.merchants, client, isInTransaction && !isOver && isMerchants);
  }

  /**
   * PostgreSQL plans each statement as a role that nothing is hidden from, so that no policy adds the merchant: every
   * look into a tenant table must be by the merchant, given or of another table that is.
   * @returns `table: statement` of those that are not
   */
  async withoutMerchant(url: string, tenant: ReadonlySet<string>): Promise<string[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const faults: string[] = [];
      for (const text of this.texts) {
        const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
          `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}`,
        );
        const [row] = rows;
        for (const table of row === undefined ? [] : unbound(row['QUERY PLAN'][0].Plan, tenant)) {
          faults.push(`${table}: ${text.replaceAll(/\s+/g, ' ')}`);
        }
      }
      return faults;
    } finally {
      await client.end();
    }
  }
}

function mark(set: WeakSet<pg.Client>, client: pg.Client, isIn: boolean): void {
  if (isIn) set.add(client);
  else set.delete(client);
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  Alias?: string;
  Plans?: Plan[];
}

/** Where PostgreSQL says by what it finds rows. It carries `merchant_id = $1` over to the tables joined by merchant_id. */
const FOUND_BY = ['Filter', 'Index Cond', 'Recheck Cond'];
const JOINED_BY = ['Hash Cond', 'Merge Cond', 'Join Filter'];

const conditions = (plan: Plan, names: readonly string[]): string =>
  names.map((name) => (plan as unknown as Record<string, string | undefined>)[name] ?? '').join(' ');

/** A list that came with the statement: merchants and ids beside each other. */
const isGiven = (plan: Plan): boolean =>
  plan['Node Type'] === 'Function Scan' || (plan['Node Type'] !== 'Append' && (plan.Plans ?? []).some(isGiven));

function unbound(plan: Plan, tenant: ReadonlySet<string>, joined = ''): string[] {
  const { Plans: parts = [] } = plan;
  const lists = parts.some(isGiven) ? conditions(plan, JOINED_BY) : '';
  const below = parts.flatMap((part) => unbound(part, tenant, `${joined} ${lists}`));
  const { 'Relation Name': table = '', Alias: alias = '' } = plan;
  if (!tenant.has(table) || !plan['Node Type'].includes('Scan')) return below;
  const isBound =
    /\bmerchant_id = /.test(conditions(plan, FOUND_BY)) ||
    joined.includes(`(${alias}.merchant_id = `) ||
    joined.includes(` = ${alias}.merchant_id)`);
  return isBound ? below : [table, ...below];
}

/** Tables of merchants' rows: those that PostgreSQL guards, but the two whose merchant has another name in them. */
export async function tenantTables(test: TestApp): Promise<Set<string>> {
  const found = await rows<{ name: string }>(
    test.db,
    `SELECT relname AS name FROM pg_class WHERE relrowsecurity AND relname NOT IN ('merchant', 'idempotency') AND relnamespace = 'public'::regnamespace`,
  );
  return new Set(found.map(({ name }) => name));
}
