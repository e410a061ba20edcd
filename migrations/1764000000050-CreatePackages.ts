import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Packages, what is in them, where they go, what was done to them, and the papers of their hand-over. */
export class CreatePackages1764000000050 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE package (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        order_id uuid NOT NULL,
        order_reference text NOT NULL,
        number int NOT NULL, -- its place in the order, from 1
        currency char(3) NOT NULL,
        status text NOT NULL DEFAULT 'planned' CONSTRAINT package_status_known CHECK (status IN (
          'planned', 'picking', 'packed', 'labelled', 'handed_over', 'in_transit', 'out_for_delivery', 'attempt_failed',
          'available_for_pickup', 'exception', 'delivered', 'rto_initiated', 'rto_in_transit', 'rto_delivered',
          'delivery_failed', 'lost', 'cancelled')),
        warehouse text NOT NULL,
        why text[] NOT NULL,
        planned_weight_g int NOT NULL,
        weight_g int CONSTRAINT package_weighs CHECK (weight_g > 0), -- as weighed when it was packed
        courier text,
        service text,
        tracking_number text,
        goods_paid_minor bigint NOT NULL CONSTRAINT package_goods_paid CHECK (goods_paid_minor >= 0),
        shipping_paid_minor bigint NOT NULL CONSTRAINT package_shipping_paid CHECK (shipping_paid_minor >= 0),
        refunded_minor bigint NOT NULL DEFAULT 0 CONSTRAINT package_refunded CHECK (refunded_minor >= 0),
        late_after_days int, -- of the order's policy: the refund clock
        courier_status text, -- the canonical word of the newest fact, tracking.md
        reason text,
        direction text NOT NULL DEFAULT 'forward' CONSTRAINT package_direction CHECK (direction IN ('forward', 'rto', 'reverse')),
        disputed boolean NOT NULL DEFAULT false,
        planned_at timestamptz NOT NULL,
        paid_at timestamptz, -- null: hidden from the warehouse
        labelled_at timestamptz,
        handed_over_at timestamptz,
        handed_over_by text CONSTRAINT package_hand_over_scan CHECK (handed_over_by IN ('hand_over', 'manifest', 'courier')),
        manifest_id uuid,
        delivered_at timestamptz,
        returned_at timestamptz,
        received_at timestamptz,
        cancelled_at timestamptz,
        settled_at timestamptz,
        CONSTRAINT package_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT package_number_once UNIQUE (merchant_id, order_id, number),
        CONSTRAINT package_left_with_a_label CHECK (handed_over_at IS NULL OR tracking_number IS NOT NULL),
        CONSTRAINT package_left_or_cancelled CHECK (handed_over_at IS NULL OR cancelled_at IS NULL),
        CONSTRAINT package_cancelled_has_a_time CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL)),
        CONSTRAINT package_worked_on_is_paid CHECK (paid_at IS NOT NULL OR status IN ('planned', 'cancelled'))
      );
      CREATE INDEX package_by_id ON package (id); -- staff read across merchants
      CREATE INDEX package_by_status ON package (status, id);
      CREATE INDEX package_by_tracking_number ON package (tracking_number) WHERE tracking_number IS NOT NULL;
      CREATE INDEX package_by_manifest ON package (manifest_id) WHERE manifest_id IS NOT NULL;

      CREATE TABLE package_item (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        line int NOT NULL,
        backorder boolean NOT NULL,
        sku text NOT NULL,
        title text NOT NULL,
        quantity int NOT NULL CONSTRAINT package_item_units CHECK (quantity > 0),
        paid_minor bigint NOT NULL CONSTRAINT package_item_paid CHECK (paid_minor >= 0), -- for these units, after every discount
        CONSTRAINT package_item_pk PRIMARY KEY (merchant_id, package_id, line, backorder),
        CONSTRAINT package_item_of_package FOREIGN KEY (merchant_id, package_id) REFERENCES package
      );

      -- the only personal data of this module; erased as a whole
      CREATE TABLE package_address (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        name text NOT NULL,
        company text,
        line1 text NOT NULL,
        line2 text,
        city text NOT NULL,
        region text,
        postal_code text,
        country char(2) NOT NULL, -- kept when the rest is erased: statistics
        phone text,
        email text,
        erased_at timestamptz,
        CONSTRAINT package_address_pk PRIMARY KEY (merchant_id, package_id),
        CONSTRAINT package_address_of_package FOREIGN KEY (merchant_id, package_id) REFERENCES package
      );

      -- what people and scanners did, appended only
      CREATE TABLE package_step (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        id uuid NOT NULL,
        step text NOT NULL,
        at timestamptz NOT NULL,
        by_user uuid, -- null: the courier's scan, or the service itself
        detail jsonb NOT NULL DEFAULT '{}',
        CONSTRAINT package_step_pk PRIMARY KEY (merchant_id, package_id, id),
        CONSTRAINT package_step_of_package FOREIGN KEY (merchant_id, package_id) REFERENCES package
      );

      CREATE TABLE interception (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        package_id uuid NOT NULL,
        cause text NOT NULL CONSTRAINT interception_cause CHECK (cause IN ('cancellation', 'address_change')),
        cause_id text,
        requested_at timestamptz NOT NULL,
        answer text CONSTRAINT interception_answer CHECK (answer IN ('stopped', 'left')),
        answered_at timestamptz,
        answered_by text CONSTRAINT interception_answered_by CHECK (answered_by IN ('warehouse', 'hand_over', 'manifest', 'courier', 'cancellation')),
        CONSTRAINT interception_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT interception_of_package FOREIGN KEY (merchant_id, package_id) REFERENCES package,
        CONSTRAINT interception_answered_at_once CHECK ((answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL))
      );
      CREATE UNIQUE INDEX interception_one_open ON interception (merchant_id, package_id) WHERE answer IS NULL;
      CREATE INDEX interception_by_package ON interception (merchant_id, package_id, id);

      CREATE TABLE package_receipt (
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        cause text NOT NULL, -- 'rto', or 'return:<id>' for an authorised return
        unopened boolean NOT NULL,
        original_label boolean NOT NULL,
        condition text NOT NULL CONSTRAINT receipt_condition CHECK (condition IN ('original', 'used', 'damaged', 'missing')),
        note text,
        restocked boolean NOT NULL,
        received_at timestamptz NOT NULL,
        CONSTRAINT receipt_once PRIMARY KEY (merchant_id, package_id, cause),
        CONSTRAINT receipt_of_package FOREIGN KEY (merchant_id, package_id) REFERENCES package
      );

      -- house table: a courier's number leads to one package, whoever's it is
      CREATE TABLE tracking_route (
        courier text NOT NULL,
        number_key text NOT NULL, -- upper case, without spaces
        merchant_id uuid NOT NULL,
        package_id uuid NOT NULL,
        CONSTRAINT tracking_number_once PRIMARY KEY (courier, number_key)
      );
      CREATE INDEX tracking_route_by_number ON tracking_route (number_key);

      -- house table: what one driver took, of all merchants
      CREATE TABLE manifest (
        id uuid CONSTRAINT manifest_pk PRIMARY KEY,
        courier text NOT NULL,
        parcels int NOT NULL CONSTRAINT manifest_parcels CHECK (parcels > 0),
        created_at timestamptz NOT NULL
      );

      -- one try to buy a label: the claim before the call, the outcome after it
      CREATE TABLE label_purchase (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        package_id uuid NOT NULL,
        provider text NOT NULL,
        courier text NOT NULL,
        service text NOT NULL,
        state text NOT NULL CONSTRAINT label_purchase_state CHECK (state IN ('claimed', 'created', 'bought', 'used', 'failed')),
        shipment_id text,
        rate_id text,
        tracking_number text,
        cost_minor bigint,
        cost_currency char(3),
        label_url text,
        error text,
        claimed_at timestamptz NOT NULL,
        leased_until timestamptz NOT NULL, -- on the database's clock: real time
        CONSTRAINT label_purchase_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT label_purchase_of_package FOREIGN KEY (merchant_id, package_id) REFERENCES package,
        CONSTRAINT label_bought_has_a_number CHECK (state NOT IN ('bought', 'used') OR tracking_number IS NOT NULL)
      );
      CREATE UNIQUE INDEX label_purchase_one_open ON label_purchase (merchant_id, package_id) WHERE state IN ('claimed', 'created', 'bought');

      GRANT SELECT, INSERT, UPDATE, DELETE ON package, package_item, package_address, interception, package_receipt, tracking_route, label_purchase TO waybill_app;
      GRANT SELECT, INSERT ON package_step, manifest TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      `DROP TABLE label_purchase, manifest, tracking_route, package_receipt, interception, package_step, package_address, package_item, package`,
    );
  }
}
