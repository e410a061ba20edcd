import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What staff say that a courier's code means: before the translators' own tables, for what came and what comes. */
export class CreateTrackingMappings1764000000071 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- house table: one meaning a code
      CREATE TABLE tracking_mapping (
        source text NOT NULL,
        code text NOT NULL, -- as the source writes it; its text where it has no code
        status text, -- null: the line says nothing of where the parcel is
        reason text,
        note text,
        by_user uuid NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT tracking_mapping_one_meaning PRIMARY KEY (source, code),
        CONSTRAINT tracking_mapping_status CHECK (status IN ('unknown', 'label_created', 'pickup_failed', 'accepted', 'in_transit',
          'out_for_delivery', 'attempt_failed', 'available_for_pickup', 'exception', 'damaged', 'delivered', 'rto_initiated',
          'rto_in_transit', 'rto_delivered', 'lost', 'destroyed', 'seized_by_customs', 'delivery_failed', 'cancelled', 'expired'))
      );
      GRANT SELECT, INSERT, UPDATE ON tracking_mapping TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE tracking_mapping`);
  }
}
