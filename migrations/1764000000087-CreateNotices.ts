import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What staff should know of a package, each thing once; and the instants at which it is looked at for that. */
export class CreateNotices1764000000087 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE staff_notice (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        order_id uuid NOT NULL,
        package_id uuid NOT NULL,
        kind text NOT NULL,
        role text NOT NULL CONSTRAINT notice_role CHECK (role IN ('support', 'finance', 'warehouse')), -- whom it concerns
        text text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT notice_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT notice_once UNIQUE (merchant_id, package_id, kind)
      );
      CREATE INDEX notice_by_id ON staff_notice (id);
      GRANT SELECT, INSERT ON staff_notice TO waybill_app;

      ALTER TABLE aftersales_due DROP CONSTRAINT aftersales_due_kind;
      ALTER TABLE aftersales_due ADD CONSTRAINT aftersales_due_kind
        CHECK (kind IN ('late', 'settle', 'first_scan', 'rto_overdue', 'take_back'));
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DELETE FROM aftersales_due WHERE kind NOT IN ('late', 'settle');
      ALTER TABLE aftersales_due DROP CONSTRAINT aftersales_due_kind;
      ALTER TABLE aftersales_due ADD CONSTRAINT aftersales_due_kind CHECK (kind IN ('late', 'settle'));
      DROP TABLE staff_notice;
    `);
  }
}
