import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Connected stores and what their SKUs are here in the audit log, less what opens and proves them. */
const AUDITED: Readonly<Record<string, readonly string[]>> = {
  store: ['webhook_secret', 'access_token'],
  store_sku: [],
};

export class AuditStores1764000000141 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const [table, hidden] of Object.entries(AUDITED)) {
      await db.query(
        `CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON ${table}
         FOR EACH ROW EXECUTE FUNCTION audit_change('{${hidden.join(',')}}')`,
      );
    }
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of Object.keys(AUDITED)) await db.query(`DROP TRIGGER audited ON ${table}`);
  }
}
