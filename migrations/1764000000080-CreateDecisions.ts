import type { MigrationInterface, QueryRunner } from 'typeorm';

/** After-sales decisions with all that explains them, what waits to be decided again, and addresses that wait for a stop. */
export class CreateDecisions1764000000080 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE decision (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        order_id uuid NOT NULL,
        package_id uuid, -- null: about the whole order
        kind text NOT NULL CONSTRAINT decision_kind CHECK (kind IN ('cancellation', 'address_change', 'tracking', 'receipt', 'claim', 'return')),
        cause text NOT NULL, -- of the credit: cancellation, undelivered, claim:<id>, return:<id>
        outcome text NOT NULL,
        policy_id text NOT NULL,
        policy_version int NOT NULL,
        facts json NOT NULL,
        decision json NOT NULL, -- as it was answered: clauses, refund, next step
        credited_minor bigint NOT NULL CONSTRAINT decision_credit_not_negative CHECK (credited_minor >= 0),
        currency char(3) NOT NULL,
        journal_id uuid,
        follows uuid, -- the decision that this one ends: an interception's answer
        note text,
        decided_by uuid, -- null: the service, or a merchant's key
        decided_at timestamptz NOT NULL,
        CONSTRAINT decision_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT decision_answered_once UNIQUE (merchant_id, follows),
        CONSTRAINT decision_follows_a_decision FOREIGN KEY (merchant_id, follows) REFERENCES decision (merchant_id, id),
        CONSTRAINT decision_with_a_credit_has_its_journal CHECK ((credited_minor > 0) = (journal_id IS NOT NULL))
      );
      -- one credit per package and cause, for ever
      CREATE UNIQUE INDEX decision_credits_once ON decision (merchant_id, package_id, cause) WHERE credited_minor > 0;
      CREATE INDEX decision_by_package ON decision (merchant_id, package_id, id);
      CREATE INDEX decision_by_order ON decision (merchant_id, order_id, id);

      -- what is decided, or settled, at an instant; an event may change or clear it before
      CREATE TABLE aftersales_due (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        kind text NOT NULL CONSTRAINT aftersales_due_kind CHECK (kind IN ('late', 'settle')),
        order_id uuid NOT NULL,
        due_at timestamptz NOT NULL,
        CONSTRAINT aftersales_due_pk PRIMARY KEY (merchant_id, package_id, kind)
      );
      CREATE INDEX aftersales_due_at ON aftersales_due (due_at);

      -- personal data: gone as soon as the warehouse has answered
      CREATE TABLE address_request (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        order_id uuid NOT NULL,
        ship_to jsonb NOT NULL,
        CONSTRAINT address_request_pk PRIMARY KEY (merchant_id, package_id)
      );

      GRANT SELECT, INSERT ON decision TO waybill_app; -- a decision is never changed
      GRANT SELECT, INSERT, UPDATE, DELETE ON aftersales_due, address_request TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE address_request, aftersales_due, decision`);
  }
}
