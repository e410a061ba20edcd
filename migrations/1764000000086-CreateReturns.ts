import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Goods that go back to the warehouse: asked for, authorised with a code, received, paid for or not. */
export class CreateReturns1764000000086 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE goods_return (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        order_id uuid NOT NULL,
        package_id uuid NOT NULL,
        status text NOT NULL CONSTRAINT return_status CHECK (status IN
          ('requested', 'denied', 'authorised', 'expired', 'in_transit', 'received', 'refunded', 'rejected')),
        type text NOT NULL CONSTRAINT return_type CHECK (type IN ('quality', 'wrong_item', 'change_of_mind', 'damaged', 'defective')),
        items jsonb NOT NULL, -- [{ line, quantity }]
        fault text,
        preferred_remedy text,
        description text,
        asked_by text NOT NULL, -- return, or the decision that wants the goods first: claim:<id>, cancellation
        evidence text[] NOT NULL DEFAULT '{}',
        requested_at timestamptz NOT NULL,
        decision_id uuid, -- the newest
        note text, -- of whoever approved or refused it
        approved_by uuid,
        code text,
        authorised_at timestamptz,
        expires_at timestamptz,
        courier text,
        tracking_number text,
        sent_at timestamptz,
        received_at timestamptz,
        inspection jsonb, -- what the warehouse saw
        ended_at timestamptz,
        CONSTRAINT return_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT return_authorised_has_a_code CHECK (status IN ('requested', 'denied') OR (code IS NOT NULL AND authorised_at IS NOT NULL)),
        CONSTRAINT return_received_has_a_time CHECK (status NOT IN ('received', 'refunded', 'rejected') OR received_at IS NOT NULL)
      );
      CREATE INDEX return_by_id ON goods_return (id); -- staff read across merchants
      CREATE INDEX return_of_package ON goods_return (merchant_id, package_id);
      CREATE INDEX return_expires ON goods_return (expires_at) WHERE status = 'authorised';
      CREATE UNIQUE INDEX return_once_per_cause ON goods_return (merchant_id, package_id, asked_by) WHERE asked_by <> 'return';

      -- house table: what is scanned leads to a return, whoever's it is
      CREATE TABLE return_route (
        scanned text NOT NULL, -- upper case, without spaces and dashes
        kind text NOT NULL CONSTRAINT return_route_kind CHECK (kind IN ('code', 'tracking')),
        merchant_id uuid NOT NULL,
        return_id uuid NOT NULL,
        CONSTRAINT return_route_pk PRIMARY KEY (scanned, return_id)
      );
      CREATE UNIQUE INDEX return_code_once ON return_route (scanned) WHERE kind = 'code';

      GRANT SELECT, INSERT, UPDATE ON goods_return TO waybill_app;
      GRANT SELECT, INSERT, DELETE ON return_route TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE return_route, goods_return`);
  }
}
