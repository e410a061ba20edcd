import type { MigrationInterface, QueryRunner } from 'typeorm';

const DEFINER = 'LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp';
const VERBS =
  'wallet_top_up, wallet_grant, wallet_lapse, wallet_hold, wallet_capture, wallet_release, wallet_adjust, wallet_reverse';

/** The verbs that bring money in, set it aside, correct it and undo it. One call each, in the caller's transaction. */
export class CreateWalletMoreVerbs1764000000033 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- clearing to cash; with a bonus also promotion_expense to a new lot
      CREATE FUNCTION wallet_top_up(r ledger_request, p_amount bigint, p_clearing int, p_bonus bigint, p_rank int, p_expires timestamptz, p_pays_for text[])
      RETURNS ledger_outcome ${DEFINER} AS $$
      DECLARE o ledger_outcome; l record;
      BEGIN
        r.verb := 'top_up'; r.type := 'top_up';
        r.fingerprint := ledger_fingerprint(r, p_amount::text, p_clearing::text, coalesce(p_bonus, 0)::text);
        o := ledger_begin(r);
        IF o.status IS NOT NULL THEN RETURN o; END IF;
        r.at := o.counts_at;
        IF coalesce(p_bonus, 0) = 0 THEN RETURN ledger_post(r, ARRAY['direct'], ARRAY[p_clearing], ARRAY[1], ARRAY[p_amount]); END IF;
        SELECT * INTO l FROM ledger_open_lot(r, p_rank, p_expires, p_pays_for);
        r.facts := l.fact;
        RETURN ledger_post(r, ARRAY['direct', 'direct'], ARRAY[p_clearing, 42], ARRAY[1, l.lot], ARRAY[p_amount, p_bonus]);
      END $$;

      CREATE FUNCTION wallet_grant(r ledger_request, p_amount bigint, p_rank int, p_expires timestamptz, p_pays_for text[]) RETURNS ledger_outcome ${DEFINER} AS $$
      DECLARE o ledger_outcome; l record;
      BEGIN
        r.verb := 'grant'; r.type := 'promotion';
        r.fingerprint := ledger_fingerprint(r, p_amount::text, p_rank::text, p_pays_for::text);
        o := ledger_begin(r);
        IF o.status IS NOT NULL THEN RETURN o; END IF;
        r.at := o.counts_at;
        SELECT * INTO l FROM ledger_open_lot(r, p_rank, p_expires, p_pays_for);
        r.facts := l.fact;
        RETURN ledger_post(r, ARRAY['direct'], ARRAY[42], ARRAY[l.lot], ARRAY[p_amount]);
      END $$;

      -- what is left in a lot after its expiry
      CREATE FUNCTION wallet_lapse(r ledger_request, p_lot int) RETURNS ledger_outcome ${DEFINER} AS $$
      DECLARE o ledger_outcome; a ledger_account;
      BEGIN
        r.verb := 'lapse'; r.type := 'promotion';
        r.fingerprint := ledger_fingerprint(r, p_lot::text);
        o := ledger_begin(r);
        IF o.status IS NOT NULL THEN RETURN o; END IF;
        r.at := o.counts_at;
        SELECT * INTO a FROM ledger_account WHERE merchant_id = r.merchant_id AND currency = r.currency AND number = p_lot AND open AND expires_at <= r.at;
        IF NOT FOUND THEN o.status := 'nothing_left'; o.amount_minor := 0; RETURN o; END IF;
        r.lines := jsonb_build_array(jsonb_build_object('text', 'Promotional credit that had expired', 'minor', (-a.posted_minor)::text));
        RETURN ledger_post(r, ARRAY['direct'], ARRAY[p_lot], ARRAY[42], ARRAY[a.posted_minor]);
      END $$;

      -- cash set aside; p_contra is where it goes when it is captured
      CREATE FUNCTION wallet_hold(r ledger_request, p_amount bigint, p_contra int) RETURNS ledger_outcome ${DEFINER} AS $$
      DECLARE o ledger_outcome;
      BEGIN
        r.verb := 'hold'; r.type := 'hold';
        r.fingerprint := ledger_fingerprint(r, p_amount::text, p_contra::text);
        o := ledger_begin(r);
        IF o.status IS NOT NULL THEN RETURN o; END IF;
        r.at := o.counts_at;
        o.available_minor := ledger_available(r.merchant_id, r.currency);
        IF o.available_minor < p_amount THEN o.status := 'short'; RETURN o; END IF;
        o := ledger_post(r, ARRAY['hold'], ARRAY[1], ARRAY[p_contra], ARRAY[p_amount]);
        INSERT INTO ledger_hold (merchant_id, number, currency, contra, amount_minor) VALUES (r.merchant_id, o.number, r.currency, p_contra, p_amount);
        RETURN o;
      END $$;

      -- takes (capture) or gives back (release) p_amount of a hold, null: all that is left of it
      CREATE FUNCTION ledger_end_hold(r ledger_request, p_hold text, p_amount bigint) RETURNS ledger_outcome LANGUAGE plpgsql AS $$
      DECLARE o ledger_outcome; h ledger_hold; amount bigint;
      BEGIN
        r.fingerprint := ledger_fingerprint(r, p_hold, p_amount::text);
        o := ledger_begin(r);
        IF o.status IS NOT NULL THEN RETURN o; END IF;
        r.at := o.counts_at;
        SELECT x.* INTO h FROM ledger_journal j JOIN ledger_hold x ON x.merchant_id = j.merchant_id AND x.number = j.number
          WHERE j.merchant_id = r.merchant_id AND j.key = p_hold;
        IF NOT FOUND OR h.currency <> r.currency THEN o.status := 'no_hold'; RETURN o; END IF;
        o.amount_minor := h.amount_minor - h.captured_minor - h.released_minor;
        amount := coalesce(p_amount, o.amount_minor);
        IF amount > o.amount_minor OR amount <= 0 THEN o.status := CASE WHEN o.amount_minor = 0 THEN 'nothing_left' ELSE 'exceeds' END; RETURN o; END IF;
        r.about := h.number;
        r.lines := coalesce(r.lines, CASE r.verb
          WHEN 'capture' THEN jsonb_build_array(jsonb_build_object('text', 'Paid out of what was set aside', 'minor', (-amount)::text))
          ELSE jsonb_build_array(jsonb_build_object('text', 'No longer set aside', 'minor', (-amount)::text), jsonb_build_object('text', 'Available again', 'minor', amount::text)) END);
        o := ledger_post(r, ARRAY[r.verb], ARRAY[1], ARRAY[h.contra], ARRAY[amount]);
        UPDATE ledger_hold SET captured_minor = captured_minor + CASE r.verb WHEN 'capture' THEN amount ELSE 0 END,
            released_minor = released_minor + CASE r.verb WHEN 'release' THEN amount ELSE 0 END
          WHERE merchant_id = r.merchant_id AND number = h.number;
        o.moved_minor := amount;
        RETURN o;
      END $$;
      CREATE FUNCTION wallet_capture(r ledger_request, p_hold text, p_amount bigint) RETURNS ledger_outcome ${DEFINER} AS $$
      BEGIN r.verb := 'capture'; RETURN ledger_end_hold(r, p_hold, p_amount); END $$;
      CREATE FUNCTION wallet_release(r ledger_request, p_hold text, p_amount bigint) RETURNS ledger_outcome ${DEFINER} AS $$
      BEGIN r.verb := 'release'; r.type := 'release'; RETURN ledger_end_hold(r, p_hold, p_amount); END $$;

      -- by finance, with a reason: more than zero gives, less takes cash
      CREATE FUNCTION wallet_adjust(r ledger_request, p_amount bigint) RETURNS ledger_outcome ${DEFINER} AS $$
      DECLARE o ledger_outcome;
      BEGIN
        r.verb := 'adjust'; r.type := 'adjustment';
        r.fingerprint := ledger_fingerprint(r, p_amount::text);
        o := ledger_begin(r);
        IF o.status IS NOT NULL THEN RETURN o; END IF;
        r.at := o.counts_at;
        IF p_amount > 0 THEN RETURN ledger_post(r, ARRAY['direct'], ARRAY[51], ARRAY[1], ARRAY[p_amount]); END IF;
        o.available_minor := ledger_available(r.merchant_id, r.currency);
        IF o.available_minor < -p_amount THEN o.status := 'short'; RETURN o; END IF;
        RETURN ledger_post(r, ARRAY['direct'], ARRAY[1], ARRAY[51], ARRAY[-p_amount]);
      END $$;

      -- Undoes one journal, once: a top-up, a grant, an adjustment, or a refund (whose charge can then be refunded again).
      CREATE FUNCTION wallet_reverse(r ledger_request, p_journal uuid) RETURNS ledger_outcome ${DEFINER} AS $$
      DECLARE o ledger_outcome; j ledger_journal; x ledger_journal; debits int[]; credits int[]; amounts bigint[]; n int;
      BEGIN
        r.verb := 'reverse'; r.type := 'reversal';
        r.fingerprint := ledger_fingerprint(r, p_journal::text);
        o := ledger_begin(r);
        IF o.status IS NOT NULL THEN RETURN o; END IF;
        r.at := o.counts_at;
        SELECT * INTO j FROM ledger_journal WHERE merchant_id = r.merchant_id AND id = p_journal;
        IF NOT FOUND THEN o.status := 'no_journal'; RETURN o; END IF;
        IF j.verb NOT IN ('top_up', 'grant', 'adjust', 'refund') THEN o.status := 'not_reversible'; RETURN o; END IF;
        SELECT * INTO x FROM ledger_journal WHERE merchant_id = r.merchant_id AND about = j.number AND verb = 'reverse';
        IF FOUND THEN RETURN ledger_outcome_of(x, 'already'); END IF;
        SELECT array_agg(credit ORDER BY leg), array_agg(debit ORDER BY leg), array_agg(amount_minor ORDER BY leg), count(*)
          INTO debits, credits, amounts, n FROM ledger_posting WHERE merchant_id = r.merchant_id AND number = j.number;
        IF EXISTS (SELECT 1 FROM (SELECT account, sum(amount) AS taken FROM unnest(debits, amounts) AS t (account, amount) GROUP BY account) t
            JOIN ledger_account a ON a.merchant_id = r.merchant_id AND a.currency = j.currency AND a.number = t.account
            WHERE ledger_is_bucket(t.account) AND a.posted_minor - a.held_minor < t.taken) THEN
          o.status := 'short'; o.currency := j.currency; o.moved_minor := j.amount_minor; o.available_minor := ledger_available(r.merchant_id, j.currency);
          RETURN o;
        END IF;
        IF j.verb = 'refund' THEN
          UPDATE ledger_charge_share s SET refunded_minor = s.refunded_minor - t.amount
            FROM (SELECT account, sum(amount) AS amount FROM unnest(debits, amounts) AS t (account, amount) GROUP BY account) t
            WHERE s.merchant_id = r.merchant_id AND s.number = j.about AND s.account = t.account;
          UPDATE ledger_charge c SET refunded_minor = c.refunded_minor - j.amount_minor,
              drawn_minor = c.drawn_minor - (SELECT coalesce(sum(amount), 0) FROM unnest(credits, amounts) AS t (account, amount) WHERE account = c.contra)
            WHERE c.merchant_id = r.merchant_id AND c.number = j.about;
        END IF;
        r.about := j.number; r.currency := j.currency;
        r.lines := jsonb_build_array(jsonb_build_object('text', r.lines ->> 0, 'minor', (-j.amount_minor)::text)); -- the reason
        RETURN ledger_post(r, array_fill('direct'::text, ARRAY[n]), debits, credits, amounts);
      END $$;

      REVOKE EXECUTE ON FUNCTION ${VERBS}, ledger_end_hold FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ${VERBS} TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP FUNCTION ${VERBS}, ledger_end_hold`);
  }
}
