import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Files that show what a return says: the receipt, the proof that it was sent, pictures. */
export class CreateReturnEvidence1764000000089 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- the bytes are in the store of files, under their hash
      CREATE TABLE return_evidence (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        return_id uuid NOT NULL,
        kind text NOT NULL CONSTRAINT return_evidence_kind CHECK (kind IN ('photo', 'video', 'receipt', 'shipping_receipt', 'other')),
        media_type text NOT NULL,
        bytes int NOT NULL CONSTRAINT return_evidence_has_bytes CHECK (bytes > 0),
        sha256 char(64) NOT NULL,
        by_user uuid,
        at timestamptz NOT NULL,
        CONSTRAINT return_evidence_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT return_evidence_of_return FOREIGN KEY (merchant_id, return_id) REFERENCES goods_return
      );
      CREATE INDEX return_evidence_by_return ON return_evidence (merchant_id, return_id, id);
      GRANT SELECT, INSERT ON return_evidence TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE return_evidence`);
  }
}
