import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When an order ended, when its buyer's data were erased, and who asked for it before its end. */
export class CreateErasures1764000000101 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE orders ADD COLUMN ended_at timestamptz, ADD COLUMN erased_at timestamptz;
      CREATE INDEX order_to_erase ON orders (ended_at) WHERE ended_at IS NOT NULL AND erased_at IS NULL;

      -- asked for while the order was open: done when it ends
      CREATE TABLE erasure_request (
        merchant_id uuid NOT NULL,
        order_id uuid NOT NULL,
        asked_at timestamptz NOT NULL,
        CONSTRAINT erasure_request_pk PRIMARY KEY (merchant_id, order_id),
        CONSTRAINT erasure_of_an_order FOREIGN KEY (merchant_id, order_id) REFERENCES orders (merchant_id, id)
      );
      CREATE INDEX package_address_email ON package_address (merchant_id, lower(email)) WHERE email IS NOT NULL;
      GRANT SELECT, INSERT, DELETE ON erasure_request TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX package_address_email;
      DROP TABLE erasure_request;
      ALTER TABLE orders DROP COLUMN ended_at, DROP COLUMN erased_at;
    `);
  }
}
