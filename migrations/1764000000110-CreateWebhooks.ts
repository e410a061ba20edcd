import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What events showed, and the merchants' webhooks: endpoints, deliveries, every attempt. */
export class CreateWebhooks1764000000110 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- the object of an event as the API showed it when the event was handled: the same for every endpoint and the feed
      CREATE TABLE event_view (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        type text NOT NULL,
        aggregate uuid NOT NULL,
        sequence bigint NOT NULL, -- 0: a test event, which is in no feed
        created_at timestamptz NOT NULL,
        data text NOT NULL, -- JSON, its fields in the API's order
        CONSTRAINT event_view_pk PRIMARY KEY (merchant_id, id)
      );
      CREATE INDEX event_view_time ON event_view (merchant_id, created_at);

      CREATE TABLE webhook_endpoint (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        url text NOT NULL,
        events text[] NOT NULL,
        status text NOT NULL CONSTRAINT webhook_endpoint_status CHECK (status IN ('enabled', 'disabled')),
        disabled_reason text CONSTRAINT disabled_for_a_reason
          CHECK ((disabled_reason IS NULL) = (status = 'enabled') AND disabled_reason IN ('asked', 'gone', 'failing')),
        disabled_at timestamptz,
        failures int NOT NULL DEFAULT 0, -- in a row
        failing_since timestamptz, -- the first of them
        paused_until timestamptz, -- its breaker is open
        lease_owner text, -- the one process that sends to it
        lease_until timestamptz NOT NULL DEFAULT '-infinity',
        created_at timestamptz NOT NULL,
        deleted_at timestamptz, -- nobody sees it any more; its deliveries go in batches, then the row
        CONSTRAINT webhook_endpoint_pk PRIMARY KEY (merchant_id, id)
      );
      CREATE INDEX webhook_endpoint_deleted ON webhook_endpoint (deleted_at) WHERE deleted_at IS NOT NULL;

      CREATE TABLE webhook_secret (
        merchant_id uuid NOT NULL,
        endpoint_id uuid NOT NULL,
        id uuid NOT NULL,
        sealed text NOT NULL,
        expires_at timestamptz, -- null: the newest, which has not been rotated
        CONSTRAINT webhook_secret_pk PRIMARY KEY (merchant_id, endpoint_id, id),
        CONSTRAINT secret_of_an_endpoint FOREIGN KEY (merchant_id, endpoint_id)
          REFERENCES webhook_endpoint (merchant_id, id) ON DELETE CASCADE
      );

      CREATE TABLE webhook_delivery (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        endpoint_id uuid NOT NULL,
        event_id uuid NOT NULL,
        aggregate uuid NOT NULL,
        sequence bigint NOT NULL,
        status text NOT NULL CONSTRAINT webhook_delivery_status CHECK (status IN ('pending', 'delivered', 'failed')),
        tries int NOT NULL DEFAULT 0, -- since it was last asked for
        holds boolean NOT NULL DEFAULT true, -- later events of its order wait for it
        next_at timestamptz NOT NULL, -- while it is sent: when it is anybody's again
        give_up_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        delivered_at timestamptz,
        CONSTRAINT webhook_delivery_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT one_delivery_an_event UNIQUE (merchant_id, endpoint_id, event_id),
        CONSTRAINT delivery_to_an_endpoint FOREIGN KEY (merchant_id, endpoint_id)
          REFERENCES webhook_endpoint (merchant_id, id) ON DELETE CASCADE,
        CONSTRAINT delivery_of_an_event FOREIGN KEY (merchant_id, event_id) REFERENCES event_view (merchant_id, id)
      );
      CREATE INDEX webhook_delivery_due ON webhook_delivery (merchant_id, endpoint_id, next_at, sequence) WHERE status = 'pending';
      CREATE INDEX webhook_delivery_order ON webhook_delivery (merchant_id, endpoint_id, aggregate, sequence)
        WHERE status = 'pending' AND holds;
      CREATE INDEX webhook_delivery_end ON webhook_delivery (give_up_at) WHERE status = 'pending';
      CREATE INDEX webhook_delivery_age ON webhook_delivery (created_at) WHERE status <> 'pending';
      CREATE INDEX webhook_delivery_list ON webhook_delivery (merchant_id, endpoint_id, id);

      -- written before the call, completed after it: without an end it is under way, or its process died
      CREATE TABLE webhook_attempt (
        merchant_id uuid NOT NULL,
        delivery_id uuid NOT NULL,
        number int NOT NULL,
        started_at timestamptz NOT NULL,
        duration_ms int,
        status_code int,
        error text,
        request_headers text NOT NULL, -- JSON, without the signature
        response_headers text, -- JSON
        response_body text, -- its beginning
        CONSTRAINT webhook_attempt_pk PRIMARY KEY (merchant_id, delivery_id, number),
        CONSTRAINT attempt_of_a_delivery FOREIGN KEY (merchant_id, delivery_id)
          REFERENCES webhook_delivery (merchant_id, id) ON DELETE CASCADE
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON event_view, webhook_endpoint, webhook_secret, webhook_delivery, webhook_attempt
        TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE webhook_attempt, webhook_delivery, webhook_secret, webhook_endpoint, event_view`);
  }
}
