import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Found before the merchant is known, or the operator's own: they name a merchant and are open to every statement. */
const ROUTING = [
  ...['account_token', 'api_key_route', 'bank_line', 'login', 'payment_route', 'return_route', 'session'],
  ...['store_route', 'tracking_alias', 'tracking_event', 'tracking_route'],
];

/**
 * A second line behind each statement's own `merchant_id = $n`: the service's role sees the rows of the merchant that
 * its transaction is about, a second one all of them (reliability.md, Security settings; Scale-out).
 */
export class GuardTenants1764000000400 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      DO $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'waybill_house') THEN CREATE ROLE waybill_house NOLOGIN INHERIT; END IF;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another database of the cluster made it just now
      END $$;
      DO $$ BEGIN
        -- it may what the service's own role may; not the other way round, or that one would see what this one does
        IF NOT pg_has_role('waybill_house', 'waybill_app', 'USAGE') THEN GRANT waybill_app TO waybill_house; END IF;
        IF NOT pg_has_role(current_user, 'waybill_house', 'MEMBER') THEN EXECUTE format('GRANT waybill_house TO %I', current_user); END IF;
      EXCEPTION WHEN unique_violation OR internal_error THEN NULL; -- granted just now by another one
      END $$;

      -- Every migration that makes a table of a merchant's rows calls it.
      CREATE FUNCTION guard_tenant(tenant regclass, merchant name DEFAULT 'merchant_id') RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE format('CREATE POLICY own_merchant ON %s TO waybill_app USING (%I = nullif(current_setting(''app.merchant'', true), '''')::uuid)', tenant, merchant);
        EXECUTE format('CREATE POLICY whole_house ON %s TO waybill_house USING (true)', tenant);
      END $$;
      REVOKE EXECUTE ON FUNCTION guard_tenant FROM PUBLIC;
    `);
    await db.query(
      `SELECT guard_tenant(c.oid) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'merchant_id'
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL ($1)`,
      [ROUTING],
    );
    await db.query(`
      SELECT guard_tenant('merchant', 'id');
      -- what a merchant's transaction tells the house or changes of its own (stock) is nobody's
      ALTER POLICY own_merchant ON audit_entry WITH CHECK (merchant_id IN (nullif(current_setting('app.merchant', true), '')::uuid, '00000000-0000-0000-0000-000000000000'));
      ALTER POLICY own_merchant ON event
        WITH CHECK (merchant_id IN (nullif(current_setting('app.merchant', true), '')::uuid, '00000000-0000-0000-0000-000000000000'));
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DO $$ DECLARE guarded record; BEGIN
        FOR guarded IN SELECT polrelid::regclass AS tenant, polname FROM pg_policy WHERE polname IN ('own_merchant', 'whole_house') LOOP
          EXECUTE format('DROP POLICY %I ON %s', guarded.polname, guarded.tenant);
          EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', guarded.tenant);
        END LOOP;
      END $$;
      DROP FUNCTION guard_tenant;
    `);
  }
}
