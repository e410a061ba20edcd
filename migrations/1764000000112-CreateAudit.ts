import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people and keys change, and the columns that the log does not keep: secrets, accounts of banks, counters. */
const AUDITED: Readonly<Record<string, readonly string[]>> = {
  merchant: [],
  account_user: ['password_hash', 'email', 'name'],
  api_key: ['hash', 'last_used_at'],
  variant: [],
  variant_price: [],
  warehouse: [],
  courier: [],
  courier_service: [],
  courier_price: [],
  setting: [],
  price_tier: [],
  discount_code: ['uses'],
  plan: [],
  plan_price: [],
  membership: [],
  policy_version: [],
  policy_draft: [],
  tracking_mapping: [],
  wallet_profile: ['low'],
  top_up: [],
  adjustment: [],
  payout: ['destination'],
  payout_approval: [],
  wallet_closing: ['destination'],
  erasure_request: [],
  webhook_endpoint: ['failures', 'failing_since', 'paused_until', 'lease_owner', 'lease_until'],
  notification_preference: [],
};

/** Who did what, with before and after: written by triggers, in the transaction of the change, never changed. */
export class CreateAudit1764000000112 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE audit_entry (
        merchant_id uuid NOT NULL, -- whose the changed row is; all zeros: the operator's
        number bigint GENERATED ALWAYS AS IDENTITY, -- the order of a list, nothing else
        id uuid NOT NULL DEFAULT gen_random_uuid(),
        at timestamptz NOT NULL, -- on the house's clock
        actor_kind text NOT NULL CONSTRAINT audit_actor CHECK (actor_kind IN ('merchant', 'staff', 'public')),
        user_id uuid,
        key_id uuid,
        call text NOT NULL, -- method and route
        request_id text NOT NULL,
        subject text NOT NULL, -- the table
        subject_id text,
        before jsonb, -- null: it was not there; of a change only what has changed
        after jsonb, -- null: it is not there any more
        CONSTRAINT audit_entry_pk PRIMARY KEY (merchant_id, number)
      );
      CREATE INDEX audit_entry_list ON audit_entry (number);
      CREATE INDEX audit_entry_subject ON audit_entry (merchant_id, subject, subject_id, number);
      GRANT SELECT, INSERT ON audit_entry TO waybill_app;

      CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'The audit log is written once.';
      END $$;
      CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_stays();

      -- a row as the log keeps it: amounts as texts, since JSON's numbers are not exact
      CREATE FUNCTION audit_row(whole jsonb, hidden text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
        SELECT coalesce(jsonb_object_agg(key, CASE WHEN key LIKE '%\\_minor' AND value <> 'null' THEN to_jsonb(value #>> '{}') ELSE value END), '{}')
        FROM jsonb_each(whole) WHERE key <> ALL (hidden)
      $$;

      CREATE FUNCTION audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        told text := current_setting('waybill.actor', true);
        actor jsonb;
        was jsonb;
        now_is jsonb;
        whole jsonb;
      BEGIN
        IF coalesce(told, '') = '' THEN RETURN NULL; END IF; -- nobody asked for it: a timer, a listener
        IF TG_OP <> 'INSERT' THEN was := audit_row(to_jsonb(OLD), TG_ARGV[0]::text[]); END IF;
        IF TG_OP <> 'DELETE' THEN now_is := audit_row(to_jsonb(NEW), TG_ARGV[0]::text[]); END IF;
        whole := coalesce(now_is, was);
        IF TG_OP = 'UPDATE' THEN
          IF now_is = was THEN RETURN NULL; END IF;
          -- what has changed, with the currency that its amounts are in
          SELECT jsonb_object_agg(key, was -> key), jsonb_object_agg(key, value) INTO was, now_is
          FROM jsonb_each(now_is) WHERE value IS DISTINCT FROM was -> key OR (key LIKE '%currency' AND now_is::text LIKE '%\\_minor%');
        END IF;
        actor := told::jsonb;
        INSERT INTO audit_entry (merchant_id, at, actor_kind, user_id, key_id, call, request_id, subject, subject_id, before, after)
        VALUES (
          coalesce(whole ->> 'merchant_id', CASE TG_TABLE_NAME WHEN 'merchant' THEN whole ->> 'id' END, '00000000-0000-0000-0000-000000000000')::uuid,
          (actor ->> 'at')::timestamptz, actor ->> 'kind', (actor ->> 'user')::uuid, (actor ->> 'key')::uuid,
          actor ->> 'call', actor ->> 'request', TG_TABLE_NAME,
          coalesce(whole ->> 'id', whole ->> 'payout_id', whole ->> 'order_id', whole ->> 'user_id', whole ->> 'sku', whole ->> 'code', whole ->> 'courier', whole ->> 'plan', whole ->> 'policy_id'),
          was, now_is);
        RETURN NULL;
      END $$;
    `);
    for (const [table, hidden] of Object.entries(AUDITED)) {
      await db.query(
        `CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON ${table}
         FOR EACH ROW EXECUTE FUNCTION audit_change('{${hidden.join(',')}}')`,
      );
    }
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of Object.keys(AUDITED)) await db.query(`DROP TRIGGER audited ON ${table}`);
    await db.query(`DROP FUNCTION audit_change, audit_row; DROP TABLE audit_entry; DROP FUNCTION audit_stays`);
  }
}
