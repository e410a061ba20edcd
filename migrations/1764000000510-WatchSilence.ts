import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The instant at which it is asked whether a courier has fallen silent about a parcel. */
export class WatchSilence1764000000510 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE aftersales_due DROP CONSTRAINT aftersales_due_kind;
      ALTER TABLE aftersales_due ADD CONSTRAINT aftersales_due_kind
        CHECK (kind IN ('late', 'settle', 'first_scan', 'silent', 'rto_overdue', 'take_back'));
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DELETE FROM aftersales_due WHERE kind = 'silent';
      ALTER TABLE aftersales_due DROP CONSTRAINT aftersales_due_kind;
      ALTER TABLE aftersales_due ADD CONSTRAINT aftersales_due_kind
        CHECK (kind IN ('late', 'settle', 'first_scan', 'rto_overdue', 'take_back'));
    `);
  }
}
