import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was paid for the units that a free package stands for: as much may be given back for it. */
export class CreateWorth1764000000083 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE package ADD COLUMN worth_minor bigint NOT NULL DEFAULT 0 CONSTRAINT package_worth CHECK (worth_minor >= 0);
      ALTER TABLE package DROP CONSTRAINT package_gets_back_what_was_paid;
      ALTER TABLE package ADD CONSTRAINT package_gets_back_what_was_paid
        CHECK (refunded_minor + made_good_minor <= goods_paid_minor + shipping_paid_minor + worth_minor);
      -- whose charge pays what is given back for free orders
      CREATE INDEX order_replacing ON orders (merchant_id, (replaces ->> 'rootOrderId')) WHERE replaces IS NOT NULL;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX order_replacing;
      ALTER TABLE package DROP CONSTRAINT package_gets_back_what_was_paid;
      ALTER TABLE package ADD CONSTRAINT package_gets_back_what_was_paid
        CHECK (refunded_minor + made_good_minor <= goods_paid_minor + shipping_paid_minor);
      ALTER TABLE package DROP COLUMN worth_minor;
    `);
  }
}
