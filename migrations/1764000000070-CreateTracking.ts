import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The couriers' messages as they came, what they say, and what was told of it. */
export class CreateTracking1764000000070 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- house table: the inbox; a message that comes again is only counted
      CREATE TABLE tracking_message (
        id uuid CONSTRAINT tracking_message_pk PRIMARY KEY,
        source text NOT NULL,
        kind text NOT NULL CONSTRAINT tracking_message_kind CHECK (kind IN ('webhook', 'poll', 'events')),
        hash bytea NOT NULL, -- SHA-256 of the body
        content_type text,
        headers jsonb NOT NULL, -- by allow-list: never a credential
        body bytea NOT NULL,
        received_at timestamptz NOT NULL,
        seen int NOT NULL DEFAULT 1 CONSTRAINT tracking_message_seen CHECK (seen > 0),
        state text NOT NULL CONSTRAINT tracking_message_state CHECK (state IN ('read', 'unreadable')),
        problem text,
        events int NOT NULL,
        CONSTRAINT tracking_message_once UNIQUE (source, hash)
      );
      CREATE INDEX tracking_message_unreadable ON tracking_message (id) WHERE state = 'unreadable';

      -- house table, by number: appended only; the key is made of what the courier sent
      CREATE TABLE tracking_event (
        number_key text NOT NULL, -- upper case, without spaces
        event_key text NOT NULL, -- SHA-256
        id uuid NOT NULL,
        message_id uuid,
        source text NOT NULL,
        number text NOT NULL,
        carrier text, -- in the source's words, or our courier's code
        status text CONSTRAINT tracking_event_status CHECK (status IN ('unknown', 'label_created', 'pickup_failed', 'accepted',
          'in_transit', 'out_for_delivery', 'attempt_failed', 'available_for_pickup', 'exception', 'damaged', 'delivered',
          'rto_initiated', 'rto_in_transit', 'rto_delivered', 'lost', 'destroyed', 'seized_by_customs', 'delivery_failed',
          'cancelled', 'expired')),
        reason text,
        direction text NOT NULL CONSTRAINT tracking_event_direction CHECK (direction IN ('forward', 'rto', 'reverse')),
        code text,
        description text,
        place text,
        time_raw text,
        local_time text,
        zone text,
        occurred_at timestamptz, -- null: the zone is not known
        order_at timestamptz, -- for order only
        sequence int NOT NULL,
        needs_mapping boolean NOT NULL,
        received_at timestamptz NOT NULL,
        merchant_id uuid,
        package_id uuid,
        unmatched_why text,
        CONSTRAINT tracking_event_once PRIMARY KEY (number_key, event_key),
        CONSTRAINT tracking_event_matched_or_not CHECK ((package_id IS NULL) = (merchant_id IS NULL) AND (package_id IS NULL) = (unmatched_why IS NOT NULL))
      );
      CREATE INDEX tracking_event_of_package ON tracking_event (merchant_id, package_id) WHERE package_id IS NOT NULL;
      CREATE INDEX tracking_event_unmatched ON tracking_event (message_id, number_key) WHERE package_id IS NULL;
      CREATE INDEX tracking_event_needs_mapping ON tracking_event (source, code) WHERE needs_mapping;

      -- packages whose events changed and are not folded yet: nothing is lost between the two
      CREATE TABLE tracking_due (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        since timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT tracking_due_pk PRIMARY KEY (merchant_id, package_id)
      );
      CREATE INDEX tracking_due_oldest ON tracking_due (since);

      -- each step of a package is told once, whatever is replayed or recomputed
      CREATE TABLE tracking_told (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        word text NOT NULL,
        ordinal int NOT NULL, -- the second failed attempt, the second time out for delivery
        evidence text NOT NULL, -- event_key
        told_at timestamptz NOT NULL,
        CONSTRAINT tracking_told_once PRIMARY KEY (merchant_id, package_id, word, ordinal)
      );

      GRANT SELECT, INSERT, UPDATE ON tracking_message, tracking_event TO waybill_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON tracking_due TO waybill_app;
      GRANT SELECT, INSERT ON tracking_told TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE tracking_told, tracking_due, tracking_event, tracking_message`);
  }
}
