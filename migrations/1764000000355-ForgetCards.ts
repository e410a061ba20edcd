import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A saved card goes with its account. */
export class ForgetCards1764000000355 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('GRANT DELETE ON saved_card TO waybill_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('REVOKE DELETE ON saved_card FROM waybill_app');
  }
}
