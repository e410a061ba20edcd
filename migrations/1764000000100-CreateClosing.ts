import type { MigrationInterface, QueryRunner } from 'typeorm';

const DEFINER = 'LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp';

/** Accounts that close: where their cash goes, when they ended, and the end of promotional credit that had not expired. */
export class CreateClosing1764000000100 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE wallet_closing (
        merchant_id uuid CONSTRAINT wallet_closing_pk PRIMARY KEY,
        destination jsonb,                 -- null: the bank sent the payout back, another one is needed
        since timestamptz NOT NULL,
        emptied_at timestamptz             -- the cash is paid out, nothing is left
      );
      ALTER TABLE merchant
        ADD COLUMN closed_at timestamptz,
        ADD COLUMN erased_at timestamptz,  -- its people's names and addresses are gone
        ADD CONSTRAINT closed_merchants_have_a_time CHECK ((status = 'closed') = (closed_at IS NOT NULL));
      CREATE INDEX merchant_to_erase ON merchant (closed_at) WHERE erased_at IS NULL AND closed_at IS NOT NULL;

      -- all that is left in a lot, whenever it would have expired: the account closes
      CREATE FUNCTION wallet_forfeit(r ledger_request, p_lot int) RETURNS ledger_outcome ${DEFINER} AS $$
      DECLARE o ledger_outcome; a ledger_account;
      BEGIN
        r.verb := 'lapse'; r.type := 'promotion';
        r.fingerprint := ledger_fingerprint(r, 'forfeit', p_lot::text);
        o := ledger_begin(r);
        IF o.status IS NOT NULL THEN RETURN o; END IF;
        r.at := o.counts_at;
        SELECT * INTO a FROM ledger_account WHERE merchant_id = r.merchant_id AND currency = r.currency AND number = p_lot AND open;
        IF NOT FOUND THEN o.status := 'nothing_left'; o.amount_minor := 0; RETURN o; END IF;
        r.facts := '{"forfeited": true}';
        r.lines := jsonb_build_array(jsonb_build_object('text', 'Promotional credit of an account that closes', 'minor', (-a.posted_minor)::text));
        RETURN ledger_post(r, ARRAY['direct'], ARRAY[p_lot], ARRAY[42], ARRAY[a.posted_minor]);
      END $$;
      REVOKE EXECUTE ON FUNCTION wallet_forfeit FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION wallet_forfeit TO waybill_app;
      GRANT SELECT, INSERT, UPDATE ON wallet_closing TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP FUNCTION wallet_forfeit;
      ALTER TABLE merchant DROP CONSTRAINT closed_merchants_have_a_time, DROP COLUMN closed_at, DROP COLUMN erased_at;
      DROP TABLE wallet_closing;
    `);
  }
}
