import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Claims with what is said and shown about them, what happened to them, and the units that cases have settled. */
export class CreateClaims1764000000081 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE claim (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        order_id uuid NOT NULL,
        package_id uuid NOT NULL,
        type text NOT NULL,
        status text NOT NULL CONSTRAINT claim_status_known CHECK (status IN
          ('needs_evidence', 'waiting', 'in_review', 'approved', 'denied', 'closed', 'withdrawn')),
        items jsonb NOT NULL, -- [{line, quantity, severity}]; empty: every unit of the package
        said jsonb NOT NULL, -- preferred_remedy, fault, misuse, minor_variation, order_label_found, charge
        description text,
        opened_at timestamptz NOT NULL, -- every window is measured to it
        opened_by uuid, -- null: a merchant's key
        decision_id uuid, -- the newest
        reply_due_at timestamptz, -- while an answer of the operator's people is awaited
        -- what happens by itself next, and when: the wait is decided again, the notice before closing, the closing
        due_kind text CONSTRAINT claim_due_kind CHECK (due_kind IN ('reconsider', 'notice', 'close')),
        due_at timestamptz,
        closes_at timestamptz, -- for want of activity
        appealed_at timestamptz,
        closed_at timestamptz,
        CONSTRAINT claim_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT claim_of_order FOREIGN KEY (merchant_id, order_id) REFERENCES orders,
        CONSTRAINT claim_of_package FOREIGN KEY (merchant_id, package_id) REFERENCES package,
        CONSTRAINT claim_due_has_a_kind CHECK ((due_at IS NULL) = (due_kind IS NULL)),
        CONSTRAINT claim_ended_has_a_time CHECK ((status IN ('closed', 'withdrawn')) = (closed_at IS NOT NULL))
      );
      CREATE INDEX claim_by_id ON claim (id); -- staff read across merchants
      CREATE INDEX claim_by_status ON claim (status, id);
      CREATE INDEX claim_by_order ON claim (merchant_id, order_id, id);
      CREATE INDEX claim_due ON claim (due_at) WHERE due_at IS NOT NULL;

      CREATE TABLE claim_message (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        claim_id uuid NOT NULL,
        author text NOT NULL CONSTRAINT claim_message_author CHECK (author IN ('merchant', 'staff')),
        by_user uuid,
        text text NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT claim_message_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT claim_message_of_claim FOREIGN KEY (merchant_id, claim_id) REFERENCES claim
      );
      CREATE INDEX claim_message_by_claim ON claim_message (merchant_id, claim_id, id);

      -- the bytes are in the store of files, under their hash
      CREATE TABLE claim_evidence (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        claim_id uuid NOT NULL,
        kind text NOT NULL CONSTRAINT evidence_kind CHECK (kind IN ('photo', 'video', 'receipt', 'shipping_receipt', 'other')),
        media_type text NOT NULL,
        bytes int NOT NULL CONSTRAINT evidence_has_bytes CHECK (bytes > 0),
        sha256 char(64) NOT NULL,
        by_user uuid,
        at timestamptz NOT NULL,
        CONSTRAINT claim_evidence_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT claim_evidence_of_claim FOREIGN KEY (merchant_id, claim_id) REFERENCES claim
      );
      CREATE INDEX claim_evidence_by_claim ON claim_evidence (merchant_id, claim_id, id);

      -- the claim's timeline, appended only
      CREATE TABLE claim_step (
        merchant_id uuid NOT NULL,
        claim_id uuid NOT NULL,
        id uuid NOT NULL,
        step text NOT NULL,
        text text NOT NULL,
        author text NOT NULL CONSTRAINT claim_step_author CHECK (author IN ('merchant', 'staff', 'policy')),
        by_user uuid,
        cause text, -- decision:<id>, message:<id>, evidence:<id>, order:<id>
        amount_minor bigint, -- what it credited
        currency char(3),
        at timestamptz NOT NULL,
        CONSTRAINT claim_step_pk PRIMARY KEY (merchant_id, claim_id, id),
        CONSTRAINT claim_step_of_claim FOREIGN KEY (merchant_id, claim_id) REFERENCES claim,
        CONSTRAINT claim_step_money CHECK ((amount_minor IS NULL) = (currency IS NULL))
      );

      -- a unit of a package is settled once: money or goods were given for it
      CREATE TABLE settled_unit (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        line int NOT NULL,
        unit int NOT NULL CONSTRAINT settled_unit_number CHECK (unit > 0), -- from 1, of the line's units in the package
        cause text NOT NULL, -- claim:<id> or return:<id>
        CONSTRAINT unit_settled_once PRIMARY KEY (merchant_id, package_id, line, unit),
        CONSTRAINT settled_unit_of_package FOREIGN KEY (merchant_id, package_id) REFERENCES package
      );

      GRANT SELECT, INSERT, UPDATE ON claim TO waybill_app;
      GRANT SELECT, INSERT ON claim_message, claim_evidence, claim_step, settled_unit TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE settled_unit, claim_step, claim_evidence, claim_message, claim`);
  }
}
