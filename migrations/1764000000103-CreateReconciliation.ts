import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What banks and payment providers say of the money, held against the clearing accounts; and the nightly check. */
export class CreateReconciliation1764000000103 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- house table: a line of a bank's statement or of a provider's report
      CREATE TABLE bank_line (
        id uuid CONSTRAINT bank_line_pk PRIMARY KEY,
        source text NOT NULL CONSTRAINT bank_line_source CHECK (source IN ('bank', 'stripe')),
        key text NOT NULL,                 -- what makes the same line the same in another file
        booked_on date NOT NULL,
        amount_minor bigint NOT NULL,      -- below zero: it left
        currency char(3) NOT NULL,
        fee_minor bigint NOT NULL DEFAULT 0,
        text text NOT NULL,                -- what the payer wrote, who the payer is
        payment text,                      -- of a provider's
        state text NOT NULL CONSTRAINT bank_line_state CHECK (state IN ('matched', 'review', 'resolved')),
        why text,                          -- for a person: partial, over, double, late, currency, unknown_reference, no_reference, outgoing
        merchant_id uuid,                  -- whose, where it is known
        subject_id uuid,                   -- the top-up or payout
        note text,                         -- of whoever resolved it
        imported_at timestamptz NOT NULL,
        resolved_at timestamptz,
        resolved_by uuid,
        CONSTRAINT bank_line_once UNIQUE (source, key),
        CONSTRAINT bank_line_for_a_reason CHECK (state <> 'review' OR why IS NOT NULL)
      );
      CREATE INDEX bank_line_review ON bank_line (booked_on, id) WHERE state = 'review';
      CREATE INDEX bank_line_payment ON bank_line (payment) WHERE payment IS NOT NULL;
      ALTER TABLE top_up ADD COLUMN bank_line_id uuid; -- found on the bank's statement
      ALTER TABLE payout ADD COLUMN bank_line_id uuid;
      CREATE INDEX top_up_unmatched ON top_up (received_at) WHERE status = 'received' AND method = 'bank_transfer' AND bank_line_id IS NULL;
      CREATE INDEX payout_unmatched ON payout (ended_at) WHERE status = 'paid' AND bank_line_id IS NULL;
      CREATE INDEX top_up_by_provider ON top_up (payment) WHERE payment IS NOT NULL;

      -- house table: one verification of all books a day
      CREATE TABLE book_check (
        day date CONSTRAINT ledger_check_once_a_day PRIMARY KEY,
        begun_at timestamptz NOT NULL,
        ended_at timestamptz,
        journals bigint,
        books bigint,
        faults bigint
      );
      GRANT SELECT, INSERT, UPDATE ON bank_line, book_check TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE book_check, bank_line;
      ALTER TABLE top_up DROP COLUMN bank_line_id;
      ALTER TABLE payout DROP COLUMN bank_line_id;
    `);
  }
}
