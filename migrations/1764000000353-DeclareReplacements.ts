import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What customs is told of goods that are sent again free of charge: what was paid for those that they stand for. */
export class DeclareReplacements1764000000353 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `ALTER TABLE package ADD COLUMN declared jsonb -- minor units by line; null: what was paid for its items`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE package DROP COLUMN declared');
  }
}
