import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the house's lists are read by; of no merchant's list. */
const HOUSE = [
  ['order_by_id', 'orders', ['id']],
  ['order_by_status', 'orders', ['status', 'id']],
  ['package_by_id', 'package', ['id']],
  ['package_by_status', 'package', ['status', 'id']],
  ['package_disputed', 'package', ['id'], 'disputed AND settled_at IS NULL'],
  ['invoice_by_id', 'invoice', ['id']],
  ['credit_note_by_id', 'invoice', ['id'], `kind = 'credit_note'`],
] as const;

/**
 * A page of one merchant's was read by the house's index where the plan thought the merchant large: past all rows of the
 * others that are newer than its own, however many. In another order of nulls (no column has any) that index gives no
 * merchant's page its order. The indexes are as many and as large as they were.
 */
export class ReadTheHouseApart1764000000530 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await make(db, ' NULLS FIRST');
  }

  async down(db: QueryRunner): Promise<void> {
    await make(db, '');
  }
}

async function make(db: QueryRunner, nulls: string): Promise<void> {
  for (const [index, table, columns, where] of HOUSE) {
    await db.query(`DROP INDEX ${index}`);
    const keys = columns.map((column) => column + nulls).join(', ');
    await db.query(`CREATE INDEX ${index} ON ${table} (${keys})${where === undefined ? '' : ` WHERE ${where}`}`);
  }
}
