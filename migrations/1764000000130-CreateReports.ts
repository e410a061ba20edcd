import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What reports are made of: a row a package that left, the goods in it, and every credit that a decision made. */
export class CreateReports1764000000130 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE report_package (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        courier text NOT NULL,
        country text NOT NULL,
        handed_over_at timestamptz NOT NULL,
        first_scan_at timestamptz,
        failed_attempts integer NOT NULL DEFAULT 0,
        late boolean NOT NULL DEFAULT false,
        outcome text NOT NULL DEFAULT 'under_way',
        ended_at timestamptz,
        CONSTRAINT report_package_pk PRIMARY KEY (merchant_id, package_id),
        CONSTRAINT report_package_outcome CHECK (outcome IN ('under_way', 'delivered', 'rto', 'failed', 'lost'))
      );
      CREATE INDEX report_package_by_departure ON report_package (merchant_id, handed_over_at);
      CREATE TABLE report_package_item (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        sku text NOT NULL,
        CONSTRAINT report_package_item_pk PRIMARY KEY (merchant_id, package_id, sku),
        CONSTRAINT report_package_item_of_package FOREIGN KEY (merchant_id, package_id) REFERENCES report_package (merchant_id, package_id)
      );
      CREATE TABLE report_refund (
        merchant_id uuid NOT NULL,
        decision_id uuid NOT NULL,
        package_id uuid, -- null: the decision was about no one package
        cause text NOT NULL,
        currency char(3) NOT NULL,
        amount_minor bigint NOT NULL,
        credited_at timestamptz NOT NULL,
        CONSTRAINT report_refund_pk PRIMARY KEY (merchant_id, decision_id)
      );
      CREATE INDEX report_refund_by_time ON report_refund (merchant_id, credited_at);
      GRANT SELECT, INSERT, UPDATE ON report_package TO waybill_app;
      GRANT SELECT, INSERT ON report_package_item, report_refund TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE report_refund, report_package_item, report_package`);
  }
}
