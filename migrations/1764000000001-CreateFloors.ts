import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The service's role, the sandbox clock, the outbox and the idempotency keys. */
export class CreateFloors1764000000001 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      DO $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'waybill_app') THEN CREATE ROLE waybill_app NOLOGIN; END IF;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another database of the cluster made it just now
      END $$;
      DO $$ BEGIN
        IF NOT pg_has_role(current_user, 'waybill_app', 'MEMBER') THEN EXECUTE format('GRANT waybill_app TO %I', current_user); END IF;
      END $$;
      GRANT USAGE ON SCHEMA public TO waybill_app;

      CREATE TABLE house_secret (
        name text PRIMARY KEY,
        value bytea NOT NULL
      );
      GRANT SELECT, INSERT ON house_secret TO waybill_app;

      CREATE TABLE sandbox_clock (
        single boolean PRIMARY KEY DEFAULT true CONSTRAINT one_clock CHECK (single),
        now timestamptz NOT NULL
      );
      GRANT SELECT, INSERT, UPDATE ON sandbox_clock TO waybill_app;

      -- what happened, told in the transaction of the change
      CREATE TABLE event (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        position bigint GENERATED ALWAYS AS IDENTITY, -- taken under the aggregate's lock: orders what is told of one aggregate, nothing else
        lane smallint NOT NULL,
        name text NOT NULL,
        aggregate uuid NOT NULL,
        payload jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        sequence bigint,
        CONSTRAINT event_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT event_sequence_once UNIQUE (merchant_id, sequence)
      );
      CREATE INDEX event_unpublished ON event (lane, position) WHERE sequence IS NULL;
      CREATE TABLE event_counter (
        merchant_id uuid CONSTRAINT event_counter_pk PRIMARY KEY,
        last bigint NOT NULL
      );
      -- one row a listener that has yet to do its part; deleting it is the mark, in one commit with the effect
      CREATE TABLE event_delivery (
        merchant_id uuid NOT NULL,
        event_id uuid NOT NULL,
        listener text NOT NULL,
        lane smallint NOT NULL,
        aggregate uuid NOT NULL,
        position bigint NOT NULL,
        attempts int NOT NULL DEFAULT 0,
        next_at timestamptz NOT NULL,
        dead_at timestamptz,
        last_error text,
        CONSTRAINT event_delivery_pk PRIMARY KEY (merchant_id, event_id, listener)
      );
      CREATE INDEX event_delivery_due ON event_delivery (lane, position) WHERE dead_at IS NULL;
      CREATE INDEX event_delivery_order ON event_delivery (aggregate, listener, position) WHERE dead_at IS NULL;
      CREATE TABLE event_lane (
        lane smallint CONSTRAINT event_lane_pk PRIMARY KEY,
        owner text,
        epoch bigint NOT NULL DEFAULT 0,
        expires_at timestamptz NOT NULL DEFAULT '-infinity'
      );
      INSERT INTO event_lane (lane) SELECT generate_series(0, 15);
      GRANT SELECT, INSERT, UPDATE, DELETE ON event, event_counter, event_delivery, event_lane TO waybill_app;

      CREATE TABLE idempotency (
        owner_id uuid NOT NULL,
        key text NOT NULL,
        fingerprint text NOT NULL,
        status smallint,
        body text,
        sealed boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT idempotency_pk PRIMARY KEY (owner_id, key)
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      `DROP TABLE idempotency, event_lane, event_delivery, event_counter, event, sandbox_clock, house_secret`,
    );
  }
}
