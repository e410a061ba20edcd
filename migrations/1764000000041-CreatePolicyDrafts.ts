import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What staff write before it is published, and who published a version and why. */
export class CreatePolicyDrafts1764000000041 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE policy_draft (
        policy_id text CONSTRAINT one_draft_a_policy PRIMARY KEY
          CONSTRAINT draft_policy_code CHECK (policy_id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
        based_on_id text NOT NULL,
        based_on_version int NOT NULL,
        terms json NOT NULL, -- as text: the keys keep their order on the page
        updated_by uuid NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT draft_is_based_on_a_version FOREIGN KEY (based_on_id, based_on_version) REFERENCES policy_version
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON policy_draft TO waybill_app;

      ALTER TABLE policy_version
        ADD COLUMN published_by uuid, -- null: shipped with the product
        ADD COLUMN note text;         -- why, for the history
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE policy_version DROP COLUMN note, DROP COLUMN published_by;
      DROP TABLE policy_draft;
    `);
  }
}
