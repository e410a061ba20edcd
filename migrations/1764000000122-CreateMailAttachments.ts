import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Files that go with mails; gone when the mail was sent. */
export class CreateMailAttachments1764000000122 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE mail_attachment (
        merchant_id uuid NOT NULL,
        mail_id uuid NOT NULL,
        n smallint NOT NULL CONSTRAINT attachments_count_from_one CHECK (n >= 1),
        name text NOT NULL,
        type text NOT NULL,
        bytes bytea NOT NULL,
        CONSTRAINT mail_attachment_pk PRIMARY KEY (merchant_id, mail_id, n),
        CONSTRAINT attachment_of_a_mail FOREIGN KEY (merchant_id, mail_id) REFERENCES mail
      );
      GRANT SELECT, INSERT, DELETE ON mail_attachment TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE mail_attachment`);
  }
}
