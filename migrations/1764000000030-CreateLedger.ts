import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The ledger's memory. One book per merchant that balances by itself; inside it, per currency, numbered accounts, and
 * one journal per thing that happened, each chained to the one before by its hash.
 *
 * The chart of accounts is the number itself (src/wallet/ledger/chart.ts): 1 is cash, 11..61 are contra accounts, 101
 * and up are promotional lots. What a merchant can spend (1 and 101 up) can never go below zero.
 */
export class CreateLedger1764000000030 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE ledger_book (
        merchant_id uuid CONSTRAINT ledger_book_pk PRIMARY KEY,
        number bigint NOT NULL DEFAULT 0 CONSTRAINT book_counts_up CHECK (number >= 0), -- of the newest journal
        head bytea NOT NULL CONSTRAINT book_head_is_a_hash CHECK (length(head) = 32),   -- hash of the newest journal
        opened_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL                                                    -- what the newest journal counts for
      ) WITH (fillfactor = 50);

      CREATE TABLE ledger_account (
        merchant_id uuid NOT NULL CONSTRAINT account_is_in_a_book REFERENCES ledger_book,
        currency char(3) NOT NULL,
        number int NOT NULL CONSTRAINT account_is_in_the_chart
          CHECK (number IN (1, 11, 12, 13, 21, 31, 32, 33, 34, 41, 42, 51, 61) OR number > 100),
        posted_minor bigint NOT NULL DEFAULT 0,
        held_minor bigint NOT NULL DEFAULT 0 CONSTRAINT held_is_never_negative CHECK (held_minor >= 0),
        -- promotional lots only
        rank int,                 -- lower is spent first
        expires_at timestamptz,   -- null: never
        pays_for text[] CONSTRAINT lot_pays_for_known_things CHECK (pays_for <@ ARRAY['order_charge', 'membership_fee', 'fee']),
        open boolean NOT NULL DEFAULT false, -- a lot with something in it
        CONSTRAINT ledger_account_pk PRIMARY KEY (merchant_id, currency, number),
        CONSTRAINT never_overdrawn CHECK (number BETWEEN 2 AND 100 OR posted_minor - held_minor >= 0),
        CONSTRAINT only_cash_is_held CHECK (number = 1 OR held_minor = 0),
        CONSTRAINT lots_have_terms CHECK ((number > 100) = (rank IS NOT NULL AND pays_for IS NOT NULL)),
        CONSTRAINT only_lots_have_terms CHECK (number > 100 OR (rank IS NULL AND expires_at IS NULL AND pays_for IS NULL)),
        CONSTRAINT open_lots_hold_something CHECK (open = (number > 100 AND posted_minor > 0))
      ) WITH (fillfactor = 70);
      CREATE INDEX ledger_open_lot ON ledger_account (merchant_id, currency) WHERE open;
      CREATE INDEX ledger_expiring_lot ON ledger_account (expires_at) WHERE open AND expires_at IS NOT NULL;

      CREATE TABLE ledger_journal (
        merchant_id uuid NOT NULL CONSTRAINT journal_is_in_a_book REFERENCES ledger_book,
        number bigint NOT NULL CONSTRAINT journals_are_numbered_from_one CHECK (number > 0),
        id uuid NOT NULL,
        verb text NOT NULL CONSTRAINT journal_verb CHECK (verb IN
          ('top_up', 'grant', 'charge', 'refund', 'lapse', 'hold', 'capture', 'release', 'settle', 'adjust', 'reverse')),
        type text CONSTRAINT journal_type CHECK (type IN -- as the merchant reads it; null: nothing of theirs moved
          ('top_up', 'promotion', 'order_charge', 'refund', 'membership_fee', 'hold', 'release', 'payout', 'adjustment', 'reversal', 'fee')),
        key text NOT NULL CONSTRAINT journal_key_length CHECK (length(key) BETWEEN 1 AND 200),
        fingerprint bytea NOT NULL CONSTRAINT journal_fingerprint_is_a_hash CHECK (length(fingerprint) = 32),
        cause_type text NOT NULL,
        cause_id text NOT NULL,
        about bigint CONSTRAINT journal_is_about_an_earlier_one CHECK (about > 0 AND about < number), -- charge, hold, or what is reversed
        currency char(3) NOT NULL,
        details text NOT NULL,             -- JSON, its very bytes are in the hash: lines of the explanation, facts of the verb
        amount_minor bigint NOT NULL,      -- change of all that the merchant has in this currency (cash, held, promotional)
        balance_after_minor bigint NOT NULL CONSTRAINT balance_is_never_negative CHECK (balance_after_minor >= 0),
        counts_at timestamptz NOT NULL,    -- by the product's clock, never before the journal before
        written_at timestamptz NOT NULL,   -- by the machine's
        hash bytea NOT NULL CONSTRAINT journal_hash_is_a_hash CHECK (length(hash) = 32),
        CONSTRAINT ledger_journal_pk PRIMARY KEY (merchant_id, number),
        CONSTRAINT a_key_moves_money_once UNIQUE (merchant_id, key)
      );
      CREATE INDEX ledger_journal_id ON ledger_journal (id);
      CREATE INDEX ledger_journal_in_time ON ledger_journal (merchant_id, currency, counts_at, number);
      CREATE UNIQUE INDEX reversed_at_most_once ON ledger_journal (merchant_id, about) WHERE verb = 'reverse';

      CREATE TABLE ledger_posting (
        merchant_id uuid NOT NULL,
        number bigint NOT NULL,
        leg smallint NOT NULL,
        -- direct moves what is posted; hold sets aside; capture moves what was set aside; release gives it back
        phase text NOT NULL CONSTRAINT posting_phase CHECK (phase IN ('direct', 'hold', 'capture', 'release')),
        currency char(3) NOT NULL,
        debit int NOT NULL,
        credit int NOT NULL,
        amount_minor bigint NOT NULL CONSTRAINT postings_are_positive CHECK (amount_minor > 0),
        debit_posted_minor bigint NOT NULL,  -- balances after
        debit_held_minor bigint NOT NULL,
        credit_posted_minor bigint NOT NULL,
        CONSTRAINT ledger_posting_pk PRIMARY KEY (merchant_id, number, leg),
        CONSTRAINT posting_has_two_sides CHECK (debit <> credit),
        CONSTRAINT posting_is_in_a_journal FOREIGN KEY (merchant_id, number) REFERENCES ledger_journal,
        CONSTRAINT debit_is_in_the_book_and_currency FOREIGN KEY (merchant_id, currency, debit) REFERENCES ledger_account,
        CONSTRAINT credit_is_in_the_book_and_currency FOREIGN KEY (merchant_id, currency, credit) REFERENCES ledger_account
      );

      CREATE TABLE ledger_charge (
        merchant_id uuid NOT NULL,
        number bigint NOT NULL,            -- of the charge's journal
        currency char(3) NOT NULL,
        contra int NOT NULL,
        amount_minor bigint NOT NULL CONSTRAINT charges_are_positive CHECK (amount_minor > 0),
        refunded_minor bigint NOT NULL DEFAULT 0,
        drawn_minor bigint NOT NULL DEFAULT 0,   -- refunded out of the contra account, the rest out of refund_expense
        settled_minor bigint NOT NULL DEFAULT 0, -- moved on to revenue
        CONSTRAINT ledger_charge_pk PRIMARY KEY (merchant_id, number),
        CONSTRAINT charge_is_a_journal FOREIGN KEY (merchant_id, number) REFERENCES ledger_journal,
        CONSTRAINT refunds_never_exceed_the_charge CHECK (refunded_minor BETWEEN 0 AND amount_minor),
        CONSTRAINT contra_gives_what_it_has CHECK (drawn_minor BETWEEN 0 AND refunded_minor AND settled_minor >= 0
          AND drawn_minor + settled_minor <= amount_minor)
      ) WITH (fillfactor = 70);

      CREATE TABLE ledger_charge_share (   -- which bucket paid what, in spend order
        merchant_id uuid NOT NULL,
        number bigint NOT NULL,
        leg smallint NOT NULL,
        account int NOT NULL,
        amount_minor bigint NOT NULL CONSTRAINT shares_are_positive CHECK (amount_minor > 0),
        refunded_minor bigint NOT NULL DEFAULT 0,
        CONSTRAINT ledger_charge_share_pk PRIMARY KEY (merchant_id, number, leg),
        CONSTRAINT share_is_of_a_charge FOREIGN KEY (merchant_id, number) REFERENCES ledger_charge,
        CONSTRAINT no_bucket_gets_more_than_it_paid CHECK (refunded_minor BETWEEN 0 AND amount_minor)
      ) WITH (fillfactor = 70);

      CREATE TABLE ledger_refund (
        merchant_id uuid NOT NULL,
        number bigint NOT NULL,            -- of the refund's journal
        charge_number bigint NOT NULL,
        package_id uuid,
        cause_kind text NOT NULL,          -- cancellation, undelivered, claim:<id>, return:<id>
        amount_minor bigint NOT NULL CONSTRAINT refunds_are_positive CHECK (amount_minor > 0),
        CONSTRAINT ledger_refund_pk PRIMARY KEY (merchant_id, number),
        CONSTRAINT refund_is_a_journal FOREIGN KEY (merchant_id, number) REFERENCES ledger_journal,
        CONSTRAINT refund_is_of_a_charge FOREIGN KEY (merchant_id, charge_number) REFERENCES ledger_charge
      );
      CREATE UNIQUE INDEX one_refund_per_package_and_cause ON ledger_refund (merchant_id, package_id, cause_kind) WHERE package_id IS NOT NULL;

      CREATE TABLE ledger_hold (
        merchant_id uuid NOT NULL,
        number bigint NOT NULL,            -- of the hold's journal
        currency char(3) NOT NULL,
        contra int NOT NULL,               -- where it goes when captured
        amount_minor bigint NOT NULL CONSTRAINT holds_are_positive CHECK (amount_minor > 0),
        captured_minor bigint NOT NULL DEFAULT 0,
        released_minor bigint NOT NULL DEFAULT 0,
        CONSTRAINT ledger_hold_pk PRIMARY KEY (merchant_id, number),
        CONSTRAINT hold_is_a_journal FOREIGN KEY (merchant_id, number) REFERENCES ledger_journal,
        CONSTRAINT holds_give_what_they_have CHECK (captured_minor >= 0 AND released_minor >= 0
          AND captured_minor + released_minor <= amount_minor)
      ) WITH (fillfactor = 70);

      CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'The ledger is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME USING ERRCODE = '55000';
      END $$;
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_journal FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
      CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_journal EXECUTE FUNCTION ledger_is_append_only();
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_posting FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
      CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_posting EXECUTE FUNCTION ledger_is_append_only();
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_refund FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
      CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_refund EXECUTE FUNCTION ledger_is_append_only();

      -- what a merchant set or was given; not part of the ledger
      CREATE TABLE wallet_profile (
        merchant_id uuid CONSTRAINT wallet_profile_pk PRIMARY KEY,
        home_currency char(3),
        low_balance_minor bigint CONSTRAINT low_balance_is_positive CHECK (low_balance_minor > 0),
        low_balance_currency char(3),
        low boolean NOT NULL DEFAULT false, -- the alert of this fall has been told
        CONSTRAINT low_balance_has_a_currency CHECK ((low_balance_minor IS NULL) = (low_balance_currency IS NULL))
      );
      CREATE TABLE payout_blocker (
        merchant_id uuid NOT NULL,
        cause text NOT NULL,               -- order:<uuid>, claim:<uuid>
        since timestamptz NOT NULL,
        until timestamptz,                 -- null: until it is cleared
        CONSTRAINT payout_blocker_pk PRIMARY KEY (merchant_id, cause)
      );

      GRANT SELECT ON ledger_book, ledger_account, ledger_journal, ledger_posting, ledger_charge, ledger_charge_share, ledger_refund, ledger_hold TO waybill_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON wallet_profile, payout_blocker TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE payout_blocker, wallet_profile, ledger_hold, ledger_refund, ledger_charge_share, ledger_charge, ledger_posting, ledger_journal, ledger_account, ledger_book;
      DROP FUNCTION ledger_is_append_only();
    `);
  }
}
