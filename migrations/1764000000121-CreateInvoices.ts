import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Invoices and credit notes: one series a merchant, without gaps, numbered when the document is made, never changed. */
export class CreateInvoices1764000000121 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE invoice_series (
        merchant_id uuid CONSTRAINT invoice_series_pk PRIMARY KEY,
        last bigint NOT NULL CONSTRAINT invoice_series_counts_up CHECK (last > 0)
      );
      CREATE TABLE invoice (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        number bigint NOT NULL CONSTRAINT invoices_are_numbered_from_one CHECK (number > 0),
        kind text NOT NULL CONSTRAINT invoice_kind CHECK (kind IN ('invoice', 'credit_note')),
        journal_id uuid NOT NULL,  -- what it documents
        corrects uuid,             -- of a credit note: the invoice; null: that one was never made
        cause_type text NOT NULL,
        cause_id text NOT NULL,
        currency char(3) NOT NULL,
        total_minor bigint NOT NULL CONSTRAINT invoice_total_is_positive CHECK (total_minor > 0),
        lines json NOT NULL,       -- text and minor units; they add up to the total
        parties json NOT NULL,     -- as they were when it was made
        language text NOT NULL,
        issued_at timestamptz NOT NULL,
        CONSTRAINT invoice_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT invoice_number_once UNIQUE (merchant_id, number),
        CONSTRAINT one_invoice_a_journal UNIQUE (merchant_id, journal_id),
        CONSTRAINT only_credit_notes_correct CHECK (corrects IS NULL OR kind = 'credit_note'),
        CONSTRAINT credit_note_corrects_an_invoice FOREIGN KEY (merchant_id, corrects) REFERENCES invoice
      );
      CREATE INDEX invoice_by_id ON invoice (id);
      CREATE INDEX invoice_by_cause ON invoice (merchant_id, cause_type, cause_id);
      CREATE INDEX invoice_corrected ON invoice (merchant_id, corrects) WHERE corrects IS NOT NULL;

      GRANT SELECT, INSERT, UPDATE ON invoice_series TO waybill_app;
      GRANT SELECT, INSERT ON invoice TO waybill_app; -- a document is never changed
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE invoice, invoice_series`);
  }
}
