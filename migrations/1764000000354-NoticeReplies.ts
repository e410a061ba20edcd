import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A package may have several cases: each is noticed by itself. */
export class NoticeReplies1764000000354 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE staff_notice ADD COLUMN about text NOT NULL DEFAULT ''; -- what of the package, where that can be several things
      ALTER TABLE staff_notice DROP CONSTRAINT notice_once,
        ADD CONSTRAINT notice_once UNIQUE (merchant_id, package_id, kind, about);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE staff_notice DROP CONSTRAINT notice_once;
      ALTER TABLE staff_notice DROP COLUMN about;
      ALTER TABLE staff_notice ADD CONSTRAINT notice_once UNIQUE (merchant_id, package_id, kind);
    `);
  }
}
