import type { MigrationInterface, QueryRunner } from 'typeorm';

/** After-sales policies: reference data, no merchant's. A version is written once; orders and decisions point at it. */
export class CreatePolicies1764000000040 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE policy_version (
        policy_id text NOT NULL CONSTRAINT policy_code CHECK (policy_id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
        version int NOT NULL CONSTRAINT policy_versions_count_from_one CHECK (version >= 1),
        terms json NOT NULL, -- as text: the keys keep their order on the page
        published_at timestamptz NOT NULL,
        CONSTRAINT policy_version_once PRIMARY KEY (policy_id, version)
      );
      -- immutable: the service may add versions, never change one
      GRANT SELECT, INSERT ON policy_version TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE policy_version`);
  }
}
