import type { MigrationInterface, QueryRunner } from 'typeorm';

/** From where a key may be used, and how much it is. */
export class CreateKeyLimits1764000000113 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE api_key ADD COLUMN allowed_ips text[]; -- addresses and networks; null: from anywhere
      CREATE TABLE api_key_usage (
        merchant_id uuid NOT NULL,
        key_id uuid NOT NULL,
        day date NOT NULL, -- UTC, real time
        calls bigint NOT NULL,
        refused bigint NOT NULL, -- of them from an address that the key does not allow
        CONSTRAINT api_key_usage_pk PRIMARY KEY (merchant_id, key_id, day),
        CONSTRAINT usage_of_a_key FOREIGN KEY (merchant_id, key_id) REFERENCES api_key (merchant_id, id)
      );
      GRANT SELECT, INSERT, UPDATE ON api_key_usage TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE api_key_usage; ALTER TABLE api_key DROP COLUMN allowed_ips`);
  }
}
