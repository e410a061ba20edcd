import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The operator's goods, warehouses, couriers and settings: house tables, no merchant's. */
export class CreateCatalogue1764000000020 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE variant (
        sku text CONSTRAINT variant_pk PRIMARY KEY,
        title text NOT NULL,
        weight_g int NOT NULL CONSTRAINT variant_weighs_something CHECK (weight_g > 0),
        length_mm int NOT NULL,
        width_mm int NOT NULL,
        height_mm int NOT NULL,
        handling text[] NOT NULL CONSTRAINT variant_handling_known CHECK (handling <@ ARRAY['battery', 'liquid', 'fragile', 'oversize']),
        hs_code text,
        origin char(2),
        backorder boolean NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT variant_has_a_size CHECK (length_mm > 0 AND width_mm > 0 AND height_mm > 0)
      );
      CREATE INDEX variant_newest ON variant (created_at DESC, sku DESC);
      CREATE TABLE variant_price (
        sku text NOT NULL CONSTRAINT price_of_variant REFERENCES variant ON DELETE CASCADE,
        currency char(3) NOT NULL,
        price_minor bigint NOT NULL CONSTRAINT price_not_negative CHECK (price_minor >= 0),
        CONSTRAINT one_price_a_currency PRIMARY KEY (sku, currency)
      );

      CREATE TABLE warehouse (
        code text CONSTRAINT warehouse_pk PRIMARY KEY,
        name text NOT NULL,
        country char(2) NOT NULL,
        created_at timestamptz NOT NULL
      );

      CREATE TABLE courier (
        code text CONSTRAINT courier_pk PRIMARY KEY,
        name text NOT NULL,
        tracking jsonb NOT NULL, -- [{ source, carrier }]: who reports its parcels, and under which name
        created_at timestamptz NOT NULL
      );
      CREATE TABLE courier_service (
        courier text NOT NULL CONSTRAINT service_of_courier REFERENCES courier ON DELETE CASCADE,
        code text NOT NULL,
        class text NOT NULL CONSTRAINT service_class_known CHECK (class IN ('standard', 'express')),
        countries text[] NOT NULL,
        days_min int NOT NULL,
        days_max int NOT NULL,
        max_weight_g int NOT NULL,
        max_units int NOT NULL,
        max_volume_cm3 int,
        needs text[] NOT NULL CONSTRAINT service_needs_known CHECK (needs <@ ARRAY['phone', 'postal_code']),
        CONSTRAINT courier_service_pk PRIMARY KEY (courier, code),
        CONSTRAINT service_days_in_order CHECK (0 <= days_min AND days_min <= days_max)
      );
      CREATE TABLE courier_price (
        courier text NOT NULL,
        service text NOT NULL,
        currency char(3) NOT NULL,
        up_to_g int NOT NULL,
        price_minor bigint NOT NULL CONSTRAINT courier_price_not_negative CHECK (price_minor >= 0),
        CONSTRAINT one_price_a_step PRIMARY KEY (courier, service, currency, up_to_g),
        CONSTRAINT price_of_service FOREIGN KEY (courier, service) REFERENCES courier_service ON DELETE CASCADE
      );

      CREATE TABLE setting (
        single boolean CONSTRAINT setting_pk PRIMARY KEY DEFAULT true CONSTRAINT one_row_of_settings CHECK (single),
        default_policy text NOT NULL,
        time_zone text NOT NULL,
        holidays text[] NOT NULL,
        awaiting_funds_days int NOT NULL CONSTRAINT waits_a_day_at_least CHECK (awaiting_funds_days > 0)
      );
      INSERT INTO setting (default_policy, time_zone, holidays, awaiting_funds_days) VALUES ('courier-proof', 'UTC', '{}', 7);

      GRANT SELECT, INSERT, UPDATE, DELETE ON variant, variant_price, warehouse, courier, courier_service, courier_price TO waybill_app;
      GRANT SELECT, UPDATE ON setting TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE setting, courier_price, courier_service, courier, warehouse, variant_price, variant`);
  }
}
