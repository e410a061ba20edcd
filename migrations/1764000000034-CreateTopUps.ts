import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is asked for before money moves: top-ups, and adjustments that wait for a second person. */
export class CreateTopUps1764000000034 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE top_up (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        status text NOT NULL CONSTRAINT top_up_status CHECK (status IN ('pending', 'received', 'failed', 'expired')),
        method text NOT NULL CONSTRAINT top_up_method CHECK (method IN ('bank_transfer', 'card', 'paypal')),
        amount_minor bigint NOT NULL CONSTRAINT top_ups_are_positive CHECK (amount_minor > 0),
        currency char(3) NOT NULL,
        reference text NOT NULL,           -- what the merchant writes on the transfer
        received_minor bigint,             -- what came, which is what is credited
        bank_reference text,
        journal_id uuid,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        received_at timestamptz,
        CONSTRAINT top_up_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT received_top_ups_have_a_journal CHECK ((status = 'received') = (received_minor IS NOT NULL AND journal_id IS NOT NULL AND received_at IS NOT NULL))
      );
      CREATE INDEX top_up_id ON top_up (id);
      CREATE INDEX top_up_reference ON top_up (reference);
      CREATE INDEX top_up_expiring ON top_up (expires_at) WHERE status = 'pending';

      CREATE TABLE adjustment (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,                  -- also its journal's
        status text NOT NULL CONSTRAINT adjustment_status CHECK (status IN ('waiting', 'booked', 'rejected')),
        amount_minor bigint NOT NULL CONSTRAINT adjustments_move_something CHECK (amount_minor <> 0),
        currency char(3) NOT NULL,
        reason text NOT NULL,
        asked_by uuid NOT NULL,
        decided_by uuid,                   -- the second person; null where none was needed
        created_at timestamptz NOT NULL,
        decided_at timestamptz,
        CONSTRAINT adjustment_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT nobody_approves_their_own CHECK (decided_by <> asked_by)
      );
      CREATE INDEX adjustment_id ON adjustment (id);
      GRANT SELECT, INSERT, UPDATE ON top_up, adjustment TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE adjustment, top_up`);
  }
}
