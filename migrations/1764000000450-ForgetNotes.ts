import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people wrote beside a decision may name a buyer as well, and goes with the rest; the decision and its facts stay. */
export class ForgetNotes1764000000450 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE FUNCTION forget_notes(p_merchant uuid, p_order uuid) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      BEGIN
        IF NOT EXISTS (SELECT 1 FROM orders WHERE merchant_id = p_merchant AND id = p_order AND erased_at IS NOT NULL) THEN
          RAISE EXCEPTION 'the buyer of the order % is not erased', p_order;
        END IF;
        UPDATE decision SET note = NULL WHERE merchant_id = p_merchant AND order_id = p_order AND note IS NOT NULL;
        UPDATE claim_step s SET text = 'erased' FROM claim c
          WHERE c.merchant_id = p_merchant AND c.order_id = p_order AND s.merchant_id = p_merchant AND s.claim_id = c.id
            AND s.author = 'staff' AND s.cause LIKE 'decision:%';
      END $$;
      REVOKE EXECUTE ON FUNCTION forget_notes FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION forget_notes TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP FUNCTION forget_notes`);
  }
}
