import pg from 'pg';
import { newId } from '../../src/kernel/ids.ts';
import { CAUSE, line, T0, usd, WalletBench } from '../support/wallet.ts';

const TABLES = ['book', 'account', 'journal', 'posting', 'charge', 'charge_share', 'refund', 'hold'] as const;

/** A sound other value, by the column's type. */
const OTHER: Readonly<Record<string, (column: string) => string>> = {
  bigint: (c) => `coalesce(${c}, 0) + 1`,
  integer: (c) => `coalesce(${c}, 0) + 1`,
  smallint: (c) => `${c} + 50`,
  bytea: (c) => `set_byte(${c}, 7, 255 - get_byte(${c}, 7))`,
  'timestamp with time zone': (c) => `coalesce(${c}, '2027-01-01') + interval '1 microsecond'`,
  uuid: () => `'01890000-0000-7000-8000-0000000000ff'`,
  boolean: (c) => `NOT ${c}`,
  character: () => `'EUR'`,
  ARRAY: () => `'{fee}'`,
  text: (c) => `${c} || ' '`,
};

let bench: WalletBench;
let intruder: pg.Client;

/** A book with every verb in it. */
async function history(): Promise<string> {
  const merchantId = await bench.merchantWith(usd('100.00'));
  const { wallet } = bench;
  const movement = (key: string) => ({ merchantId, key, cause: CAUSE, at: T0 });
  await bench.run(async (tx) => {
    const lot = { rank: 1, expiresAt: new Date('2026-06-01T00:00:00Z'), paysFor: ['order_charge'] as const };
    await wallet.grant(tx, { ...movement('g'), amount: usd('5.00'), explanation: line(usd('5.00')), ...lot });
    await wallet.charge(tx, {
      ...movement('o'),
      amount: usd('20.00'),
      explanation: line(usd('20.00')),
      contra: 'orders_in_progress',
      type: 'order_charge',
    });
    const refund = {
      charge: 'o',
      packageId: newId(),
      causeKind: 'undelivered',
      paidForPackage: usd('9.00'),
      explanation: line(usd('7.00')),
    };
    await wallet.refund(tx, { ...movement('d'), amount: usd('7.00'), ...refund });
    await wallet.settle(tx, { ...movement('s'), charge: 'o', goods: usd('9.00'), shipping: usd('4.00') });
    await wallet.hold(tx, { ...movement('h'), amount: usd('10.00'), contra: 'payout_clearing', text: 'Payout' });
    await wallet.capture(tx, { ...movement('c'), hold: 'h', currency: 'USD', amount: usd('4.00'), type: 'payout' });
    await wallet.release(tx, { ...movement('r'), hold: 'h', currency: 'USD', amount: usd('1.00') });
    const { journalId } = await wallet.adjust(tx, {
      ...movement('a'),
      amount: usd('-2.00'),
      explanation: line(usd('-2.00')),
    });
    await wallet.reverse(tx, { ...movement('v'), journalId, reason: 'Mistake' });
  });
  return merchantId;
}

beforeAll(async () => {
  bench = await WalletBench.open(4);
  await history();
  await history();
  intruder = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
  await intruder.connect();
  await intruder.query(`SET session_replication_role = replica`); // no trigger, no foreign key stands in the way
  for (const table of TABLES) await intruder.query(`CREATE TABLE sound_${table} AS SELECT * FROM ledger_${table}`);
});
afterAll(async () => {
  await intruder.end();
  await bench.close();
});

/** Does it behind the ledger's back, asks the verification, and puts everything back. */
async function found(sql: string): Promise<'refused' | number> {
  try {
    await intruder.query(sql);
  } catch (error) {
    if (error instanceof pg.DatabaseError && (error.code?.startsWith('23') ?? false)) return 'refused'; // a constraint stands
    throw error;
  }
  const { faults } = await bench.verification.run();
  for (const table of TABLES)
    await intruder.query(`DELETE FROM ledger_${table}; INSERT INTO ledger_${table} SELECT * FROM sound_${table}`);
  return faults.length;
}

it('finds nothing in a sound ledger', async () => {
  expect((await bench.verification.run()).faults).toEqual([]);
});

it('finds any column of any row changed', async () => {
  const columns = await intruder.query<{ table_name: string; column_name: string; data_type: string }>(
    `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_name LIKE 'ledger\\_%' AND table_schema = 'public' ORDER BY 1, 2`,
  );
  const missed: string[] = [];
  let changed = 0;
  for (const { table_name: table, column_name: column, data_type: type } of columns.rows) {
    const other = OTHER[type]?.(column);
    if (other === undefined) throw new Error(`What is another value of ${type}?`);
    const rows = await intruder.query<{ row: string }>(
      `SELECT ctid::text AS row FROM ${table} ORDER BY merchant_id LIMIT 3`,
    );
    for (const { row } of rows.rows) {
      const faults = await found(`UPDATE ${table} SET ${column} = ${other} WHERE ctid = '${row}'`);
      if (faults !== 'refused') changed += 1;
      if (faults === 0) missed.push(`${table}.${column}`);
      if (faults !== 'refused') break; // the rows moved
    }
  }
  expect(missed).toEqual([]);
  expect(changed).toBeGreaterThan(50);
}, 60_000);

it('finds any row deleted', async () => {
  const missed: string[] = [];
  for (const table of TABLES) {
    const { rows } = await intruder.query<{ n: string }>(`SELECT count(*) AS n FROM ledger_${table}`);
    for (let i = 0; i < Number.parseInt(rows[0]?.n ?? '0', 10); i += 1) {
      const faults = await found(
        `DELETE FROM ledger_${table} WHERE ctid = (SELECT ctid FROM ledger_${table} ORDER BY merchant_id LIMIT 1 OFFSET ${i})`,
      );
      if (faults === 0) missed.push(`${table} ${i}`);
    }
  }
  expect(missed).toEqual([]);
}, 60_000);

it.each([
  [
    'a journal and its posting at the end',
    `INSERT INTO ledger_journal SELECT merchant_id, 99, gen_random_uuid(), verb, type, 'mine', fingerprint, cause_type, cause_id, about, currency, details, amount_minor, balance_after_minor, counts_at, written_at, hash FROM ledger_journal WHERE number = 1`,
  ],
  [
    'a posting in an old journal',
    `INSERT INTO ledger_posting SELECT merchant_id, number, 9, phase, currency, debit, credit, amount_minor, debit_posted_minor, debit_held_minor, credit_posted_minor FROM ledger_posting WHERE number = 1`,
  ],
  [
    'a posting without a journal',
    `INSERT INTO ledger_posting SELECT merchant_id, 77, leg, phase, currency, debit, credit, amount_minor, debit_posted_minor, debit_held_minor, credit_posted_minor FROM ledger_posting WHERE number = 1`,
  ],
  [
    'an account',
    `INSERT INTO ledger_account (merchant_id, currency, number) SELECT merchant_id, 'EUR', 1 FROM ledger_book`,
  ],
  [
    'a refund',
    `INSERT INTO ledger_refund SELECT merchant_id, 1, charge_number, gen_random_uuid(), cause_kind, amount_minor FROM ledger_refund`,
  ],
  ['a hold', `INSERT INTO ledger_hold SELECT merchant_id, 1, currency, contra, amount_minor, 0, 0 FROM ledger_hold`],
  [
    'rows of a merchant without a book',
    `INSERT INTO ledger_hold SELECT gen_random_uuid(), 1, currency, contra, amount_minor, 0, 0 FROM ledger_hold`,
  ],
])('finds %s inserted', async (_, sql) => {
  expect(await found(sql)).toBeGreaterThan(0);
});

it.each([
  [
    'the legs of a journal',
    `UPDATE ledger_posting SET leg = 3 - leg + 10 WHERE number = 3; UPDATE ledger_posting SET leg = leg - 10 WHERE number = 3`,
  ],
  [
    'the amounts of two journals',
    `UPDATE ledger_posting SET amount_minor = CASE number WHEN 1 THEN 500 ELSE 10000 END WHERE number IN (1, 2)`,
  ],
  [
    'the books of two merchants',
    `UPDATE ledger_book b SET head = (SELECT head FROM ledger_book o WHERE o.merchant_id <> b.merchant_id)`,
  ],
  [
    'two journals',
    `UPDATE ledger_journal SET number = 1000 - number WHERE number IN (499, 501) OR number BETWEEN 7 AND 8; UPDATE ledger_journal SET number = number - 985 WHERE number > 990`,
  ],
])('finds %s swapped', async (_, sql) => {
  expect(await found(sql)).toBeGreaterThan(0);
});

it('names the book and the journal', async () => {
  const { rows } = await intruder.query<{ merchant_id: string }>(
    'SELECT merchant_id FROM ledger_book ORDER BY 1 LIMIT 1',
  );
  await intruder.query(
    `UPDATE ledger_posting SET amount_minor = amount_minor + 1 WHERE merchant_id = $1 AND number = 3 AND leg = 2`,
    [rows[0]?.merchant_id],
  );
  const { faults } = await bench.verification.run();
  expect(faults.length).toBeGreaterThan(0);
  expect(faults).toContainEqual(
    expect.objectContaining({ book: rows[0]?.merchant_id, journal: 3, rule: 'hash_chain' }),
  );
});
