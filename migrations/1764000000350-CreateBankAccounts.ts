import type { MigrationInterface, QueryRunner } from 'typeorm';

const DEFINER = 'LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp';

/** The operator's bank account in the books: what a clearing account waited for has come, or gone, and been converted. */
export class CreateBankAccounts1764000000350 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- 14: bank
      ALTER TABLE ledger_account DROP CONSTRAINT account_is_in_the_chart, ADD CONSTRAINT account_is_in_the_chart
        CHECK (number IN (1, 11, 12, 13, 14, 21, 31, 32, 33, 34, 41, 42, 43, 51, 61) OR number > 100);
      ALTER TABLE ledger_journal DROP CONSTRAINT journal_verb, ADD CONSTRAINT journal_verb CHECK (verb IN
        ('top_up', 'grant', 'charge', 'refund', 'lapse', 'hold', 'capture', 'release', 'settle', 'adjust', 'reverse', 'fee', 'clear'));

      -- Between a clearing account and the bank (14), what providers keep (43) or another currency (61): p_amount above zero
      -- has come out of the clearing account, below zero gone into it. Nothing of the merchant's moves.
      CREATE FUNCTION wallet_clear(r ledger_request, p_amount bigint, p_clearing int, p_against int) RETURNS ledger_outcome ${DEFINER} AS $$
      DECLARE o ledger_outcome;
      BEGIN
        r.verb := 'clear'; r.type := NULL;
        r.fingerprint := ledger_fingerprint(r, p_amount::text, p_clearing::text, p_against::text);
        o := ledger_begin(r);
        IF o.status IS NOT NULL THEN RETURN o; END IF;
        r.at := o.counts_at;
        IF p_amount = 0 OR p_clearing NOT IN (11, 12, 13) OR p_against NOT IN (14, 43, 61) THEN
          o.status := 'nothing_left'; o.amount_minor := 0; RETURN o;
        END IF;
        IF p_amount > 0 THEN RETURN ledger_post(r, ARRAY['direct'], ARRAY[p_against], ARRAY[p_clearing], ARRAY[p_amount]); END IF;
        RETURN ledger_post(r, ARRAY['direct'], ARRAY[p_clearing], ARRAY[p_against], ARRAY[-p_amount]);
      END $$;
      REVOKE EXECUTE ON FUNCTION wallet_clear FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION wallet_clear TO waybill_app;

      ALTER TABLE bank_line
        ADD COLUMN category text,             -- of a provider's: charge, refund, dispute, payout …
        ADD COLUMN payout text,               -- the provider's payout that it is part of, or is
        ADD COLUMN payout_line_id uuid,       -- the bank's line on which that payout came
        ADD COLUMN paid_minor bigint,         -- what the payer paid, where that was another currency
        ADD COLUMN paid_currency char(3),
        ADD COLUMN cleared_at timestamptz;    -- booked from the clearing account to the bank
      CREATE INDEX bank_line_payout ON bank_line (payout) WHERE payout IS NOT NULL;
      CREATE INDEX bank_line_to_clear ON bank_line (merchant_id) WHERE payout_line_id IS NOT NULL AND merchant_id IS NOT NULL AND cleared_at IS NULL;
      ALTER TABLE top_up
        ADD COLUMN settled_currency char(3),  -- what the provider turned it into; null: its own, or not known yet
        ADD COLUMN settled_minor bigint,
        ADD COLUMN fees_minor bigint NOT NULL DEFAULT 0; -- booked, in the currency that the provider settles in
      ALTER TABLE top_up_dispute ADD COLUMN fee_minor bigint NOT NULL DEFAULT 0;
      CREATE INDEX top_up_short ON top_up (merchant_id) WHERE refunded_minor > taken_minor;
      CREATE INDEX dispute_short ON top_up_dispute (merchant_id) WHERE short_minor > 0;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP FUNCTION wallet_clear;
      DROP INDEX dispute_short, top_up_short;
      ALTER TABLE top_up_dispute DROP COLUMN fee_minor;
      ALTER TABLE top_up DROP COLUMN settled_currency, DROP COLUMN settled_minor, DROP COLUMN fees_minor;
      ALTER TABLE bank_line DROP COLUMN category, DROP COLUMN payout, DROP COLUMN payout_line_id, DROP COLUMN paid_minor,
        DROP COLUMN paid_currency, DROP COLUMN cleared_at;
    `);
  }
}
