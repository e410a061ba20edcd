import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stock as it is counted: on hand, reserved and back-ordered apart; every movement kept; who waits for goods. */
export class CreateStock1764000000021 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- house table; every variant has a row in every warehouse, so that locking its rows locks all there is of it
      CREATE TABLE stock (
        sku text NOT NULL CONSTRAINT stock_of_variant REFERENCES variant,
        warehouse text NOT NULL CONSTRAINT stock_in_warehouse REFERENCES warehouse,
        on_hand int NOT NULL DEFAULT 0,
        reserved int NOT NULL DEFAULT 0,
        backordered int NOT NULL DEFAULT 0,
        CONSTRAINT stock_pk PRIMARY KEY (sku, warehouse),
        CONSTRAINT stock_never_below_zero CHECK (on_hand >= 0 AND reserved >= 0 AND backordered >= 0),
        CONSTRAINT stock_reserved_is_there CHECK (reserved <= on_hand),
        CONSTRAINT back_orders_are_served_first CHECK (backordered = 0 OR reserved = on_hand)
      ) WITH (fillfactor = 70);

      -- house table; written once: what is on hand is the sum of these
      CREATE TABLE stock_movement (
        id uuid CONSTRAINT stock_movement_pk PRIMARY KEY,
        sku text NOT NULL,
        warehouse text NOT NULL,
        quantity int NOT NULL CONSTRAINT movement_moves CHECK (quantity <> 0),
        reason text NOT NULL CONSTRAINT movement_reason_known CHECK (reason IN ('receipt', 'adjustment', 'damage', 'return', 'shipment')),
        by_user uuid,
        moved_at timestamptz NOT NULL,
        CONSTRAINT movement_of_stock FOREIGN KEY (sku, warehouse) REFERENCES stock
      );
      CREATE INDEX stock_movement_of_stock ON stock_movement (sku, warehouse, id);

      -- units that an order was promised and no shelf has yet; the row goes when they have come
      CREATE TABLE back_order (
        merchant_id uuid NOT NULL,
        order_id uuid NOT NULL,
        sku text NOT NULL,
        warehouse text NOT NULL,
        quantity int NOT NULL CONSTRAINT back_order_has_units CHECK (quantity > 0),
        placed_at timestamptz NOT NULL,
        CONSTRAINT back_order_pk PRIMARY KEY (merchant_id, order_id, sku, warehouse)
      );
      CREATE INDEX back_order_oldest ON back_order (sku, warehouse, placed_at, order_id);

      CREATE TABLE restock_request (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        sku text NOT NULL,
        quantity int NOT NULL CONSTRAINT restock_request_has_units CHECK (quantity > 0),
        created_at timestamptz NOT NULL,
        restocked_at timestamptz,
        CONSTRAINT restock_request_pk PRIMARY KEY (merchant_id, id)
      );
      CREATE UNIQUE INDEX one_open_restock_request ON restock_request (merchant_id, sku) WHERE restocked_at IS NULL;
      CREATE INDEX restock_request_open ON restock_request (sku) WHERE restocked_at IS NULL;
      CREATE INDEX restock_request_by_id ON restock_request (id);

      GRANT SELECT, INSERT, UPDATE ON stock, restock_request TO waybill_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON back_order TO waybill_app;
      GRANT SELECT, INSERT ON stock_movement TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE restock_request, back_order, stock_movement, stock`);
  }
}
