import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is left to a person, from the decision that left it until somebody answers or it has come to nothing. */
export class CreateReviews1764000000375 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE open_review (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        kind text NOT NULL CONSTRAINT open_review_kind
          CHECK (kind IN ('tracking', 'receipt', 'cancellation', 'address_change', 'delivered_after_refund')),
        order_id uuid NOT NULL,
        decision_id uuid NOT NULL, -- which left it to a person; of a package delivered after its refund, the refund's
        since timestamptz NOT NULL,
        CONSTRAINT open_review_pk PRIMARY KEY (merchant_id, package_id, kind),
        CONSTRAINT open_review_of_decision FOREIGN KEY (merchant_id, decision_id) REFERENCES decision (merchant_id, id)
      );
      CREATE INDEX open_review_oldest ON open_review (since, package_id);
      CREATE INDEX return_for_a_person ON goods_return (status) WHERE status IN ('requested', 'received');
      CREATE INDEX claim_reply_awaited ON claim (reply_due_at) WHERE reply_due_at IS NOT NULL;
      GRANT SELECT, INSERT, UPDATE, DELETE ON open_review TO waybill_app;

      INSERT INTO open_review (merchant_id, package_id, kind, order_id, decision_id, since)
      SELECT DISTINCT ON (d.merchant_id, d.package_id, d.kind)
        d.merchant_id, d.package_id, d.kind, d.order_id, d.id, d.decided_at
      FROM decision d JOIN package p ON p.merchant_id = d.merchant_id AND p.id = d.package_id
      WHERE d.outcome = 'review' AND d.kind NOT IN ('claim', 'return') AND d.cause NOT LIKE '%:%' AND p.settled_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM decision f WHERE f.merchant_id = d.merchant_id AND f.follows = d.id)
      ORDER BY d.merchant_id, d.package_id, d.kind, d.id DESC;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX claim_reply_awaited, return_for_a_person;
      DROP TABLE open_review;
    `);
  }
}
