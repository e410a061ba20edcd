import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a policy would have decided of past cases: reports for staff. Nothing but the report is stored. */
export class CreateSimulations1764000000120 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- the operator's, not a merchant's
      CREATE TABLE policy_simulation (
        id uuid CONSTRAINT policy_simulation_pk PRIMARY KEY,
        policy_id text NOT NULL,
        policy_version int,              -- null: its draft
        terms json NOT NULL,             -- as they were run: a draft changes
        from_at timestamptz NOT NULL,
        to_at timestamptz NOT NULL,
        currency char(3),                -- null: every one
        only_merchant uuid,              -- null: every one
        status text NOT NULL CONSTRAINT simulation_status CHECK (status IN ('running', 'done', 'failed')),
        done int NOT NULL DEFAULT 0,     -- stored decisions that were gone through
        total int NOT NULL DEFAULT 0,
        report json CONSTRAINT a_done_simulation_has_its_report CHECK ((status = 'done') = (report IS NOT NULL)),
        created_by uuid NOT NULL,
        created_at timestamptz NOT NULL,
        beat_at timestamptz NOT NULL,    -- real time: a process that died stops to beat
        finished_at timestamptz,
        CONSTRAINT simulation_period CHECK (from_at <= to_at)
      );
      CREATE INDEX policy_simulation_of_policy ON policy_simulation (policy_id, id);

      CREATE TABLE policy_simulation_change (
        merchant_id uuid NOT NULL,
        simulation_id uuid NOT NULL CONSTRAINT change_is_of_a_simulation REFERENCES policy_simulation,
        n int NOT NULL,                  -- counts up in its simulation
        order_id uuid NOT NULL,
        package_id uuid,
        decision_id uuid NOT NULL,
        cause text NOT NULL,
        decided_at timestamptz NOT NULL,
        currency char(3) NOT NULL,
        now_outcome text NOT NULL,
        now_minor bigint NOT NULL,
        now_clause text NOT NULL,
        then_outcome text NOT NULL,
        then_minor bigint NOT NULL,
        then_clause text NOT NULL,
        CONSTRAINT policy_simulation_change_pk PRIMARY KEY (merchant_id, simulation_id, n)
      );
      CREATE INDEX simulation_change_in_order ON policy_simulation_change (simulation_id, n);

      GRANT SELECT, INSERT, UPDATE ON policy_simulation TO waybill_app;
      GRANT SELECT, INSERT ON policy_simulation_change TO waybill_app;

      -- decisions come in the order of time, so a coarse index finds a period and costs next to nothing
      CREATE INDEX decision_in_time ON decision USING brin (decided_at) WITH (autosummarize = on);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX decision_in_time;
      DROP TABLE policy_simulation_change, policy_simulation;
    `);
  }
}
