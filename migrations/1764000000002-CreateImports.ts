import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Files of rows that were imported, with what became of each row. */
export class CreateImports1764000000002 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE import_run (
        merchant_id uuid NOT NULL, -- all zeros: the operator's
        id uuid NOT NULL,
        kind text NOT NULL,
        dry_run boolean NOT NULL,
        created_at timestamptz NOT NULL,
        headings text[] NOT NULL,
        delimiter text NOT NULL,
        results jsonb NOT NULL,
        failed jsonb NOT NULL, -- the rows that failed, as they came: they may hold addresses, and are cleared with them
        CONSTRAINT import_run_pk PRIMARY KEY (merchant_id, id)
      );
      GRANT SELECT, INSERT, UPDATE ON import_run TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE import_run`);
  }
}
