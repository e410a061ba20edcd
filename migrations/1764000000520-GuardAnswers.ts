import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is kept under a merchant's idempotency keys holds whole answers, some of them secrets: its own transactions see
 * no others. Those of the operator's people and of addresses are the house's, which sees all (reliability.md, Security
 * settings).
 */
export class GuardAnswers1764000000520 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      SELECT guard_tenant('idempotency', 'owner_id');
      -- compared as text it is no way to find rows by: an answer is found by its key, however many its owner has
      ALTER POLICY own_merchant ON idempotency USING (owner_id::text = current_setting('app.merchant', true));
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP POLICY own_merchant ON idempotency;
      DROP POLICY whole_house ON idempotency;
      ALTER TABLE idempotency DISABLE ROW LEVEL SECURITY;
    `);
  }
}
