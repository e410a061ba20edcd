import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people wrote and showed of an order goes with its buyer's data. */
export class ForgetCases1764000000351 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- files that nothing shows any more, until they are taken out of the store of files
      CREATE TABLE evidence_gone (
        merchant_id uuid NOT NULL,
        key text NOT NULL, -- in the store of files
        asked_at timestamptz NOT NULL,
        CONSTRAINT evidence_gone_pk PRIMARY KEY (merchant_id, key)
      );
      CREATE INDEX unannounced_about ON unannounced_parcel (about_id) WHERE about_id IS NOT NULL;
      CREATE INDEX evidence_gone_oldest ON evidence_gone (asked_at);
      GRANT SELECT, INSERT, UPDATE, DELETE ON evidence_gone TO waybill_app;

      -- What was said, shown and done stays as it was, until the buyer of an order is erased: then, and only then, it goes.
      CREATE FUNCTION forget_cases(p_merchant uuid, p_order uuid, p_at timestamptz) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      BEGIN
        IF NOT EXISTS (SELECT 1 FROM orders WHERE merchant_id = p_merchant AND id = p_order AND erased_at IS NOT NULL) THEN
          RAISE EXCEPTION 'the buyer of the order % is not erased', p_order;
        END IF;
        UPDATE claim_message m SET text = 'erased' FROM claim c
          WHERE c.merchant_id = p_merchant AND c.order_id = p_order AND m.merchant_id = p_merchant AND m.claim_id = c.id;
        UPDATE claim_step s SET text = 'erased' FROM claim c
          WHERE c.merchant_id = p_merchant AND c.order_id = p_order AND s.merchant_id = p_merchant AND s.claim_id = c.id
            AND s.step IN ('message', 'appeal');
        WITH shown AS (
          DELETE FROM claim_evidence e USING claim c
          WHERE c.merchant_id = p_merchant AND c.order_id = p_order AND e.merchant_id = p_merchant AND e.claim_id = c.id RETURNING e.sha256
        ), returned AS (
          DELETE FROM return_evidence e USING goods_return r
          WHERE r.merchant_id = p_merchant AND r.order_id = p_order AND e.merchant_id = p_merchant AND e.return_id = r.id RETURNING e.sha256
        )
        INSERT INTO evidence_gone (merchant_id, key, asked_at)
        SELECT p_merchant, 'evidence/' || p_merchant || '/' || sha256, p_at
          FROM (SELECT sha256 FROM shown UNION SELECT sha256 FROM returned) gone ON CONFLICT DO NOTHING;
      END $$;
      REVOKE EXECUTE ON FUNCTION forget_cases FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION forget_cases TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP FUNCTION forget_cases;
      DROP TABLE evidence_gone;
      DROP INDEX unannounced_about;
    `);
  }
}
