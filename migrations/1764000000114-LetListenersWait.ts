import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Letters and webhooks wait until what moves money and goods is done. */
export class LetListenersWait1764000000114 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE event_delivery ADD COLUMN patient boolean NOT NULL DEFAULT false;
      DROP INDEX event_delivery_due;
      CREATE INDEX event_delivery_due ON event_delivery (lane, patient, position) WHERE dead_at IS NULL;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX event_delivery_due;
      ALTER TABLE event_delivery DROP COLUMN patient;
      CREATE INDEX event_delivery_due ON event_delivery (lane, position) WHERE dead_at IS NULL;
    `);
  }
}
