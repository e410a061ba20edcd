import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which month of which merchant is made next, and what was made. */
export class CreateMonthlyStatements1764000000123 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE statement_schedule (
        merchant_id uuid CONSTRAINT statement_schedule_pk PRIMARY KEY,
        month date NOT NULL CONSTRAINT a_month_is_named_by_its_first_day CHECK (extract(day FROM month) = 1),
        due_at timestamptz NOT NULL
      );
      CREATE INDEX statement_due ON statement_schedule (due_at);
      CREATE TABLE monthly_statement (
        merchant_id uuid NOT NULL,
        month date NOT NULL,
        currency char(3) NOT NULL,
        from_at timestamptz NOT NULL,
        to_at timestamptz NOT NULL,
        opening_minor bigint NOT NULL,
        closing_minor bigint NOT NULL,
        entries int NOT NULL,
        made_at timestamptz NOT NULL,
        CONSTRAINT monthly_statement_pk PRIMARY KEY (merchant_id, month, currency)
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON statement_schedule TO waybill_app;
      GRANT SELECT, INSERT ON monthly_statement TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE monthly_statement, statement_schedule`);
  }
}
