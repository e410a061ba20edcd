import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Statements that are drawn beside the requests, in parts, and kept for a time. */
export class CreateStatementDocuments1764000000500 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE statement_document (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        form text NOT NULL CONSTRAINT document_form CHECK (form IN ('pdf', 'csv')),
        language text NOT NULL,
        currency char(3) NOT NULL,
        from_at timestamptz,             -- null: the wallet has no entry yet
        to_at timestamptz NOT NULL,
        opening_minor bigint NOT NULL,   -- the frame is fixed when the document is asked for
        closing_minor bigint NOT NULL,
        first_number bigint,
        last_number bigint,
        lines_total int NOT NULL,
        lines_done int NOT NULL DEFAULT 0,
        status text NOT NULL DEFAULT 'queued' CONSTRAINT document_status CHECK (status IN ('queued', 'running', 'done', 'failed')),
        run int NOT NULL DEFAULT 0,      -- how often it was begun: an earlier run writes nothing any more
        free_at timestamptz NOT NULL,    -- real time: from then on any worker may begin it
        bytes bigint CONSTRAINT a_done_document_has_its_size CHECK ((status = 'done') = (bytes IS NOT NULL)),
        created_at timestamptz NOT NULL,
        finished_at timestamptz,
        kept_until timestamptz NOT NULL,
        CONSTRAINT statement_document_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT document_period CHECK (from_at <= to_at),
        CONSTRAINT no_more_lines_than_there_are CHECK (lines_done BETWEEN 0 AND lines_total)
      );
      CREATE INDEX statement_document_waiting ON statement_document (id) WHERE status IN ('queued', 'running');
      CREATE INDEX statement_document_over ON statement_document (kept_until);

      CREATE TABLE statement_document_part (
        merchant_id uuid NOT NULL,
        document_id uuid NOT NULL,
        n int NOT NULL CONSTRAINT parts_count_from_one CHECK (n >= 1),
        bytes bytea NOT NULL,
        CONSTRAINT statement_document_part_pk PRIMARY KEY (merchant_id, document_id, n),
        CONSTRAINT part_of_a_document FOREIGN KEY (merchant_id, document_id) REFERENCES statement_document
      );
      -- PDF is compressed already
      ALTER TABLE statement_document_part ALTER COLUMN bytes SET STORAGE EXTERNAL;

      GRANT SELECT, INSERT, UPDATE, DELETE ON statement_document TO waybill_app;
      GRANT SELECT, INSERT, DELETE ON statement_document_part TO waybill_app;
      SELECT guard_tenant('statement_document');
      SELECT guard_tenant('statement_document_part');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE statement_document_part, statement_document`);
  }
}
