import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';

/**
 * Small tables that find a merchant by what is unique across merchants, and those that are the operator's own or the
 * relay's. They name a merchant and are not distributed by one (reliability.md, Scale-out).
 */
const ROUTING: readonly string[] = [
  ...['account_token', 'api_key_route', 'login', 'payment_route', 'return_route', 'session', 'store_route'],
  ...['tracking_alias', 'tracking_event', 'tracking_route'], // by courier and number, matched or not
  'bank_line', // the operator's own account
];

interface Constraint {
  table: string;
  name: string;
  columns: string[];
  target: string | null;
}

describe('the schema can be distributed by merchant:', () => {
  const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
  let tenant: string[];
  let house: string[];

  beforeAll(async () => {
    await client.connect();
    const { rows } = await client.query<{ table: string; has: boolean }>(
      `SELECT c.relname AS table, EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'merchant_id') AS has
       FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
    );
    tenant = rows.filter(({ table, has }) => has && !ROUTING.includes(table)).map(({ table }) => table);
    house = rows.filter(({ table }) => !tenant.includes(table)).map(({ table }) => table);
  });
  afterAll(() => client.end());

  /** @param kinds p primary, u unique, f foreign */
  async function constraints(kinds: string): Promise<Constraint[]> {
    const { rows } = await client.query<Constraint>(
      `SELECT c.relname AS table, k.conname AS name, t.relname AS target,
         ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS n(number, place)
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = n.number ORDER BY n.place) AS columns
       FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_class t ON t.oid = k.confrelid
       WHERE c.relnamespace = 'public'::regnamespace AND position(k.contype::text in $1) > 0`,
      [kinds],
    );
    return rows;
  }

  it('the tables that find a merchant are few, and each is there', () => {
    expect(house).toEqual(expect.arrayContaining([...ROUTING]));
  });

  it('every tenant table begins its primary key with the merchant', async () => {
    const keys = new Map((await constraints('p')).map(({ table, columns }) => [table, columns[0]]));
    expect(tenant.length).toBeGreaterThan(40);
    expect(tenant.filter((table) => keys.get(table) !== 'merchant_id')).toEqual([]);
  });

  it('every tenant table is guarded: the service’s role sees one merchant’s rows, another role the whole house’s', async () => {
    const { rows } = await client.query<{ table: string; policies: string[] }>(
      `SELECT c.relname AS table, ARRAY(SELECT p.polname::text FROM pg_policy p WHERE p.polrelid = c.oid ORDER BY 1) AS policies
       FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity`,
    );
    const policies = new Map(rows.map((row) => [row.table, row.policies]));
    const open = tenant.filter((table) => policies.get(table)?.join() !== 'own_merchant,whole_house');
    expect(open).toEqual([]); // one that is new calls guard_tenant in its migration
    // the merchant is their id, and their owner's
    for (const table of ['merchant', 'idempotency'])
      expect(policies.get(table)).toEqual(['own_merchant', 'whole_house']);
  });

  it('the service’s roles neither own a table nor pass the guard by', async () => {
    const { rows } = await client.query(
      `SELECT r.rolname, r.rolsuper OR r.rolbypassrls OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid) AS passes
       FROM pg_roles r WHERE r.rolname IN ('waybill_app', 'waybill_house') ORDER BY 1`,
    );
    expect(rows).toEqual([
      { rolname: 'waybill_app', passes: false },
      { rolname: 'waybill_house', passes: false },
    ]);
  });

  it('every unique index of a tenant table has the merchant in it', async () => {
    const { rows } = await client.query<{ table: string; index: string; columns: string[] }>(
      `SELECT c.relname AS table, i.relname AS index, ARRAY(SELECT a.attname::text FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum = ANY (x.indkey)) AS columns
       FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
       WHERE x.indisunique AND c.relname = ANY ($1)`,
      [tenant],
    );
    expect(rows.filter(({ columns }) => !columns.includes('merchant_id')).map(({ index }) => index)).toEqual([]);
  });

  it('every foreign key of a tenant table to another one carries the merchant, and no other table points at them', async () => {
    const keys = await constraints('f');
    const among = keys.filter(({ table, target }) => tenant.includes(table) && tenant.includes(target ?? ''));
    expect(among.filter(({ columns }) => !columns.includes('merchant_id')).map(({ name }) => name)).toEqual([]);
    const inward = keys.filter(({ table, target }) => house.includes(table) && tenant.includes(target ?? ''));
    expect(inward.map(({ name }) => name)).toEqual([]);
  });
});
