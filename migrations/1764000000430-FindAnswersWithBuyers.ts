import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Answers that still name a buyer, oldest first: the daily sweep finds them without reading all that were ever kept. */
export class FindAnswersWithBuyers1764000000430 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX idempotency_names_buyer ON idempotency (created_at) WHERE NOT sealed AND body LIKE '%"ship_to":{%'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP INDEX idempotency_names_buyer`);
  }
}
