import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The erasure of a merchant's buyer names files of the house's, too: photos of parcels that came unannounced. */
export class ForgetHouseFiles1764000000470 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER POLICY own_merchant ON evidence_gone
        WITH CHECK (merchant_id IN (nullif(current_setting('app.merchant', true), '')::uuid, '00000000-0000-0000-0000-000000000000'));
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER POLICY own_merchant ON evidence_gone
        WITH CHECK (merchant_id = nullif(current_setting('app.merchant', true), '')::uuid);
    `);
  }
}
