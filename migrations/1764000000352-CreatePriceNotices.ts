import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bounded work: who is still to hear of a plan's new price, whose reply is overdue, which reference was used before. */
export class CreatePriceNotices1764000000352 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- house table: a plan costs something else, and not every member has been told
      CREATE TABLE price_notice (
        plan text CONSTRAINT price_notice_pk PRIMARY KEY,
        currencies text[] NOT NULL,
        told_until uuid NOT NULL, -- members are told in the order of their merchants
        asked_at timestamptz NOT NULL
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON price_notice TO waybill_app;
      CREATE INDEX membership_of_plan ON membership ((coalesce(scheduled_plan, plan)), merchant_id) WHERE status IN ('trial', 'active');

      ALTER TABLE claim ADD COLUMN overdue_told_at timestamptz; -- the due time that staff were alarmed about
      CREATE INDEX claim_reply_overdue ON claim (reply_due_at) WHERE reply_due_at IS NOT NULL AND overdue_told_at IS DISTINCT FROM reply_due_at;

      CREATE INDEX top_up_bank_reference ON top_up (bank_reference) WHERE bank_reference IS NOT NULL;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX top_up_bank_reference, claim_reply_overdue, membership_of_plan;
      ALTER TABLE claim DROP COLUMN overdue_told_at;
      DROP TABLE price_notice;
    `);
  }
}
