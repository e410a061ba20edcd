import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an open dispute holds may be set aside in several parts, as money comes. */
export class HoldDisputed1764000000440 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE top_up_dispute ADD COLUMN holds int NOT NULL DEFAULT 0; -- keys: dispute:<id>, dispute:<id>:1, dispute:<id>:2 …
      UPDATE top_up_dispute SET holds = 1 WHERE held_minor > 0;
      ALTER TABLE top_up_dispute ADD CONSTRAINT dispute_holds_what_is_disputed CHECK (held_minor BETWEEN 0 AND amount_minor)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE top_up_dispute DROP CONSTRAINT dispute_holds_what_is_disputed, DROP COLUMN holds`);
  }
}
