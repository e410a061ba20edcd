import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Failed attempts, the merchant's answer to each, and what the courier was told. */
export class CreateFailedDeliveries1764000000073 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE failed_delivery (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        package_id uuid NOT NULL,
        order_id uuid NOT NULL,
        reason text,
        attempted_at timestamptz, -- null until the courier's word is handled
        opened_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL, -- until then the merchant may say what is to be done
        state text NOT NULL DEFAULT 'open' CONSTRAINT failed_delivery_state CHECK (state IN ('open', 'instructed', 'defaulted')),
        action text CONSTRAINT failed_delivery_action CHECK (action IN ('reattempt', 'change_address', 'hold_for_pickup', 'return_to_origin')),
        on_date date,
        ship_to jsonb, -- personal data: goes with the order's
        note text,
        instructed_at timestamptz,
        instructed_by uuid,
        passed_on_at timestamptz, -- the courier was told
        passed_on_by uuid,
        proof_asked_at timestamptz,
        proof_question text,
        proof_answered_at timestamptz,
        proof_given boolean,
        proof_answer text,
        closed_at timestamptz, -- the parcel went on: delivered, tried again, turned back
        CONSTRAINT failed_delivery_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT failed_delivery_of_package FOREIGN KEY (merchant_id, package_id) REFERENCES package,
        CONSTRAINT failed_delivery_decided CHECK ((state = 'open') = (action IS NULL)),
        CONSTRAINT failed_delivery_proof CHECK ((proof_answered_at IS NULL) = (proof_given IS NULL))
      );
      CREATE UNIQUE INDEX failed_delivery_one_open ON failed_delivery (merchant_id, package_id) WHERE closed_at IS NULL;
      CREATE INDEX failed_delivery_due ON failed_delivery (due_at) WHERE state = 'open' AND closed_at IS NULL;
      CREATE INDEX failed_delivery_waiting ON failed_delivery (id)
        WHERE closed_at IS NULL OR (proof_asked_at IS NOT NULL AND proof_answered_at IS NULL);
      CREATE INDEX failed_delivery_by_order ON failed_delivery (merchant_id, order_id);

      GRANT SELECT, INSERT, UPDATE ON failed_delivery TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE failed_delivery`);
  }
}
