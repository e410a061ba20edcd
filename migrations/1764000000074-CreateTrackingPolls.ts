import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When which courier is asked about which package; all times are real ones. */
export class CreateTrackingPolls1764000000074 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE tracking_poll (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        source text NOT NULL,
        number text NOT NULL,
        due_at timestamptz NOT NULL,
        leased_until timestamptz, -- somebody asks right now
        failures int NOT NULL DEFAULT 0, -- in a row
        last_look boolean NOT NULL DEFAULT false, -- it had ended: once more, then no more
        CONSTRAINT tracking_poll_pk PRIMARY KEY (merchant_id, package_id, source),
        CONSTRAINT tracking_poll_of_package FOREIGN KEY (merchant_id, package_id) REFERENCES package
      );
      CREATE INDEX tracking_poll_due ON tracking_poll (source, due_at);

      -- house table: how much a source is asked in a minute, by all processes together
      CREATE TABLE tracking_poll_source (
        source text CONSTRAINT tracking_poll_source_pk PRIMARY KEY,
        minute timestamptz NOT NULL,
        used int NOT NULL,
        failures int NOT NULL DEFAULT 0, -- in a row
        paused_until timestamptz
      );

      GRANT SELECT, INSERT, UPDATE, DELETE ON tracking_poll, tracking_poll_source TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE tracking_poll_source, tracking_poll`);
  }
}
