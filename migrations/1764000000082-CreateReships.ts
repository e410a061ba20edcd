import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Goods that are sent again: the free order, what it stands for, and what was made good otherwise than with money. */
export class CreateReships1764000000082 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- what was paid for units that were sent again, or given as store credit
      ALTER TABLE package ADD COLUMN made_good_minor bigint NOT NULL DEFAULT 0
        CONSTRAINT package_made_good CHECK (made_good_minor >= 0);
      ALTER TABLE package ADD CONSTRAINT package_gets_back_what_was_paid
        CHECK (refunded_minor + made_good_minor <= goods_paid_minor + shipping_paid_minor);
      -- a free order: the order, package and case for which its goods are sent again
      ALTER TABLE orders ADD COLUMN replaces jsonb;

      CREATE TABLE reship (
        merchant_id uuid NOT NULL,
        order_id uuid NOT NULL, -- the free order
        of_order_id uuid NOT NULL,
        of_package_id uuid NOT NULL,
        cause text NOT NULL, -- claim:<id> or return:<id>
        CONSTRAINT reship_pk PRIMARY KEY (merchant_id, order_id),
        CONSTRAINT reship_once UNIQUE (merchant_id, of_package_id, cause),
        CONSTRAINT reship_is_an_order FOREIGN KEY (merchant_id, order_id) REFERENCES orders,
        CONSTRAINT reship_of_package FOREIGN KEY (merchant_id, of_package_id) REFERENCES package
      );
      GRANT SELECT, INSERT ON reship TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE reship;
      ALTER TABLE orders DROP COLUMN replaces;
      ALTER TABLE package DROP COLUMN made_good_minor;
    `);
  }
}
