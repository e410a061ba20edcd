/**
 * What journals need beside what they say: their places in the books, the balances after each, and the chain of hashes,
 * for many of many merchants at once. `new_ledger_journal` and `new_ledger_posting` hold what is said; all are in one
 * currency, and no merchant has promotional lots or holds. The ledger's verification is the proof.
 */
export const BOOK_TOOLS = `
  CREATE TEMP TABLE new_ledger_journal (LIKE ledger_journal);
  CREATE TEMP TABLE new_ledger_posting (LIKE ledger_posting);
  CREATE FUNCTION pg_temp.chained(head bytea, opening bytea, j ledger_journal, legs bytea) RETURNS bytea LANGUAGE sql
    AS $$ SELECT ledger_hash(coalesce(head, opening), j, legs) $$;
  CREATE AGGREGATE pg_temp.chain (bytea, ledger_journal, bytea) (sfunc = pg_temp.chained, stype = bytea);
`;

/** Accounts open with their first posting. */
const OPENED = `
  INSERT INTO ledger_account (merchant_id, currency, number)
    SELECT DISTINCT merchant_id, currency, unnest(ARRAY[debit, credit]) FROM new_ledger_posting ON CONFLICT DO NOTHING`;

const POSTED = `
  WITH side AS (
    SELECT merchant_id, currency, number, leg, true AS debits, debit AS account, -amount_minor AS moved FROM new_ledger_posting
    UNION ALL SELECT merchant_id, currency, number, leg, false, credit, amount_minor FROM new_ledger_posting
  ), after AS (
    SELECT s.merchant_id, s.number, s.leg, s.debits,
      a.posted_minor + sum(s.moved) OVER (PARTITION BY s.merchant_id, s.account ORDER BY s.number, s.leg) AS posted
    FROM side s JOIN ledger_account a ON a.merchant_id = s.merchant_id AND a.currency = s.currency AND a.number = s.account
  )
  UPDATE new_ledger_posting p SET debit_posted_minor = s.debit, credit_posted_minor = s.credit, debit_held_minor = 0
  FROM (SELECT merchant_id, number, leg, max(posted) FILTER (WHERE debits) AS debit, max(posted) FILTER (WHERE NOT debits) AS credit
    FROM after GROUP BY merchant_id, number, leg) s
  WHERE s.merchant_id = p.merchant_id AND s.number = p.number AND s.leg = p.leg`;

const JOURNALS = `
  WITH legs AS (
    SELECT merchant_id, number, int4send(count(*)::int) || string_agg(int4send(leg) || ledger_bytes(phase) || int4send(debit) || int4send(credit)
      || int8send(amount_minor) || int8send(debit_posted_minor) || int8send(debit_held_minor) || int8send(credit_posted_minor), ''::bytea ORDER BY leg) AS bytes
    FROM new_ledger_posting GROUP BY merchant_id, number
  ), said AS (
    SELECT j.merchant_id, j.number, j.id, j.verb, j.type, j.key, j.fingerprint, j.cause_type, j.cause_id, j.about, j.currency, j.details, j.amount_minor,
      (cash.posted_minor + sum(j.amount_minor) OVER (PARTITION BY j.merchant_id ORDER BY j.number))::bigint AS balance_after_minor,
      greatest(j.counts_at, b.last_at) AS counts_at, j.written_at, NULL::bytea AS hash, b.head, l.bytes
    FROM new_ledger_journal j JOIN ledger_book b ON b.merchant_id = j.merchant_id
    JOIN legs l ON l.merchant_id = j.merchant_id AND l.number = j.number
    JOIN ledger_account cash ON cash.merchant_id = j.merchant_id AND cash.currency = j.currency AND cash.number = 1
  )
  INSERT INTO ledger_journal (merchant_id, number, id, verb, type, key, fingerprint, cause_type, cause_id, about, currency, details, amount_minor,
    balance_after_minor, counts_at, written_at, hash)
  SELECT merchant_id, number, id, verb, type, key, fingerprint, cause_type, cause_id, about, currency, details, amount_minor, balance_after_minor,
    counts_at, written_at, pg_temp.chain(head, ROW(merchant_id, number, id, verb, type, key, fingerprint, cause_type, cause_id, about, currency, details,
      amount_minor, balance_after_minor, counts_at, written_at, hash)::ledger_journal, bytes) OVER (PARTITION BY merchant_id ORDER BY number)
  FROM said`;

export const BOOK_STEPS: readonly string[] = [
  OPENED,
  'ANALYZE new_ledger_journal, new_ledger_posting',
  POSTED,
  JOURNALS,
  'INSERT INTO ledger_posting SELECT * FROM new_ledger_posting',
  `UPDATE ledger_account a SET posted_minor = a.posted_minor + s.moved FROM (
     SELECT merchant_id, currency, account, sum(moved) AS moved FROM (
       SELECT merchant_id, currency, debit AS account, -amount_minor AS moved FROM new_ledger_posting
       UNION ALL SELECT merchant_id, currency, credit, amount_minor FROM new_ledger_posting) x GROUP BY 1, 2, 3) s
   WHERE a.merchant_id = s.merchant_id AND a.currency = s.currency AND a.number = s.account`,
  `UPDATE ledger_book b SET number = j.number, head = j.hash, last_at = j.counts_at
   FROM (SELECT merchant_id, max(number) AS number FROM new_ledger_journal GROUP BY 1) n JOIN ledger_journal j USING (merchant_id, number)
   WHERE b.merchant_id = n.merchant_id`,
  'TRUNCATE new_ledger_journal, new_ledger_posting',
];
