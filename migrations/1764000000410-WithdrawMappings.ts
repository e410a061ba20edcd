import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What staff said of a code may be taken back. */
export class WithdrawMappings1764000000410 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('GRANT DELETE ON tracking_mapping TO waybill_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('REVOKE DELETE ON tracking_mapping FROM waybill_app');
  }
}
