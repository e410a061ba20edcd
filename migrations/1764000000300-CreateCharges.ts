import type { MigrationInterface, QueryRunner } from 'typeorm';

const DEFINER = 'LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp';

/**
 * The verb that takes money, for one charge and for many of many merchants: a batch of orders, requests that share a
 * transaction. Each is charged as if it came alone after those before it; what is written is written once for all.
 */
export class CreateCharges1764000000300 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- rows on their way into the tables of the same names: types without those tables' rules are lighter to carry
      CREATE TYPE ledger_book_row AS (merchant_id uuid, number bigint, head bytea, last_at timestamptz);
      CREATE TYPE ledger_account_row AS (merchant_id uuid, currency char(3), number int, posted_minor bigint, expires_at timestamptz, pays_for text[], open boolean);
      CREATE TYPE ledger_journal_row AS (merchant_id uuid, number bigint, id uuid, type text, key text, fingerprint bytea, cause_type text, cause_id text,
        currency char(3), details text, amount_minor bigint, balance_after_minor bigint, counts_at timestamptz, hash bytea);
      CREATE TYPE ledger_posting_row AS (merchant_id uuid, number bigint, leg smallint, currency char(3), debit int, amount_minor bigint,
        debit_posted_minor bigint, debit_held_minor bigint, credit_posted_minor bigint);
      CREATE TYPE ledger_blocker_row AS (merchant_id uuid, cause text, since timestamptz);

      -- In the order of the merchants. Of several, those that are missing are opened first: nobody who waits for one holds another.
      CREATE FUNCTION ledger_lock_books(merchants uuid[], p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        IF cardinality(merchants) > 1 THEN
          PERFORM ledger_open_book(m, p_at) FROM (SELECT DISTINCT m FROM unnest(merchants) m ORDER BY m) given
            WHERE NOT EXISTS (SELECT FROM ledger_book b WHERE b.merchant_id = m);
        END IF;
        PERFORM FROM ledger_book WHERE merchant_id = ANY (merchants) ORDER BY merchant_id FOR NO KEY UPDATE;
        IF NOT FOUND THEN
          PERFORM ledger_open_book(merchants[1], p_at);
          PERFORM FROM ledger_book WHERE merchant_id = merchants[1] FOR NO KEY UPDATE;
        END IF;
      END $$;

      -- Each request takes its amount in spend order: lots that may pay for its type and have not expired, by rank, then
      -- soonest expiry, then the older one; then cash. All of it, or 'short' and nothing is written for it.
      -- rs: in the order of their merchants, all in one currency; p_blocks: raised with the charge, see payout_blocker.
      -- Its plans are made while tables may be small, and stay: look-ups by key, whatever the tables hold by then.
      CREATE FUNCTION ledger_charges(rs ledger_request[], merchants uuid[], p_amounts bigint[], p_contra int, p_blocks text[]) RETURNS ledger_outcome[]
      LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
      DECLARE
        q record; r ledger_request; o ledger_outcome; b ledger_book_row; a ledger_account_row; lots ledger_account_row[]; cash bigint; held bigint; contra bigint;
        k int; picks int[]; takes bigint[]; legs bytea; need bigint; take bigint; balance bigint; said text; written timestamptz := clock_timestamp();
        outs ledger_outcome[] := '{}'; watched int[] := '{}'; books ledger_book_row[] := '{}'; accounts ledger_account_row[] := '{}';
        journals ledger_journal_row[] := '{}'; postings ledger_posting_row[] := '{}'; blockers ledger_blocker_row[] := '{}';
      BEGIN
        PERFORM ledger_lock_books(merchants, rs[1].at);
        FOR q IN SELECT i.ord::int AS ord, bk.number, bk.head, bk.last_at, jn.number AS done, jn.fingerprint, ca.posted_minor AS cash, ca.held_minor AS held,
              co.posted_minor AS contra, CASE WHEN pr.low THEN -pr.low_balance_minor ELSE pr.low_balance_minor END AS low,
              ARRAY(SELECT ROW(x.merchant_id, x.currency, x.number, x.posted_minor, x.expires_at, x.pays_for, x.open)::ledger_account_row
                FROM ledger_account x WHERE x.merchant_id = m AND x.currency = rs[1].currency AND x.open ORDER BY x.rank, x.expires_at NULLS LAST, x.number) AS lots
            FROM unnest(merchants) WITH ORDINALITY AS i (m, ord)
            LEFT JOIN ledger_book bk ON bk.merchant_id = m
            LEFT JOIN ledger_journal jn ON jn.merchant_id = m AND jn.key = rs[i.ord].key
            LEFT JOIN ledger_account ca ON ca.merchant_id = m AND ca.currency = rs[1].currency AND ca.number = 1
            LEFT JOIN ledger_account co ON co.merchant_id = m AND co.currency = rs[1].currency AND co.number = p_contra
            LEFT JOIN wallet_profile pr ON pr.merchant_id = m AND pr.low_balance_currency = rs[1].currency ORDER BY i.ord LOOP
          r := rs[q.ord];
          r.verb := 'charge';
          r.fingerprint := ledger_fingerprint(r, p_amounts[q.ord]::text, p_contra::text);
          IF b.merchant_id IS DISTINCT FROM r.merchant_id THEN
            b := ROW(r.merchant_id, q.number, q.head, q.last_at)::ledger_book_row;
            lots := q.lots; cash := coalesce(q.cash, 0); held := coalesce(q.held, 0); contra := q.contra; balance := cash;
            FOREACH a IN ARRAY lots LOOP balance := balance + a.posted_minor; END LOOP;
          END IF;
          o := NULL; o.currency := r.currency; o.replayed := false; o.fell_low := false;
          <<charge>> BEGIN
            IF q.done IS NOT NULL THEN
              o := ledger_outcome_of(j, CASE WHEN q.fingerprint = r.fingerprint THEN 'done' ELSE 'key_reused' END)
                FROM ledger_journal j WHERE j.merchant_id = r.merchant_id AND j.number = q.done;
              EXIT charge;
            END IF;
            r.at := greatest(r.at, b.last_at);
            o.counts_at := r.at;
            need := p_amounts[q.ord]; picks := '{}'; takes := '{}'; k := 0;
            FOREACH a IN ARRAY lots LOOP
              k := k + 1;
              EXIT WHEN need = 0;
              CONTINUE WHEN a.posted_minor = 0 OR a.expires_at <= r.at OR r.type <> ALL (a.pays_for);
              take := least(need, a.posted_minor);
              picks := picks || k; takes := takes || take; need := need - take;
            END LOOP;
            take := least(need, cash - held);
            IF take > 0 THEN picks := picks || 0; takes := takes || take; need := need - take; END IF;
            IF need > 0 THEN
              o.status := 'short'; o.available_minor := p_amounts[q.ord] - need;
              EXIT charge;
            END IF;

            IF contra IS NULL THEN
              INSERT INTO ledger_account (merchant_id, currency, number) VALUES (r.merchant_id, r.currency, p_contra);
              contra := 0;
            END IF;
            b.number := b.number + 1; b.last_at := r.at; balance := balance - p_amounts[q.ord];
            legs := int4send(cardinality(picks));
            FOR leg IN 1..cardinality(picks) LOOP
              take := takes[leg]; k := picks[leg]; contra := contra + take;
              IF k = 0 THEN
                cash := cash - take;
                a := ROW(r.merchant_id, r.currency, 1, cash, NULL, NULL, false)::ledger_account_row;
              ELSE
                a := lots[k]; a.posted_minor := a.posted_minor - take; a.open := a.posted_minor > 0;
                lots[k] := a;
              END IF;
              legs := legs || int4send(leg) || ledger_bytes('direct') || int4send(a.number) || int4send(p_contra) || int8send(take)
                || int8send(a.posted_minor) || int8send(CASE k WHEN 0 THEN held ELSE 0 END) || int8send(contra);
              postings := postings || ROW(r.merchant_id, b.number, leg, r.currency, a.number, take, a.posted_minor, CASE k WHEN 0 THEN held ELSE 0 END,
                contra)::ledger_posting_row;
            END LOOP;
            said := jsonb_build_object('lines', r.lines, 'facts', coalesce(r.facts, '{}'))::text;
            b.head := ledger_hash(b.head, ROW(r.merchant_id, b.number, r.id, r.verb, r.type, r.key, r.fingerprint, r.cause_type, r.cause_id, NULL, r.currency,
              said, -p_amounts[q.ord], balance, r.at, written, NULL)::ledger_journal, legs);
            journals := journals || ROW(r.merchant_id, b.number, r.id, r.type, r.key, r.fingerprint, r.cause_type, r.cause_id, r.currency, said,
              -p_amounts[q.ord], balance, r.at, b.head)::ledger_journal_row;
            IF p_blocks[q.ord] IS NOT NULL THEN blockers := blockers || ROW(r.merchant_id, p_blocks[q.ord], r.at)::ledger_blocker_row; END IF;
            o.status := 'done'; o.number := b.number; o.id := r.id; o.amount_minor := -p_amounts[q.ord]; o.balance_after_minor := balance;
            IF k = 0 THEN -- cash is the last to pay
              o.available_minor := cash - held;
              IF (q.low < 0) <> (o.available_minor < abs(q.low)) THEN watched := watched || q.ord; END IF;
            END IF;
            rs[q.ord] := r;
          END;
          outs := outs || o;
          IF b.number > q.number AND merchants[q.ord + 1] IS DISTINCT FROM r.merchant_id THEN -- the last one of this book
            books := books || b;
            accounts := accounts || lots || ROW(r.merchant_id, r.currency, 1, cash, NULL, NULL, false)::ledger_account_row
              || ROW(r.merchant_id, r.currency, p_contra, contra, NULL, NULL, false)::ledger_account_row;
          END IF;
        END LOOP;

        IF cardinality(journals) > 0 THEN
          UPDATE ledger_account x SET posted_minor = u.posted_minor, open = u.open FROM unnest(accounts) u
            WHERE x.merchant_id = u.merchant_id AND x.currency = u.currency AND x.number = u.number AND x.posted_minor <> u.posted_minor;
          UPDATE ledger_book x SET number = u.number, head = u.head, last_at = u.last_at FROM unnest(books) u WHERE x.merchant_id = u.merchant_id;
          INSERT INTO ledger_journal (merchant_id, number, id, verb, type, key, fingerprint, cause_type, cause_id, currency, details, amount_minor,
              balance_after_minor, counts_at, written_at, hash)
            SELECT merchant_id, number, id, 'charge', type, key, fingerprint, cause_type, cause_id, currency, details, amount_minor, balance_after_minor,
              counts_at, written, hash FROM unnest(journals);
          INSERT INTO ledger_posting (merchant_id, number, leg, phase, currency, debit, credit, amount_minor, debit_posted_minor, debit_held_minor, credit_posted_minor)
            SELECT merchant_id, number, leg, 'direct', currency, debit, p_contra, amount_minor, debit_posted_minor, debit_held_minor, credit_posted_minor
            FROM unnest(postings);
          INSERT INTO ledger_charge (merchant_id, number, currency, contra, amount_minor)
            SELECT merchant_id, number, currency, p_contra, -amount_minor FROM unnest(journals);
          INSERT INTO ledger_charge_share (merchant_id, number, leg, account, amount_minor)
            SELECT merchant_id, number, leg, debit, amount_minor FROM unnest(postings);
          IF cardinality(blockers) > 0 THEN
            INSERT INTO payout_blocker (merchant_id, cause, since) SELECT * FROM unnest(blockers) ON CONFLICT DO NOTHING;
          END IF;
          FOREACH k IN ARRAY watched LOOP outs[k] := ledger_watch(rs[k], outs[k]); END LOOP;
        END IF;
        RETURN outs;
      END $$;

      CREATE FUNCTION wallet_charge(r ledger_request, p_amount bigint, p_contra int, p_blocks text) RETURNS ledger_outcome ${DEFINER} AS $$
      BEGIN
        RETURN (ledger_charges(ARRAY[r], ARRAY[r.merchant_id], ARRAY[p_amount], p_contra, ARRAY[p_blocks]))[1];
      END $$;

      -- p: charges in the order of their merchants, all in one currency; the outcomes come in the same order
      CREATE FUNCTION wallet_charges(p jsonb, p_contra int) RETURNS SETOF ledger_outcome ${DEFINER} AS $$
      DECLARE rs ledger_request[]; merchants uuid[]; amounts bigint[]; blocks text[];
      BEGIN
        SELECT array_agg(ROW(x.merchant_id, x.id, NULL, x.type, x.key, NULL, x.cause_type, x.cause_id, NULL, x.currency, x.lines::jsonb, NULL, x.at)::ledger_request ORDER BY x.ord),
            array_agg(x.merchant_id ORDER BY x.ord), array_agg(x.amount ORDER BY x.ord), array_agg(x.blocks ORDER BY x.ord) INTO rs, merchants, amounts, blocks
          FROM ROWS FROM (jsonb_to_recordset(p) AS (merchant_id uuid, id uuid, type text, key text, cause_type text, cause_id text, currency char(3),
            lines text, at timestamptz, amount bigint, blocks text)) WITH ORDINALITY
            AS x (merchant_id, id, type, key, cause_type, cause_id, currency, lines, at, amount, blocks, ord);
        RETURN QUERY SELECT * FROM unnest(ledger_charges(rs, merchants, amounts, p_contra, blocks));
      END $$;

      -- before charges in several currencies: all books in one order
      CREATE FUNCTION wallet_lock_books(merchants uuid[], p_at timestamptz) RETURNS void ${DEFINER} AS $$
      BEGIN PERFORM ledger_lock_books(merchants, p_at); END $$;

      REVOKE EXECUTE ON FUNCTION wallet_charge, wallet_charges, wallet_lock_books, ledger_charges, ledger_lock_books FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION wallet_charge, wallet_charges, wallet_lock_books TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP FUNCTION wallet_lock_books, wallet_charges, wallet_charge, ledger_charges, ledger_lock_books;
      DROP TYPE ledger_blocker_row, ledger_posting_row, ledger_journal_row, ledger_account_row, ledger_book_row;
    `);
  }
}
