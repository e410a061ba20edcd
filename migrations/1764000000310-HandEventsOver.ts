import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events are handed over a merchant at a time; what their patient listeners have yet to do is one slim row each. */
export class HandEventsOver1764000000310 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE event_later (
        merchant_id uuid NOT NULL,
        position bigint NOT NULL,
        event_id uuid NOT NULL,
        lane smallint NOT NULL,
        CONSTRAINT event_later_pk PRIMARY KEY (merchant_id, position)
      );
      CREATE INDEX event_later_lane ON event_later (lane, merchant_id, position);
      GRANT SELECT, INSERT, UPDATE, DELETE ON event_later TO waybill_app;
      DROP INDEX event_unpublished;
      CREATE INDEX event_unpublished ON event (lane, merchant_id, position) WHERE sequence IS NULL;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE event_later;
      DROP INDEX event_unpublished;
      CREATE INDEX event_unpublished ON event (lane, position) WHERE sequence IS NULL;
    `);
  }
}
