import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Merchants' stores that speak to us directly: their orders in, parcels' numbers back. */
export class CreateStores1764000000140 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE store (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        kind text NOT NULL CONSTRAINT store_kind_known CHECK (kind IN ('shopify', 'woocommerce')),
        name text NOT NULL,
        url text NOT NULL,
        webhook_secret text NOT NULL, -- sealed
        access_token text,            -- sealed; null: nothing is told back
        created_at timestamptz NOT NULL,
        deleted_at timestamptz,
        CONSTRAINT store_pk PRIMARY KEY (merchant_id, id)
      );
      -- a store's message names the store, not the merchant
      CREATE TABLE store_route (
        store_id uuid CONSTRAINT store_route_pk PRIMARY KEY,
        merchant_id uuid NOT NULL
      );
      CREATE TABLE store_sku (
        merchant_id uuid NOT NULL,
        store_id uuid NOT NULL,
        store_sku text NOT NULL,
        sku text NOT NULL,
        quantity int NOT NULL CONSTRAINT mapping_has_units CHECK (quantity > 0), -- of ours in one of the store's
        CONSTRAINT store_sku_pk PRIMARY KEY (merchant_id, store_id, store_sku),
        CONSTRAINT mapping_of_store FOREIGN KEY (merchant_id, store_id) REFERENCES store
      );
      CREATE TABLE store_order (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        store_id uuid NOT NULL,
        external_id text NOT NULL,
        name text NOT NULL,
        status text NOT NULL CONSTRAINT store_order_status_known CHECK (status IN ('held', 'placed', 'cancelled', 'passed_over')),
        reason text CONSTRAINT held_for_a_reason CHECK (status <> 'held' OR reason IS NOT NULL),
        detail text,
        draft jsonb,        -- what would be placed; holds the buyer's address, so it goes when it is no longer needed
        lines jsonb NOT NULL, -- the store's lines, to tell it which were sent
        order_id uuid,
        store_updated_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        retry_at timestamptz CONSTRAINT only_held_ones_are_tried_again CHECK (retry_at IS NULL OR status = 'held'),
        CONSTRAINT store_order_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT store_order_once UNIQUE (merchant_id, store_id, external_id),
        CONSTRAINT store_order_of_store FOREIGN KEY (merchant_id, store_id) REFERENCES store,
        CONSTRAINT placed_has_an_order CHECK (status <> 'placed' OR order_id IS NOT NULL)
      );
      CREATE INDEX store_order_retry ON store_order (retry_at) WHERE retry_at IS NOT NULL;
      CREATE INDEX store_order_held ON store_order (received_at) WHERE status = 'held'; -- the sweep of what nobody mends
      CREATE INDEX store_order_of_order ON store_order (merchant_id, order_id) WHERE order_id IS NOT NULL;
      -- what is to be told to the store: one row a package
      CREATE TABLE store_dispatch (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        store_order_id uuid NOT NULL,
        status text NOT NULL CONSTRAINT dispatch_status_known CHECK (status IN ('pending', 'told', 'failed')),
        courier text NOT NULL,
        tracking_number text NOT NULL,
        items jsonb NOT NULL,
        attempts int NOT NULL DEFAULT 0,
        last_error text,
        next_at timestamptz CONSTRAINT pending_dispatch_is_due CHECK ((status = 'pending') = (next_at IS NOT NULL)),
        give_up_at timestamptz NOT NULL,
        told_at timestamptz,
        CONSTRAINT store_dispatch_pk PRIMARY KEY (merchant_id, package_id),
        CONSTRAINT dispatch_of_store_order FOREIGN KEY (merchant_id, store_order_id) REFERENCES store_order
      );
      CREATE INDEX store_dispatch_due ON store_dispatch (next_at) WHERE next_at IS NOT NULL;

      GRANT SELECT, INSERT, UPDATE ON store, store_order, store_dispatch TO waybill_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON store_route, store_sku TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE store_dispatch, store_order, store_sku, store_route, store`);
  }
}
