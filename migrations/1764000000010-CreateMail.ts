import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mails, each stored with the change that caused it and sent afterwards. */
export class CreateMail1764000000010 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE mail (
        merchant_id uuid NOT NULL, -- all zeros: to the operator's own people
        id uuid NOT NULL,
        key text NOT NULL,
        kind text NOT NULL,
        recipient text NOT NULL,
        subject text NOT NULL,
        text text NOT NULL,
        html text,
        sealed boolean NOT NULL DEFAULT false, -- text holds both bodies, encrypted
        secret_until timestamptz, -- when the secret in the body ends to be worth anything; null: none in it
        status text NOT NULL CONSTRAINT mail_status CHECK (status IN ('waiting', 'sent', 'failed', 'kept')),
        attempts int NOT NULL DEFAULT 0,
        next_at timestamptz NOT NULL,
        last_error text,
        created_at timestamptz NOT NULL,
        sent_at timestamptz,
        CONSTRAINT mail_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT mail_once_per_key UNIQUE (merchant_id, key)
      );
      CREATE INDEX mail_by_id ON mail (id);
      CREATE INDEX mail_due ON mail (next_at) WHERE status = 'waiting';
      CREATE INDEX mail_secret ON mail (secret_until) WHERE secret_until IS NOT NULL;
      GRANT SELECT, INSERT, UPDATE ON mail TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE mail`);
  }
}
