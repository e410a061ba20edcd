import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often callers called in the running minute, in all processes together. Not logged: after a crash it begins anew. */
export class CreateRateCounts1764000000115 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE UNLOGGED TABLE rate_count (
        bucket text NOT NULL, -- a hash of the limit and the caller
        window_at timestamptz NOT NULL, -- real time
        points int NOT NULL,
        CONSTRAINT rate_count_pk PRIMARY KEY (bucket, window_at)
      );
      CREATE INDEX rate_count_age ON rate_count (window_at);
      GRANT SELECT, INSERT, UPDATE, DELETE ON rate_count TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE rate_count`);
  }
}
