import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which letters each of a merchant's people gets, and those that wait for the day's summary. */
export class CreateMailPreferences1764000000111 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE notification_preference (
        merchant_id uuid NOT NULL,
        user_id uuid NOT NULL,
        language text CONSTRAINT letters_have_this_language CHECK (language IN ('en', 'fr')), -- null: the country's
        modes jsonb NOT NULL, -- kind of letter -> now, digest, off; what is not named is sent at once
        CONSTRAINT notification_preference_pk PRIMARY KEY (merchant_id, user_id),
        CONSTRAINT preference_of_a_person FOREIGN KEY (merchant_id, user_id) REFERENCES account_user (merchant_id, id)
      );
      CREATE TABLE digest_letter (
        merchant_id uuid NOT NULL,
        user_id uuid NOT NULL,
        id uuid NOT NULL,
        key text NOT NULL,
        kind text NOT NULL,
        contents jsonb NOT NULL,
        due_at timestamptz NOT NULL,
        CONSTRAINT digest_letter_pk PRIMARY KEY (merchant_id, user_id, id),
        CONSTRAINT letter_once_a_digest UNIQUE (merchant_id, user_id, key)
      );
      CREATE INDEX digest_letter_due ON digest_letter (due_at);
      GRANT SELECT, INSERT, UPDATE, DELETE ON notification_preference, digest_letter TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE digest_letter, notification_preference`);
  }
}
