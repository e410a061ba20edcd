import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Goods that merchants ask for and the catalogue does not have; each ends in a variant or a no. */
export class CreateSourcing1764000000025 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE sourcing_request (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL,
        link text,
        picture text,
        quantity int, -- a month, as the merchant expects
        note text,
        status text NOT NULL DEFAULT 'open' CONSTRAINT sourcing_status CHECK (status IN ('open', 'found', 'declined')),
        sku text CONSTRAINT sourcing_found_variant REFERENCES variant,
        answer text,
        created_at timestamptz NOT NULL,
        answered_at timestamptz,
        answered_by uuid,
        CONSTRAINT sourcing_request_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT sourcing_found_has_a_variant CHECK ((status = 'found') = (sku IS NOT NULL)),
        CONSTRAINT sourcing_answered_has_a_time CHECK ((status = 'open') = (answered_at IS NULL))
      );
      CREATE INDEX sourcing_request_by_id ON sourcing_request (id);
      GRANT SELECT, INSERT, UPDATE ON sourcing_request TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE sourcing_request`);
  }
}
