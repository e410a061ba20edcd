import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What every verb of the wallet is made of: lock the book, look the key up, write one journal with its postings. None
 * of these can be called by the service; the verbs (next migrations) can.
 */
export class CreateLedgerPosting1764000000031 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TYPE ledger_request AS (
        merchant_id uuid, id uuid, verb text, type text, key text, fingerprint bytea, cause_type text, cause_id text,
        about bigint, currency char(3), lines jsonb, facts jsonb, at timestamptz
      );
      CREATE TYPE ledger_outcome AS (
        status text,               -- done, or why nothing was written
        currency char(3),
        moved_minor bigint,        -- what a hold's end moved, what a reversal would have undone
        replayed boolean,          -- the key had done it before: what follows is of then
        number bigint, id uuid,
        amount_minor bigint,       -- change of all that the merchant has; of a short charge nothing
        balance_after_minor bigint,
        available_minor bigint,    -- cash that is not held; of a short charge what could have paid
        lapsed_minor bigint,       -- what of a refund lapsed at once
        fell_low boolean, low_balance_minor bigint, days_left int,
        counts_at timestamptz
      );

      CREATE FUNCTION ledger_us(t timestamptz) RETURNS bigint LANGUAGE sql STABLE -- as its parts are: so that it is inlined
        AS $$ SELECT (extract(epoch FROM t) * 1000000)::bigint $$;
      CREATE FUNCTION ledger_bytes(t text) RETURNS bytea LANGUAGE sql STABLE -- length first: two texts never run together
        AS $$ SELECT int4send(octet_length(t)) || convert_to(t, 'UTF8') $$;

      -- of a journal and its legs, chained to the one before; the same in src/wallet/ledger/hash.ts
      CREATE FUNCTION ledger_hash(head bytea, j ledger_journal, legs bytea) RETURNS bytea LANGUAGE plpgsql STABLE AS $$
      BEGIN
        RETURN sha256(head || uuid_send(j.merchant_id) || int8send(j.number) || uuid_send(j.id) || ledger_bytes(j.verb)
          || ledger_bytes(coalesce(j.type, '')) || ledger_bytes(j.key) || j.fingerprint || ledger_bytes(j.cause_type) || ledger_bytes(j.cause_id)
          || int8send(coalesce(j.about, 0)) || ledger_bytes(j.currency::text) || ledger_bytes(j.details) || int8send(j.amount_minor)
          || int8send(j.balance_after_minor) || int8send(ledger_us(j.counts_at)) || int8send(ledger_us(j.written_at)) || legs);
      END $$;

      CREATE FUNCTION ledger_is_bucket(account int) RETURNS boolean LANGUAGE sql IMMUTABLE
        AS $$ SELECT account = 1 OR account > 100 $$;

      -- what the same key must say again; the instant and the words may differ
      CREATE FUNCTION ledger_fingerprint(r ledger_request, VARIADIC said text[]) RETURNS bytea LANGUAGE sql STABLE AS $$
        SELECT sha256(convert_to(jsonb_build_array(r.verb, r.type, r.currency, r.cause_type, r.cause_id, to_jsonb(said))::text, 'UTF8'))
      $$;

      -- opens the book on first use; whoever comes second finds it
      CREATE FUNCTION ledger_open_book(p_merchant uuid, p_at timestamptz) RETURNS void LANGUAGE sql AS $$
        INSERT INTO ledger_book (merchant_id, head, opened_at, last_at)
        VALUES (p_merchant, sha256(uuid_send(p_merchant) || int8send(ledger_us(p_at))), p_at, p_at) ON CONFLICT DO NOTHING
      $$;

      CREATE FUNCTION ledger_outcome_of(j ledger_journal, p_status text) RETURNS ledger_outcome LANGUAGE plpgsql AS $$
      DECLARE o ledger_outcome;
      BEGIN
        o.status := p_status; o.currency := j.currency; o.replayed := true; o.number := j.number; o.id := j.id; o.amount_minor := j.amount_minor;
        o.balance_after_minor := j.balance_after_minor; o.counts_at := j.counts_at; o.fell_low := false;
        RETURN o;
      END $$;

      -- The one lock, first thing in every journal; then the key, with eyes that see what the lock waited for.
      -- status null: new work, counts_at is its instant.
      CREATE FUNCTION ledger_begin(r ledger_request) RETURNS ledger_outcome LANGUAGE plpgsql AS $$
      DECLARE b ledger_book; j ledger_journal; o ledger_outcome;
      BEGIN
        SELECT * INTO b FROM ledger_book WHERE merchant_id = r.merchant_id FOR NO KEY UPDATE;
        IF NOT FOUND THEN
          PERFORM ledger_open_book(r.merchant_id, r.at);
          SELECT * INTO STRICT b FROM ledger_book WHERE merchant_id = r.merchant_id FOR NO KEY UPDATE;
        END IF;
        SELECT * INTO j FROM ledger_journal WHERE merchant_id = r.merchant_id AND key = r.key;
        IF FOUND THEN
          RETURN ledger_outcome_of(j, CASE WHEN j.fingerprint = r.fingerprint THEN 'done' ELSE 'key_reused' END);
        END IF;
        o.currency := r.currency; o.replayed := false; o.fell_low := false; o.counts_at := greatest(r.at, b.last_at);
        RETURN o;
      END $$;

      -- one posting on the account rows; an account opens with its first one
      CREATE FUNCTION ledger_move(p_merchant uuid, p_currency bpchar, p_account int, p_posted bigint, p_held bigint,
          OUT posted bigint, OUT held bigint) LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE ledger_account a SET posted_minor = a.posted_minor + p_posted, held_minor = a.held_minor + p_held,
            open = a.number > 100 AND a.posted_minor + p_posted > 0
          WHERE a.merchant_id = p_merchant AND a.currency = p_currency AND a.number = p_account
          RETURNING a.posted_minor, a.held_minor INTO posted, held;
        IF NOT FOUND THEN
          INSERT INTO ledger_account AS a (merchant_id, currency, number, posted_minor, held_minor)
            VALUES (p_merchant, p_currency, p_account, p_posted, p_held) RETURNING a.posted_minor, a.held_minor INTO posted, held;
        END IF;
      END $$;

      -- Low balance: told once per fall below the merchant's limit, again only after a rise to it.
      -- Days left: at the pace of the charges of the last 30 days; null where there were none.
      CREATE FUNCTION ledger_watch(r ledger_request, o ledger_outcome) RETURNS ledger_outcome LANGUAGE plpgsql AS $$
      DECLARE spent numeric; profile wallet_profile;
      BEGIN
        UPDATE wallet_profile p SET low = o.available_minor < p.low_balance_minor
          WHERE p.merchant_id = r.merchant_id AND p.low_balance_currency = r.currency AND p.low <> (o.available_minor < p.low_balance_minor)
          RETURNING * INTO profile;
        IF FOUND AND profile.low THEN
          SELECT -sum(amount_minor) INTO spent FROM ledger_journal WHERE merchant_id = r.merchant_id AND currency = r.currency
            AND verb = 'charge' AND counts_at > r.at - interval '30 days' AND counts_at <= r.at;
          o.fell_low := true; o.low_balance_minor := profile.low_balance_minor;
          o.days_left := CASE WHEN spent > 0 THEN least(floor(o.available_minor * 30 / spent), 100000) END;
        END IF;
        RETURN o;
      END $$;

      -- Writes one journal: moves the accounts, chains the hash, counts the book up. The book is locked by the caller.
      CREATE FUNCTION ledger_post(r ledger_request, phases text[], debits int[], credits int[], amounts bigint[])
      RETURNS ledger_outcome LANGUAGE plpgsql AS $$
      DECLARE
        b ledger_book; j ledger_journal; o ledger_outcome; d record; c record; n int := cardinality(amounts); moved bigint; buf bytea; cash boolean := false;
        d_posted bigint[] := '{}'; d_held bigint[] := '{}'; c_posted bigint[] := '{}';
      BEGIN
        SELECT * INTO STRICT b FROM ledger_book WHERE merchant_id = r.merchant_id;
        o.status := 'done'; o.currency := r.currency; o.replayed := false; o.fell_low := false; o.number := b.number + 1; o.id := r.id; o.counts_at := r.at; o.amount_minor := 0;
        buf := int4send(n);
        FOR i IN 1..n LOOP
          moved := CASE WHEN phases[i] IN ('direct', 'capture') THEN amounts[i] ELSE 0 END;
          SELECT * INTO d FROM ledger_move(r.merchant_id, r.currency, debits[i], -moved,
            CASE phases[i] WHEN 'hold' THEN amounts[i] WHEN 'direct' THEN 0 ELSE -amounts[i] END);
          SELECT * INTO c FROM ledger_move(r.merchant_id, r.currency, credits[i], moved, 0);
          IF ledger_is_bucket(debits[i]) THEN o.amount_minor := o.amount_minor - moved; END IF;
          IF ledger_is_bucket(credits[i]) THEN o.amount_minor := o.amount_minor + moved; END IF;
          cash := cash OR debits[i] = 1 OR credits[i] = 1;
          d_posted := d_posted || d.posted; d_held := d_held || d.held; c_posted := c_posted || c.posted;
          buf := buf || int4send(i) || ledger_bytes(phases[i]) || int4send(debits[i]) || int4send(credits[i]) || int8send(amounts[i])
            || int8send(d.posted) || int8send(d.held) || int8send(c.posted);
        END LOOP;
        o.balance_after_minor := o.amount_minor + coalesce((SELECT balance_after_minor FROM ledger_journal
          WHERE merchant_id = r.merchant_id AND currency = r.currency ORDER BY counts_at DESC, number DESC LIMIT 1), 0);
        j := ROW(r.merchant_id, o.number, r.id, r.verb, r.type, r.key, r.fingerprint, r.cause_type, r.cause_id, r.about, r.currency,
          jsonb_build_object('lines', r.lines, 'facts', coalesce(r.facts, '{}'))::text, o.amount_minor, o.balance_after_minor, r.at, clock_timestamp(), NULL)::ledger_journal;
        j.hash := ledger_hash(b.head, j, buf);
        INSERT INTO ledger_journal SELECT j.*;
        INSERT INTO ledger_posting (merchant_id, number, leg, phase, currency, debit, credit, amount_minor, debit_posted_minor, debit_held_minor, credit_posted_minor)
          SELECT r.merchant_id, o.number, i, phases[i], r.currency, debits[i], credits[i], amounts[i], d_posted[i], d_held[i], c_posted[i]
          FROM generate_series(1, n) i;
        UPDATE ledger_book SET number = o.number, head = j.hash, last_at = r.at WHERE merchant_id = r.merchant_id;
        IF cash THEN
          o.available_minor := ledger_available(r.merchant_id, r.currency);
          o := ledger_watch(r, o);
        END IF;
        RETURN o;
      END $$;

      CREATE FUNCTION ledger_available(p_merchant uuid, p_currency bpchar) RETURNS bigint LANGUAGE sql STABLE AS $$
        SELECT coalesce((SELECT posted_minor - held_minor FROM ledger_account
          WHERE merchant_id = p_merchant AND currency = p_currency AND number = 1), 0)
      $$;

      -- a new promotional lot, empty; the caller posts into it
      CREATE FUNCTION ledger_open_lot(r ledger_request, p_rank int, p_expires timestamptz, p_pays_for text[], OUT lot int, OUT fact jsonb)
      LANGUAGE plpgsql AS $$
      BEGIN
        SELECT greatest(max(number), 100) + 1 INTO lot FROM ledger_account WHERE merchant_id = r.merchant_id AND currency = r.currency;
        lot := coalesce(lot, 101);
        INSERT INTO ledger_account (merchant_id, currency, number, rank, expires_at, pays_for)
          VALUES (r.merchant_id, r.currency, lot, p_rank, p_expires, p_pays_for);
        fact := jsonb_build_object('lot', lot, 'rank', p_rank, 'expires_us', ledger_us(p_expires)::text, 'pays_for', to_jsonb(p_pays_for));
      END $$;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP FUNCTION ledger_open_lot, ledger_available, ledger_post, ledger_watch, ledger_move, ledger_begin, ledger_outcome_of,
        ledger_open_book, ledger_hash, ledger_fingerprint, ledger_is_bucket, ledger_bytes, ledger_us;
      DROP TYPE ledger_outcome, ledger_request;
    `);
  }
}
