import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Claims, returns and movements of stock in the audit log, less what people wrote: it may name a buyer. */
const AUDITED: Readonly<Record<string, readonly string[]>> = {
  claim: ['description', 'said', 'due_at'],
  goods_return: ['description', 'note'],
  stock_movement: [],
};

export class AuditCases1764000000116 implements MigrationInterface {
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
