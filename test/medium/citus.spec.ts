import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';

const STEPS = readFileSync(new URL('../../docker/citus.sql', import.meta.url), 'utf8');

/**
 * Citus's own calls by name, as far as its rules can be read from pg_catalog: a table's unique keys hold the column it is
 * distributed by, and a foreign key leads to a copy on every worker, or by that column to a table that lies beside.
 */
const RULES = `
  CREATE TABLE placed (name text PRIMARY KEY, how text NOT NULL, col text);
  CREATE FUNCTION column_names(tab oid, keys smallint[]) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(keys) WITH ORDINALITY AS k (number, n)
    JOIN pg_attribute a ON a.attrelid = tab AND a.attnum = k.number $$;
  CREATE FUNCTION place(tab regclass, how text, col text) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE k record; target record; n int;
  BEGIN
    IF col IS NOT NULL AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = tab AND attname = col) THEN RAISE '% has no column %', tab, col; END IF;
    FOR k IN SELECT i.indexrelid::regclass AS name, column_names(tab, i.indkey::smallint[]) AS names FROM pg_index i WHERE i.indrelid = tab AND i.indisunique LOOP
      IF how = 'distributed' AND NOT col = ANY (k.names) THEN RAISE '% is unique across shards of %', k.name, tab; END IF;
    END LOOP;
    FOR k IN SELECT conname, confrelid, column_names(conrelid, conkey) AS names, column_names(confrelid, confkey) AS theirs
             FROM pg_constraint WHERE conrelid = tab AND contype = 'f' AND confrelid <> tab LOOP
      SELECT * INTO target FROM placed WHERE name = k.confrelid::regclass::text;
      IF target IS NULL THEN RAISE '%: % leads to a table that is not placed yet', tab, k.conname; END IF;
      CONTINUE WHEN target.how = 'reference' OR (how = 'local' AND target.how = 'local');
      n := array_position(k.names, col);
      IF how <> 'distributed' OR target.how <> 'distributed' OR n IS NULL OR k.theirs[n] <> target.col THEN
        RAISE '%: % leads to another shard', tab, k.conname;
      END IF;
    END LOOP;
    INSERT INTO placed VALUES (tab::text, how, col);
  END $$;
  CREATE FUNCTION create_reference_table(tab regclass) RETURNS void LANGUAGE sql AS $$ SELECT place(tab, 'reference', NULL) $$;
  CREATE FUNCTION citus_add_local_table_to_metadata(tab regclass) RETURNS void LANGUAGE sql AS $$ SELECT place(tab, 'local', NULL) $$;
  CREATE FUNCTION create_distributed_table(tab regclass, col text, colocate_with text DEFAULT 'default') RETURNS void LANGUAGE sql
    AS $$ SELECT place(tab, 'distributed', col) $$;`;

const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
beforeAll(async () => {
  await client.connect();
  await client.query(`CREATE SCHEMA steps; SET search_path = steps, public; ${RULES}`);
});
afterAll(() => client.end());

it('every table has its place, and none breaks the rules of where it lies', async () => {
  await client.query(STEPS);
  const { rows } = await client.query(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
       AND relname <> 'migrations' AND relname NOT IN (SELECT name FROM placed)`,
  );
  expect(rows).toEqual([]);
  const tenants = await client.query<{ name: string }>(`SELECT name FROM placed WHERE col = 'merchant_id'`);
  expect(tenants.rowCount).toBeGreaterThan(60);
});

it('a table that lies where its keys do not allow is found', async () => {
  for (const step of [
    `SELECT create_distributed_table('courier', 'name')`,
    `SELECT create_distributed_table('orders', 'status')`,
    `SELECT create_distributed_table('login', 'merchant_id')`,
  ])
    await expect(client.query(step)).rejects.toThrow(/unique across shards|leads to/);
});
