import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The queue of packages that wait for a person is short, whatever the number of packages. */
export class IndexDisputed1764000000072 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`CREATE INDEX package_disputed ON package (id) WHERE disputed AND settled_at IS NULL`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP INDEX package_disputed`);
  }
}
