import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Parcels that came and that nobody had announced: recorded, and kept for whomever they turn out to be. */
export class CreateUnannounced1764000000088 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- house table: nobody knows yet whose it is
      CREATE TABLE unannounced_parcel (
        id uuid CONSTRAINT unannounced_pk PRIMARY KEY,
        code text, -- what was scanned; null: nothing to scan
        about_kind text CONSTRAINT unannounced_about CHECK (about_kind IN ('package', 'order', 'return', 'variant')),
        about_id text, -- what the code leads to, as the API writes it
        warehouse text,
        sender text,
        condition text CONSTRAINT unannounced_condition CHECK (condition IN ('original', 'used', 'damaged', 'missing')),
        unopened boolean,
        note text,
        photo_sha256 char(64),
        photo_media_type text,
        received_at timestamptz NOT NULL,
        by_user uuid NOT NULL,
        CONSTRAINT unannounced_photo_has_a_type CHECK ((photo_sha256 IS NULL) = (photo_media_type IS NULL))
      );
      GRANT SELECT, INSERT, UPDATE ON unannounced_parcel TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE unannounced_parcel`);
  }
}
