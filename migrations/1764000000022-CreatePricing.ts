import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Price tiers, discount codes with their counted uses, and quotes. */
export class CreatePricing1764000000022 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE price_tier (
        kind text NOT NULL CONSTRAINT tier_kind_known CHECK (kind IN ('quantity', 'order_value')),
        position int NOT NULL,
        currency char(3), -- null: any currency that has no quantity tiers of its own
        from_units int,
        over_minor bigint,
        percent numeric(7, 4) NOT NULL CONSTRAINT tier_percent CHECK (percent >= 0 AND percent <= 100),
        CONSTRAINT price_tier_pk PRIMARY KEY (kind, position),
        CONSTRAINT tier_has_one_limit CHECK (
          (kind = 'quantity' AND from_units > 0 AND over_minor IS NULL)
          OR (kind = 'order_value' AND over_minor >= 0 AND from_units IS NULL AND currency IS NOT NULL))
      );

      -- house table: its counter is shared by all merchants
      CREATE TABLE discount_code (
        code text CONSTRAINT discount_code_pk PRIMARY KEY,
        percent numeric(7, 4) CONSTRAINT code_percent CHECK (percent > 0 AND percent <= 100),
        amount_minor bigint CONSTRAINT code_amount CHECK (amount_minor > 0),
        amount_currency char(3),
        valid_from timestamptz,
        valid_until timestamptz,
        minimum_minor bigint,
        minimum_currency char(3),
        max_uses int,
        max_uses_per_merchant int,
        uses int NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL,
        CONSTRAINT code_is_percent_or_amount CHECK ((percent IS NULL) <> (amount_minor IS NULL)),
        CONSTRAINT code_amount_has_currency CHECK ((amount_minor IS NULL) = (amount_currency IS NULL)),
        CONSTRAINT code_minimum_has_currency CHECK ((minimum_minor IS NULL) = (minimum_currency IS NULL))
      );
      CREATE TABLE discount_code_use (
        merchant_id uuid NOT NULL,
        code text NOT NULL,
        order_id uuid NOT NULL,
        used_at timestamptz NOT NULL,
        CONSTRAINT code_counts_once_an_order PRIMARY KEY (merchant_id, code, order_id)
      );

      CREATE TABLE quote (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        currency char(3) NOT NULL,
        total_minor bigint NOT NULL CONSTRAINT quote_total_not_negative CHECK (total_minor >= 0),
        answer jsonb NOT NULL, -- as the API showed it; holds no address
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT quote_pk PRIMARY KEY (merchant_id, id)
      );

      GRANT SELECT, INSERT, UPDATE, DELETE ON price_tier TO waybill_app;
      GRANT SELECT, INSERT, UPDATE ON discount_code TO waybill_app;
      GRANT SELECT, INSERT ON discount_code_use, quote TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE quote, discount_code_use, discount_code, price_tier`);
  }
}
