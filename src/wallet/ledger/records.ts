import type { EntityManager } from 'typeorm';
import { rows } from '../../database/sql.ts';

/** Rows as the verification reads them: amounts bigint, instants as microseconds, so that nothing is rounded. */
export interface BookRecord {
  number: bigint;
  head: Buffer;
  openedUs: bigint;
  lastUs: bigint;
}

export interface PostingRecord {
  number: bigint;
  leg: number;
  phase: string;
  currency: string;
  debit: number;
  credit: number;
  amount: bigint;
  debitPosted: bigint;
  debitHeld: bigint;
  creditPosted: bigint;
}

export interface JournalRecord {
  number: bigint;
  id: string;
  verb: string;
  type: string | null;
  key: string;
  fingerprint: Buffer;
  causeType: string;
  causeId: string;
  about: bigint | null;
  currency: string;
  details: string;
  amount: bigint;
  balanceAfter: bigint;
  countsUs: bigint;
  writtenUs: bigint;
  hash: Buffer;
}

export interface AccountRecord {
  currency: string;
  number: number;
  posted: bigint;
  held: bigint;
  rank: number | null;
  expiresUs: bigint | null;
  paysFor: string[] | null;
  open: boolean;
}

/** Where the replay of a book has brought an account. */
export interface AccountState {
  posted: bigint;
  held: bigint;
}

export const accountKey = (currency: string, account: number): string => `${currency} ${account}`;

const us = (column: string) => `(extract(epoch FROM ${column}) * 1000000)::bigint`;

/** PostgreSQL's bigint arrives as text: the named fields become bigint. */
async function read<T>(
  tx: EntityManager,
  sql: string,
  params: readonly unknown[],
  fields: readonly string[],
): Promise<T[]> {
  const exact = ([name, value]: [string, unknown]): [string, unknown] => [
    name,
    fields.includes(name) && typeof value === 'string' ? BigInt(value) : value,
  ];
  const found = await rows<Record<string, unknown>>(tx, sql, params);
  return found.map((row) => Object.fromEntries(Object.entries(row).map(exact)) as T);
}

export async function readBook(tx: EntityManager, merchantId: string): Promise<BookRecord | null> {
  const sql = `SELECT number, head, ${us('opened_at')} AS "openedUs", ${us('last_at')} AS "lastUs" FROM ledger_book WHERE merchant_id = $1`;
  const [book] = await read<BookRecord>(tx, sql, [merchantId], ['number', 'openedUs', 'lastUs']);
  return book ?? null;
}

/** Journals after a number, oldest first. */
export function readJournals(
  tx: EntityManager,
  merchantId: string,
  after: bigint,
  limit: number,
): Promise<JournalRecord[]> {
  return read(
    tx,
    `SELECT number, id, verb, type, key, fingerprint, cause_type AS "causeType", cause_id AS "causeId", about, currency, details,
       amount_minor AS amount, balance_after_minor AS "balanceAfter", ${us('counts_at')} AS "countsUs", ${us('written_at')} AS "writtenUs", hash
     FROM ledger_journal WHERE merchant_id = $1 AND number > $2 ORDER BY number LIMIT $3`,
    [merchantId, after, limit],
    ['number', 'about', 'amount', 'balanceAfter', 'countsUs', 'writtenUs'],
  );
}

/** Postings of journals after a number, up to and with another (null: all that there are). */
export function readPostings(
  tx: EntityManager,
  merchantId: string,
  after: bigint,
  upTo: bigint | null,
): Promise<PostingRecord[]> {
  return read(
    tx,
    `SELECT number, leg, phase, currency, debit, credit, amount_minor AS amount, debit_posted_minor AS "debitPosted",
       debit_held_minor AS "debitHeld", credit_posted_minor AS "creditPosted"
     FROM ledger_posting WHERE merchant_id = $1 AND number > $2 AND ($3::bigint IS NULL OR number <= $3) ORDER BY number, leg`,
    [merchantId, after, upTo],
    ['number', 'amount', 'debitPosted', 'debitHeld', 'creditPosted'],
  );
}

export function readAccounts(tx: EntityManager, merchantId: string): Promise<AccountRecord[]> {
  return read(
    tx,
    `SELECT currency, number, posted_minor AS posted, held_minor AS held, rank, ${us('expires_at')} AS "expiresUs", pays_for AS "paysFor", open
     FROM ledger_account WHERE merchant_id = $1`,
    [merchantId],
    ['posted', 'held', 'expiresUs'],
  );
}

/** What the ledger keeps beside the journals to be quick: each row as one text, to be compared with the replay's. */
export async function readSums(tx: EntityManager, merchantId: string): Promise<Map<string, string>> {
  const found = await rows<{ name: string; says: string }>(
    tx,
    `SELECT 'charge ' || number AS name, concat_ws(' ', currency, contra, amount_minor, refunded_minor, drawn_minor, settled_minor) AS says
       FROM ledger_charge WHERE merchant_id = $1
     UNION ALL SELECT 'share ' || number || '/' || leg, concat_ws(' ', account, amount_minor, refunded_minor)
       FROM ledger_charge_share WHERE merchant_id = $1
     UNION ALL SELECT 'refund ' || number, concat_ws(' ', charge_number, coalesce(package_id::text, '-'), cause_kind, amount_minor)
       FROM ledger_refund WHERE merchant_id = $1
     UNION ALL SELECT 'hold ' || number, concat_ws(' ', currency, contra, amount_minor, captured_minor, released_minor)
       FROM ledger_hold WHERE merchant_id = $1`,
    [merchantId],
  );
  return new Map(found.map(({ name, says }) => [name, says]));
}

/** Merchants with a book, in order, after one. */
export async function readMerchants(tx: EntityManager, after: string | null, limit: number): Promise<string[]> {
  const found = await rows<{ merchant_id: string }>(
    tx,
    'SELECT merchant_id FROM ledger_book WHERE $1::uuid IS NULL OR merchant_id > $1 ORDER BY merchant_id LIMIT $2',
    [after, limit],
  );
  return found.map((row) => row.merchant_id);
}

/** Merchants of whom the ledger has rows but no book. */
export async function readBookless(tx: EntityManager): Promise<string[]> {
  const strays = ['account', 'journal', 'posting', 'charge', 'charge_share', 'refund', 'hold'].map(
    (table) =>
      `SELECT merchant_id FROM ledger_${table} x WHERE NOT EXISTS (SELECT 1 FROM ledger_book b WHERE b.merchant_id = x.merchant_id)`,
  );
  return (await rows<{ merchant_id: string }>(tx, strays.join(' UNION '))).map((row) => row.merchant_id);
}
