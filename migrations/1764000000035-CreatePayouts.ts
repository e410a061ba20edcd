import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Money on its way out: asked for by a merchant, approved, paid or rejected by finance. */
export class CreatePayouts1764000000035 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE payout (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        status text NOT NULL CONSTRAINT payout_status CHECK (status IN ('requested', 'approved', 'paid', 'rejected')),
        amount_minor bigint NOT NULL CONSTRAINT payouts_are_positive CHECK (amount_minor > 0),
        currency char(3) NOT NULL,
        destination jsonb NOT NULL,        -- where to, as the merchant wrote it
        closing boolean NOT NULL DEFAULT false, -- of an account that is closing, asked for by the house
        approvals int NOT NULL CONSTRAINT payout_is_approved_by_one_or_two CHECK (approvals IN (1, 2)), -- how many it needs
        requested_at timestamptz NOT NULL,
        approved_at timestamptz,
        ended_at timestamptz,
        ended_by uuid,
        bank_reference text,
        reason text,                       -- of a rejection
        CONSTRAINT payout_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT payout_ends_when_paid_or_rejected CHECK ((status IN ('paid', 'rejected')) = (ended_at IS NOT NULL))
      );
      CREATE INDEX payout_id ON payout (id);
      CREATE TABLE payout_approval (
        merchant_id uuid NOT NULL,
        payout_id uuid NOT NULL,
        user_id uuid NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT nobody_approves_twice PRIMARY KEY (merchant_id, payout_id, user_id),
        CONSTRAINT approval_is_of_a_payout FOREIGN KEY (merchant_id, payout_id) REFERENCES payout
      );
      GRANT SELECT, INSERT, UPDATE ON payout TO waybill_app;
      GRANT SELECT, INSERT ON payout_approval TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE payout_approval, payout`);
  }
}
