import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lists by what is rare among much: a page is found without reading all that a merchant, or the house, has. */
export class ListByStatus1764000000420 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX order_of_merchant_by_status ON orders (merchant_id, status, id);
      CREATE INDEX order_by_status ON orders (status, id);
      CREATE INDEX package_of_merchant_by_status ON package (merchant_id, status, id);
      -- charges are dense in any book, and invoices among their corrections: their pages need no index, and writing them stays as it is
      CREATE INDEX ledger_journal_by_type ON ledger_journal (merchant_id, type, number) WHERE type <> 'order_charge';
      CREATE INDEX credit_note_of_merchant ON invoice (merchant_id, id) WHERE kind = 'credit_note';
      CREATE INDEX credit_note_by_id ON invoice (id) WHERE kind = 'credit_note';`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX credit_note_by_id, credit_note_of_merchant, ledger_journal_by_type, package_of_merchant_by_status, order_by_status,
        order_of_merchant_by_status`);
  }
}
