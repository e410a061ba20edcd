import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Orders, their lines, and the buyer's address of each. */
export class CreateOrders1764000000060 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE orders (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        reference text NOT NULL,
        status text NOT NULL CONSTRAINT order_status_known CHECK (status IN
          ('awaiting_funds', 'paid', 'in_fulfilment', 'shipped', 'completed', 'settled', 'cancelled')),
        currency char(3) NOT NULL,
        service text NOT NULL,
        chosen_service text,
        goods_paid_minor bigint NOT NULL CONSTRAINT order_goods_not_negative CHECK (goods_paid_minor >= 0),
        shipping_paid_minor bigint NOT NULL CONSTRAINT order_shipping_not_negative CHECK (shipping_paid_minor >= 0),
        shipping_cost_minor bigint NOT NULL,
        discount_minor bigint NOT NULL CONSTRAINT order_discount_not_negative CHECK (discount_minor >= 0),
        total_minor bigint NOT NULL CONSTRAINT order_total_adds_up CHECK (total_minor = goods_paid_minor + shipping_paid_minor),
        policy_id text NOT NULL,
        policy_version int NOT NULL,
        discount_code text,
        created_at timestamptz NOT NULL,
        paid_at timestamptz,
        -- while it waits for money: when it is cancelled
        pay_by timestamptz CONSTRAINT order_waits_with_a_limit CHECK ((status = 'awaiting_funds') = (pay_by IS NOT NULL)),
        CONSTRAINT order_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT order_reference_once UNIQUE (merchant_id, reference)
      ) WITH (fillfactor = 85);
      CREATE INDEX order_by_id ON orders (id);
      CREATE INDEX order_waiting ON orders (pay_by) WHERE pay_by IS NOT NULL;

      CREATE TABLE order_line (
        merchant_id uuid NOT NULL,
        order_id uuid NOT NULL,
        line int NOT NULL,
        sku text NOT NULL,
        title text NOT NULL,
        quantity int NOT NULL CONSTRAINT line_has_units CHECK (quantity > 0),
        list_price_minor bigint NOT NULL,
        unit_price_minor bigint NOT NULL,
        paid_minor bigint NOT NULL CONSTRAINT line_paid_not_negative CHECK (paid_minor >= 0),
        discounts jsonb NOT NULL,
        CONSTRAINT order_line_pk PRIMARY KEY (merchant_id, order_id, line),
        CONSTRAINT order_line_of_order FOREIGN KEY (merchant_id, order_id) REFERENCES orders (merchant_id, id)
      );

      -- personal data: erased a set time after settlement
      CREATE TABLE order_address (
        merchant_id uuid NOT NULL,
        order_id uuid NOT NULL,
        ship_to jsonb NOT NULL,
        CONSTRAINT order_address_pk PRIMARY KEY (merchant_id, order_id),
        CONSTRAINT order_address_of_order FOREIGN KEY (merchant_id, order_id) REFERENCES orders (merchant_id, id)
      );
      GRANT SELECT, INSERT, UPDATE ON orders, order_line TO waybill_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON order_address TO waybill_app;

      -- the timeline of an order is what was told of it
      CREATE INDEX event_of_aggregate ON event (merchant_id, aggregate, position);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP INDEX event_of_aggregate; DROP TABLE order_address, order_line, orders`);
  }
}
