import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Couriers use numbers again after some months, and parcels have more numbers than the one on their label. */
export class ReuseNumbers1764000000075 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE tracking_route ADD reused_at timestamptz; -- what was said before is about an earlier parcel

      -- house table: numbers that couriers gave to a parcel on its way, such as the last mile's
      CREATE TABLE tracking_alias (
        number_key text NOT NULL,
        courier text NOT NULL,
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        CONSTRAINT tracking_alias_once PRIMARY KEY (number_key, merchant_id, package_id)
      );
      GRANT SELECT, INSERT ON tracking_alias TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE tracking_alias; ALTER TABLE tracking_route DROP reused_at`);
  }
}
