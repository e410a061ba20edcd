import type { MigrationInterface, QueryRunner } from 'typeorm';

const DEFINER = 'LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp';

/** Top-ups through a payment provider: what it said, refunds and disputes, saved cards, and the fees that it keeps. */
export class CreateCardPayments1764000000102 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE top_up
        ADD COLUMN client_key text,        -- the merchant's idempotency key: one checkout however often it is asked
        ADD COLUMN automatic boolean NOT NULL DEFAULT false, -- by the saved card, when the balance fell low
        ADD COLUMN checkout_url text,
        ADD COLUMN payment text,           -- the provider's id of the payment
        ADD COLUMN ask_at timestamptz,     -- real time: when the provider is called about it next; null: nothing to ask
        ADD COLUMN tries int NOT NULL DEFAULT 0,
        ADD COLUMN bonus_minor bigint NOT NULL DEFAULT 0,
        ADD COLUMN fee_minor bigint,       -- what the provider kept; null: not known
        ADD COLUMN refunded_minor bigint NOT NULL DEFAULT 0, -- the most that the provider said was refunded
        ADD COLUMN taken_minor bigint NOT NULL DEFAULT 0,    -- what was taken out of the wallet for that
        ADD COLUMN charged_back_minor bigint NOT NULL DEFAULT 0, -- and for disputes that were lost
        ADD CONSTRAINT one_top_up_a_key UNIQUE (merchant_id, client_key);
      CREATE INDEX top_up_to_ask ON top_up (ask_at) WHERE ask_at IS NOT NULL;

      -- house tables: what arrives names a payment, not a merchant
      CREATE TABLE payment_route (
        payment text CONSTRAINT payment_route_pk PRIMARY KEY,
        merchant_id uuid,                  -- null: something of it came before it was known whose it is
        top_up_id uuid
      );
      CREATE TABLE payment_event (
        id text CONSTRAINT payment_event_once PRIMARY KEY,
        type text NOT NULL,
        payment text,
        fact jsonb,                        -- as it was read: no personal data
        state text NOT NULL CONSTRAINT payment_event_state CHECK (state IN ('done', 'ignored', 'waiting')),
        received_at timestamptz NOT NULL
      );
      CREATE INDEX payment_event_waiting ON payment_event (payment) WHERE state = 'waiting';

      CREATE TABLE top_up_refund (
        merchant_id uuid NOT NULL,
        id text NOT NULL,                  -- the provider's
        top_up_id uuid NOT NULL,
        amount_minor bigint NOT NULL,
        failed boolean NOT NULL,
        CONSTRAINT top_up_refund_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT refund_is_of_a_top_up FOREIGN KEY (merchant_id, top_up_id) REFERENCES top_up
      );
      CREATE INDEX top_up_refund_of ON top_up_refund (merchant_id, top_up_id);
      CREATE TABLE top_up_dispute (
        merchant_id uuid NOT NULL,
        id text NOT NULL,                  -- the provider's
        top_up_id uuid NOT NULL,
        state text NOT NULL CONSTRAINT dispute_state CHECK (state IN ('open', 'won', 'lost')),
        amount_minor bigint NOT NULL,
        held_minor bigint NOT NULL DEFAULT 0,
        short_minor bigint NOT NULL DEFAULT 0, -- lost, and the wallet did not have it
        opened_at timestamptz NOT NULL,
        ended_at timestamptz,
        CONSTRAINT top_up_dispute_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT dispute_is_of_a_top_up FOREIGN KEY (merchant_id, top_up_id) REFERENCES top_up
      );
      CREATE TABLE saved_card (
        merchant_id uuid CONSTRAINT saved_card_pk PRIMARY KEY,
        customer text NOT NULL,
        payment_method text NOT NULL,
        label text NOT NULL,               -- visa 4242
        saved_at timestamptz NOT NULL
      );
      ALTER TABLE wallet_profile
        ADD COLUMN auto_top_up_minor bigint CONSTRAINT automatic_top_up_is_positive CHECK (auto_top_up_minor > 0),
        ADD COLUMN auto_top_up_cap_minor bigint CONSTRAINT cap_is_positive CHECK (auto_top_up_cap_minor > 0);

      -- 43: provider_fees
      ALTER TABLE ledger_account DROP CONSTRAINT account_is_in_the_chart, ADD CONSTRAINT account_is_in_the_chart
        CHECK (number IN (1, 11, 12, 13, 21, 31, 32, 33, 34, 41, 42, 43, 51, 61) OR number > 100);
      ALTER TABLE ledger_journal DROP CONSTRAINT journal_verb, ADD CONSTRAINT journal_verb CHECK (verb IN
        ('top_up', 'grant', 'charge', 'refund', 'lapse', 'hold', 'capture', 'release', 'settle', 'adjust', 'reverse', 'fee'));

      -- what a provider keeps for itself: out of what it owes us; nothing of the merchant's moves
      CREATE FUNCTION wallet_fee(r ledger_request, p_amount bigint, p_clearing int) RETURNS ledger_outcome ${DEFINER} AS $$
      DECLARE o ledger_outcome;
      BEGIN
        r.verb := 'fee'; r.type := NULL;
        r.fingerprint := ledger_fingerprint(r, p_amount::text, p_clearing::text);
        o := ledger_begin(r);
        IF o.status IS NOT NULL THEN RETURN o; END IF;
        r.at := o.counts_at;
        RETURN ledger_post(r, ARRAY['direct'], ARRAY[43], ARRAY[p_clearing], ARRAY[p_amount]);
      END $$;

      -- cash that a provider or a bank took back: as much of it as is available
      CREATE FUNCTION wallet_take_back(r ledger_request, p_amount bigint, p_clearing int) RETURNS ledger_outcome ${DEFINER} AS $$
      DECLARE o ledger_outcome; part bigint;
      BEGIN
        r.verb := 'adjust'; r.type := 'reversal';
        r.fingerprint := ledger_fingerprint(r, p_amount::text, p_clearing::text);
        o := ledger_begin(r);
        IF o.status IS NOT NULL THEN RETURN o; END IF;
        r.at := o.counts_at;
        part := least(p_amount, ledger_available(r.merchant_id, r.currency));
        IF part <= 0 THEN o.status := 'nothing_left'; o.amount_minor := 0; RETURN o; END IF;
        r.lines := jsonb_build_array(jsonb_build_object('text', r.lines ->> 0, 'minor', (-part)::text));
        RETURN ledger_post(r, ARRAY['direct'], ARRAY[1], ARRAY[p_clearing], ARRAY[part]);
      END $$;

      -- of a lot, at most p_most, whenever it would have expired
      DROP FUNCTION wallet_forfeit;
      CREATE FUNCTION wallet_forfeit(r ledger_request, p_lot int, p_most bigint) RETURNS ledger_outcome ${DEFINER} AS $$
      DECLARE o ledger_outcome; a ledger_account; part bigint;
      BEGIN
        r.verb := 'lapse'; r.type := 'promotion';
        r.fingerprint := ledger_fingerprint(r, 'forfeit', p_lot::text, p_most::text);
        o := ledger_begin(r);
        IF o.status IS NOT NULL THEN RETURN o; END IF;
        r.at := o.counts_at;
        SELECT * INTO a FROM ledger_account WHERE merchant_id = r.merchant_id AND currency = r.currency AND number = p_lot AND open;
        IF NOT FOUND THEN o.status := 'nothing_left'; o.amount_minor := 0; RETURN o; END IF;
        part := least(a.posted_minor, coalesce(p_most, a.posted_minor));
        IF part <= 0 THEN o.status := 'nothing_left'; o.amount_minor := 0; RETURN o; END IF;
        r.facts := '{"forfeited": true}';
        r.lines := jsonb_build_array(jsonb_build_object('text', r.lines ->> 0, 'minor', (-part)::text));
        RETURN ledger_post(r, ARRAY['direct'], ARRAY[p_lot], ARRAY[42], ARRAY[part]);
      END $$;
      REVOKE EXECUTE ON FUNCTION wallet_fee, wallet_take_back, wallet_forfeit FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION wallet_fee, wallet_take_back, wallet_forfeit TO waybill_app;
      GRANT SELECT, INSERT, UPDATE ON payment_route, payment_event, top_up_refund, top_up_dispute, saved_card TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP FUNCTION wallet_fee, wallet_take_back;
      ALTER TABLE wallet_profile DROP COLUMN auto_top_up_minor, DROP COLUMN auto_top_up_cap_minor;
      DROP TABLE saved_card, top_up_dispute, top_up_refund, payment_event, payment_route;
      ALTER TABLE top_up DROP CONSTRAINT one_top_up_a_key, DROP COLUMN client_key, DROP COLUMN automatic, DROP COLUMN checkout_url,
        DROP COLUMN payment, DROP COLUMN ask_at, DROP COLUMN tries, DROP COLUMN bonus_minor, DROP COLUMN fee_minor,
        DROP COLUMN refunded_minor, DROP COLUMN taken_minor, DROP COLUMN charged_back_minor;
    `);
  }
}
