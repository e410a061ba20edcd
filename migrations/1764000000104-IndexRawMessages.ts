import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Couriers' raw messages name buyers: they are emptied with time. */
export class IndexRawMessages1764000000104 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`CREATE INDEX tracking_message_kept ON tracking_message (received_at) WHERE length(body) > 0`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP INDEX tracking_message_kept`);
  }
}
