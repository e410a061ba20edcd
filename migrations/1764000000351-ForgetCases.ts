import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people wrote and showed of an order goes with its buyer's data. */
export class ForgetCases1764000000351 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      GRANT UPDATE (text) ON claim_message, claim_step TO waybill_app;
      GRANT DELETE ON claim_evidence, return_evidence TO waybill_app;
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
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE evidence_gone;
      DROP INDEX unannounced_about;
      REVOKE DELETE ON claim_evidence, return_evidence FROM waybill_app;
      REVOKE UPDATE (text) ON claim_message, claim_step FROM waybill_app;
    `);
  }
}
