import type { MigrationInterface, QueryRunner } from 'typeorm';

const DEFINER = 'LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp';

/** The verbs that give back and settle: refund, settle; see CreateCharges for what they give back of. One call each, in the caller's transaction. */
export class CreateWalletVerbs1764000000032 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE FUNCTION wallet_open_book(p_merchant uuid, p_at timestamptz) RETURNS void ${DEFINER} AS $$
      BEGIN PERFORM ledger_open_book(p_merchant, p_at); END $$;

      CREATE FUNCTION ledger_charge_of(p_merchant uuid, p_key text) RETURNS ledger_charge LANGUAGE sql STABLE AS $$
        SELECT c.* FROM ledger_journal j JOIN ledger_charge c ON c.merchant_id = j.merchant_id AND c.number = j.number
        WHERE j.merchant_id = p_merchant AND j.key = p_key
      $$;

      -- What may still be given back: of the charge, and of what was paid for the package (p_cap, less its refunds that stand).
      CREATE FUNCTION ledger_refundable(c ledger_charge, p_package uuid, p_cap bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
        SELECT least(c.amount_minor - c.refunded_minor, CASE WHEN p_package IS NOT NULL AND p_cap IS NOT NULL THEN
          p_cap - coalesce((SELECT sum(f.amount_minor) FROM ledger_refund f WHERE f.merchant_id = c.merchant_id AND f.package_id = p_package
            AND NOT EXISTS (SELECT 1 FROM ledger_journal x WHERE x.merchant_id = f.merchant_id AND x.about = f.number AND x.verb = 'reverse')), 0) END)::bigint
      $$;

      -- what came back into lots that had expired meanwhile goes at once, as a journal of its own that the merchant sees
      CREATE FUNCTION ledger_lapse(r ledger_request, p_id uuid, p_about bigint, lots int[], amounts bigint[]) RETURNS ledger_outcome LANGUAGE plpgsql AS $$
      DECLARE total bigint; n int := cardinality(lots);
      BEGIN
        SELECT sum(a) INTO total FROM unnest(amounts) a;
        r.id := p_id; r.verb := 'lapse'; r.type := 'promotion'; r.key := 'lapse:' || r.key; r.about := p_about; r.facts := '{}';
        r.fingerprint := ledger_fingerprint(r, total::text);
        r.lines := jsonb_build_array(jsonb_build_object('text', 'Promotional credit that had expired', 'minor', (-total)::text));
        RETURN ledger_post(r, array_fill('direct'::text, ARRAY[n]), lots, array_fill(42, ARRAY[n]), amounts);
      END $$;

      -- Gives back to the buckets that paid, cash first, then the lots, last spent first; out of the contra account while the
      -- order is in progress, out of refund_expense afterwards. Less than asked where a cap is reached: o.amount_minor tells.
      CREATE FUNCTION wallet_refund(r ledger_request, p_charge text, p_amount bigint, p_package uuid, p_cause_kind text, p_cap bigint, p_lapse_id uuid)
      RETURNS ledger_outcome ${DEFINER} AS $$
      DECLARE
        o ledger_outcome; j ledger_journal; c ledger_charge; s record; need bigint; take bigint; part bigint; in_contra bigint; drawn bigint := 0;
        lapse ledger_outcome; refund bigint; debits int[] := '{}'; credits int[] := '{}'; amounts bigint[] := '{}'; lots int[] := '{}'; lapsed bigint[] := '{}';
      BEGIN
        r.verb := 'refund'; r.type := 'refund';
        r.fingerprint := ledger_fingerprint(r, p_charge, p_amount::text, p_package::text, p_cause_kind);
        o := ledger_begin(r);
        IF o.status IS NOT NULL THEN RETURN o; END IF;
        r.at := o.counts_at;
        SELECT x.* INTO j FROM ledger_refund f JOIN ledger_journal x ON x.merchant_id = f.merchant_id AND x.number = f.number
          WHERE f.merchant_id = r.merchant_id AND f.package_id = p_package AND f.cause_kind = p_cause_kind;
        IF FOUND THEN RETURN ledger_outcome_of(j, 'already'); END IF;
        c := ledger_charge_of(r.merchant_id, p_charge);
        IF c.number IS NULL OR c.currency <> r.currency THEN o.status := 'no_charge'; RETURN o; END IF;
        refund := least(p_amount, ledger_refundable(c, p_package, p_cap));
        IF refund <= 0 THEN o.status := 'nothing_left'; o.amount_minor := 0; RETURN o; END IF;
        IF refund < p_amount THEN
          r.lines := r.lines || jsonb_build_object('text', 'Limited to what was paid and not yet given back', 'minor', (refund - p_amount)::text);
        END IF;
        need := refund;
        in_contra := CASE WHEN c.contra = 21 THEN c.amount_minor - c.drawn_minor - c.settled_minor ELSE 0 END;
        FOR s IN SELECT x.leg, x.account, x.amount_minor - x.refunded_minor AS unpaid, coalesce(a.expires_at <= r.at, false) AS expired
            FROM ledger_charge_share x JOIN ledger_account a ON a.merchant_id = x.merchant_id AND a.currency = r.currency AND a.number = x.account
            WHERE x.merchant_id = r.merchant_id AND x.number = c.number ORDER BY x.leg DESC LOOP
          take := least(need, s.unpaid);
          CONTINUE WHEN take = 0;
          part := least(take, in_contra);
          IF part > 0 THEN debits := debits || c.contra; credits := credits || s.account; amounts := amounts || part; END IF;
          IF take > part THEN debits := debits || 41; credits := credits || s.account; amounts := amounts || (take - part); END IF;
          IF s.expired THEN lots := lots || s.account; lapsed := lapsed || take; END IF;
          UPDATE ledger_charge_share x SET refunded_minor = x.refunded_minor + take
            WHERE x.merchant_id = r.merchant_id AND x.number = c.number AND x.leg = s.leg;
          need := need - take; in_contra := in_contra - part; drawn := drawn + part;
        END LOOP;
        r.about := c.number;
        r.facts := jsonb_build_object('package', p_package, 'cause_kind', p_cause_kind, 'paid_minor', p_cap::text);
        o := ledger_post(r, array_fill('direct'::text, ARRAY[cardinality(amounts)]), debits, credits, amounts);
        INSERT INTO ledger_refund (merchant_id, number, charge_number, package_id, cause_kind, amount_minor)
          VALUES (r.merchant_id, o.number, c.number, p_package, p_cause_kind, refund);
        UPDATE ledger_charge SET refunded_minor = refunded_minor + refund, drawn_minor = drawn_minor + drawn
          WHERE merchant_id = r.merchant_id AND number = c.number;
        IF cardinality(lots) > 0 THEN
          lapse := ledger_lapse(r, p_lapse_id, o.number, lots, lapsed);
          o.lapsed_minor := -lapse.amount_minor; o.balance_after_minor := lapse.balance_after_minor;
        END IF;
        RETURN o;
      END $$;

      -- Moves what an order earned on to revenue; nothing of the merchant's moves. p_unblocks: cleared with it.
      CREATE FUNCTION wallet_settle(r ledger_request, p_charge text, p_goods bigint, p_shipping bigint, p_unblocks text) RETURNS ledger_outcome ${DEFINER} AS $$
      DECLARE o ledger_outcome; c ledger_charge; credits int[] := '{}'; amounts bigint[] := '{}'; n int;
      BEGIN
        r.verb := 'settle'; r.type := NULL;
        r.fingerprint := ledger_fingerprint(r, p_charge, p_goods::text, p_shipping::text);
        o := ledger_begin(r);
        IF o.status IS NOT NULL THEN RETURN o; END IF;
        r.at := o.counts_at;
        c := ledger_charge_of(r.merchant_id, p_charge);
        IF c.number IS NULL OR c.contra <> 21 OR c.currency <> r.currency THEN o.status := 'no_charge'; RETURN o; END IF;
        IF p_goods < 0 OR p_shipping < 0 OR p_goods + p_shipping > c.amount_minor - c.drawn_minor - c.settled_minor THEN
          o.status := 'exceeds'; o.amount_minor := c.amount_minor - c.drawn_minor - c.settled_minor;
          RETURN o;
        END IF;
        DELETE FROM payout_blocker WHERE merchant_id = r.merchant_id AND cause = p_unblocks;
        IF p_goods > 0 THEN credits := credits || 31; amounts := amounts || p_goods; END IF;
        IF p_shipping > 0 THEN credits := credits || 32; amounts := amounts || p_shipping; END IF;
        n := cardinality(amounts);
        IF n = 0 THEN o.status := 'nothing_left'; o.amount_minor := 0; RETURN o; END IF;
        r.about := c.number;
        o := ledger_post(r, array_fill('direct'::text, ARRAY[n]), array_fill(21, ARRAY[n]), credits, amounts);
        UPDATE ledger_charge SET settled_minor = settled_minor + p_goods + p_shipping WHERE merchant_id = r.merchant_id AND number = c.number;
        RETURN o;
      END $$;

      REVOKE EXECUTE ON FUNCTION wallet_open_book, wallet_refund, wallet_settle FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION wallet_open_book, wallet_refund, wallet_settle TO waybill_app;
      REVOKE EXECUTE ON FUNCTION ledger_charge_of, ledger_refundable, ledger_lapse, ledger_open_lot, ledger_available, ledger_post, ledger_watch,
        ledger_move, ledger_begin, ledger_outcome_of, ledger_open_book FROM PUBLIC;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      `DROP FUNCTION wallet_settle, wallet_refund, ledger_lapse, ledger_refundable, ledger_charge_of, wallet_open_book`,
    );
  }
}
