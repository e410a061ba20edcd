import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What placing orders writes, one call a table's owner, for one order or for many: plans are kept by the connection and
 * the rows travel as JSON. Minor units are texts in it: JSON's numbers are not exact.
 */
export class CreatePlacing1764000000301 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- strict: a reference that is taken fails; otherwise nothing is written then. Answers how many orders there are now.
      CREATE FUNCTION order_place(given jsonb, given_lines jsonb, strict boolean) RETURNS int LANGUAGE plpgsql AS $$
      DECLARE placed int;
      BEGIN
        INSERT INTO orders (merchant_id, id, reference, status, currency, service, chosen_service, goods_paid_minor, shipping_paid_minor,
            shipping_cost_minor, discount_minor, total_minor, policy_id, policy_version, discount_code, created_at, paid_at, pay_by, replaces)
          SELECT merchant_id, id, reference, status, currency, service, chosen_service, goods_paid, shipping_paid, shipping_cost, discount, total,
            policy_id, policy_version, discount_code, created_at, paid_at, pay_by, replaces
          FROM jsonb_to_recordset(given) AS o (merchant_id uuid, id uuid, reference text, status text, currency char(3), service text, chosen_service text,
            goods_paid bigint, shipping_paid bigint, shipping_cost bigint, discount bigint, total bigint, policy_id text, policy_version int,
            discount_code text, created_at timestamptz, paid_at timestamptz, pay_by timestamptz, replaces jsonb)
          ON CONFLICT (merchant_id, reference) DO NOTHING;
        GET DIAGNOSTICS placed = ROW_COUNT;
        IF placed < jsonb_array_length(given) THEN
          IF strict THEN RAISE unique_violation USING MESSAGE = 'A reference is taken.', CONSTRAINT = 'order_reference_once'; END IF;
          RETURN 0;
        END IF;
        INSERT INTO order_line (merchant_id, order_id, line, sku, title, quantity, list_price_minor, unit_price_minor, paid_minor, discounts)
          SELECT merchant_id, order_id, line, sku, title, quantity, list_price, unit_price, paid, discounts
          FROM jsonb_to_recordset(given_lines) AS l (merchant_id uuid, order_id uuid, line int, sku text, title text, quantity int, list_price bigint,
            unit_price bigint, paid bigint, discounts jsonb);
        INSERT INTO order_address (merchant_id, order_id, ship_to)
          SELECT merchant_id, id, ship_to FROM jsonb_to_recordset(given) AS o (merchant_id uuid, id uuid, ship_to jsonb);
        RETURN placed;
      END $$;

      CREATE FUNCTION package_plan(given jsonb, given_items jsonb) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO package (merchant_id, id, order_id, order_reference, number, currency, warehouse, why, planned_weight_g, courier, service,
            goods_paid_minor, shipping_paid_minor, worth_minor, late_after_days, planned_at, paid_at, dispatch_due_at)
          SELECT merchant_id, id, order_id, order_reference, number, currency, warehouse, why, weight_g, courier, service, goods, shipping, worth,
            late_after_days, planned_at, paid_at, due
          FROM jsonb_to_recordset(given) AS p (merchant_id uuid, id uuid, order_id uuid, order_reference text, number int, currency char(3), warehouse text,
            why text[], weight_g int, courier text, service text, goods bigint, shipping bigint, worth bigint, late_after_days int, planned_at timestamptz,
            paid_at timestamptz, due timestamptz);
        INSERT INTO package_item (merchant_id, package_id, line, backorder, sku, title, quantity, paid_minor)
          SELECT merchant_id, package_id, line, backorder, sku, title, quantity, paid
          FROM jsonb_to_recordset(given_items) AS i (merchant_id uuid, package_id uuid, line int, backorder boolean, sku text, title text, quantity int, paid bigint);
        INSERT INTO package_address (merchant_id, package_id, name, company, line1, line2, city, region, postal_code, country, phone, email)
          SELECT merchant_id, id, name, company, line1, line2, city, region, postal_code, country, phone, email
          FROM jsonb_to_recordset(given) AS p (merchant_id uuid, id uuid, name text, company text, line1 text, line2 text, city text, region text,
            postal_code text, country text, phone text, email text);
      END $$;

      -- of rows that the caller has locked and counted
      CREATE FUNCTION stock_promise(given jsonb) RETURNS void LANGUAGE plpgsql SET enable_seqscan = off AS $$
      BEGIN
        UPDATE stock s SET reserved = s.reserved + g.firm, backordered = s.backordered + g.owed
          FROM jsonb_to_recordset(given) AS g (sku text, warehouse text, firm int, owed int) WHERE s.sku = g.sku AND s.warehouse = g.warehouse;
      END $$;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION stock_promise, package_plan, order_place');
  }
}
