import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The second person looks for what waits. */
export class ListAdjustments1764000000501 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`CREATE INDEX adjustment_by_status ON adjustment (status, id)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP INDEX adjustment_by_status`);
  }
}
