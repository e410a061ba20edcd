import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Until when a package is promised to leave, and between which days it is expected at the door. */
export class CreatePackagePromises1764000000053 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE package
        ADD COLUMN dispatch_due_at timestamptz, -- null: not paid yet
        ADD COLUMN dispatch_told_at timestamptz, -- the merchant was told that it is past it
        ADD COLUMN estimate_from date, -- local dates of the operator; null: not handed over yet
        ADD COLUMN estimate_to date;
      CREATE INDEX package_dispatch_due ON package (dispatch_due_at)
        WHERE dispatch_told_at IS NULL AND status IN ('planned', 'picking', 'packed', 'labelled');
      CREATE INDEX package_to_pick ON package (warehouse, dispatch_due_at, id) WHERE status = 'planned';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE package DROP COLUMN dispatch_due_at, DROP COLUMN dispatch_told_at, DROP COLUMN estimate_from,
        DROP COLUMN estimate_to
    `);
  }
}
