import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Goods are promised shelf by shelf: a join by hash would read all the shelves there are for the two of an order. */
export class PromiseByKeys1764000000540 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER FUNCTION stock_promise(jsonb) SET enable_hashjoin = off;
      ALTER FUNCTION stock_promise(jsonb) SET enable_mergejoin = off`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER FUNCTION stock_promise(jsonb) RESET enable_mergejoin;
      ALTER FUNCTION stock_promise(jsonb) RESET enable_hashjoin`);
  }
}
