import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the operator promises of its warehouses, and which goods are looked at before they are packed. */
export class CreatePromises1764000000024 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE warehouse ADD COLUMN dispatch_days int NOT NULL DEFAULT 2 -- working days from payment to hand-over
        CONSTRAINT warehouse_dispatch_days CHECK (dispatch_days BETWEEN 0 AND 365);
      ALTER TABLE variant ADD COLUMN quality_check boolean NOT NULL DEFAULT false;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE variant DROP COLUMN quality_check;
      ALTER TABLE warehouse DROP COLUMN dispatch_days;
    `);
  }
}
