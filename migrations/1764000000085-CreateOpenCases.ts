import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is open about a package, claims and returns alike: while a row stands, the package is not settled. */
export class CreateOpenCases1764000000085 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE open_case (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        cause text NOT NULL, -- claim:<id> or return:<id>, as the payout blocker of the same name
        order_id uuid NOT NULL,
        opened_at timestamptz NOT NULL,
        CONSTRAINT open_case_pk PRIMARY KEY (merchant_id, package_id, cause)
      );
      GRANT SELECT, INSERT, DELETE ON open_case TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE open_case`);
  }
}
