import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose request an event came of; none for what tracking and the clock bring about. Set like the audit log's actor. */
export class NameWhoTold1764000000370 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE event
        ADD COLUMN by_kind text DEFAULT (nullif(current_setting('waybill.actor', true), '')::jsonb ->> 'kind'),
        ADD COLUMN by_user uuid DEFAULT (nullif(current_setting('waybill.actor', true), '')::jsonb ->> 'user')::uuid;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE event DROP COLUMN by_kind, DROP COLUMN by_user`);
  }
}
