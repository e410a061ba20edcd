import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import pg from 'pg';
import { BOOK_STEPS, BOOK_TOOLS } from './books.ts';
import { copierOf, type Copier } from './copies.ts';
import { makeSamples, type Sample } from './past.ts';
import type { Stand } from './stand.ts';

/** So many orders a transaction. */
const PART = 20_000;
/** The past that they are spread over: settled by now, and no buyer's data is due to be forgotten. */
const [FROM_DAYS, TO_DAYS] = [150, 40] as const;
/** Orders of one large merchant among many small ones, and at most that share of all. */
const [LARGE, LARGE_SHARE] = [20_000, 0.2] as const;
/** Of the disk, for an order with its indexes; and what must stay free. */
export const ORDER_BYTES = 24_000;
const SPARE_BYTES = 5_000_000_000;

const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz';
const DIGITS = Array.from(
  { length: 26 },
  (_, n) => `substr('${BASE32}', 1 + substring(b FROM ${5 * n + 1} FOR 5)::int, 1)`,
);

/** An id as one made at that instant has it (UUIDv7), and how the API writes it. */
const TOOLS = `
  CREATE FUNCTION pg_temp.id_at(at timestamptz, salt text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(salt), 1, 3) || '8' || substr(md5(salt), 4, 15))::uuid
  $$;
  CREATE FUNCTION pg_temp.shown(id uuid) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT ${DIGITS.join(' || ')} FROM (SELECT B'00' || ('x' || replace(id::text, '-', ''))::bit(128)) AS t (b)
  $$;
  CREATE TEMP TABLE made (
    n bigint, ending text, merchant_id uuid, lane int, at timestamptz, id uuid, package_id uuid, ord text, pkg text,
    events bigint, invoices bigint, journals bigint, event_count int, invoice_count int, journal_count int
  );
  ${BOOK_TOOLS}`;

/** Two of a hundred were cancelled, four came back. $1, $2: from, to; $3: merchants; $4: of all; $5: every so many are the large merchant's */
const MADE = `
  WITH past AS (
    SELECT n, CASE WHEN n % 50 = 0 THEN 'cancelled' WHEN n % 25 = 1 THEN 'returned' ELSE 'delivered' END AS ending,
      ($3::uuid[])[CASE WHEN n % $5::bigint = 0 THEN 1 ELSE 1 + (n * 7919) % cardinality($3::uuid[]) END] AS merchant_id,
      date_trunc('milliseconds', today - interval '${FROM_DAYS} days' + n * interval '${FROM_DAYS - TO_DAYS} days' / $4::bigint) AS at
    FROM generate_series($1::bigint, $2::bigint) AS n, (SELECT clock_timestamp()) AS t (today)
  ), named AS (
    SELECT *, pg_temp.id_at(at, 'order' || n) AS id, pg_temp.id_at(at, 'package' || n) AS package_id FROM past
  )
  INSERT INTO made
  SELECT n, ending, merchant_id, ('x' || right(merchant_id::text, 4))::bit(16)::int % 16, at, id, package_id, 'ord_' || pg_temp.shown(id),
    'pkg_' || pg_temp.shown(package_id), coalesce(c.last, 0) + sum(k.events) OVER before, coalesce(i.last, 0) + sum(k.invoices) OVER before,
    b.number + sum(k.journals) OVER before, k.events, k.invoices, k.journals
  FROM named JOIN jsonb_to_recordset($6::jsonb) AS k (ending text, events int, invoices int, journals int) USING (ending)
  JOIN ledger_book b USING (merchant_id) LEFT JOIN event_counter c USING (merchant_id) LEFT JOIN invoice_series i USING (merchant_id)
  WINDOW before AS (PARTITION BY merchant_id ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;

/** The numbers in `made` are those before the order's own. */
const NUMBERED = [
  `UPDATE made SET events = events - event_count, invoices = invoices - invoice_count, journals = journals - journal_count`,
  `INSERT INTO event_counter AS c (merchant_id, last) SELECT merchant_id, max(events + event_count) FROM made GROUP BY 1
   ON CONFLICT (merchant_id) DO UPDATE SET last = excluded.last`,
  `INSERT INTO invoice_series AS c (merchant_id, last) SELECT merchant_id, max(invoices + invoice_count) FROM made GROUP BY 1
   ON CONFLICT (merchant_id) DO UPDATE SET last = excluded.last`,
  'ANALYZE made',
];

/** What a past belongs to. */
export type Place = Pick<Stand, 'url' | 'shops'> & { cluster: Pick<Stand['cluster'], 'url'> };

/** A stand's past, which grows. */
export class History {
  private made = 0;

  private constructor(
    private readonly stand: Place,
    private readonly copiers: readonly Copier[],
  ) {}

  /** The samples have a database of their own, gone when they are read. */
  static async open(stand: Place): Promise<History> {
    const { cluster } = stand;
    const database = `samples_${randomBytes(4).toString('hex')}`;
    try {
      const samples = await makeSamples(cluster, database);
      return new History(stand, await copiersOf(cluster.url(database), samples));
    } finally {
      const client = new pg.Client({ connectionString: cluster.url('postgres') });
      await client.connect();
      await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      await client.end();
    }
  }

  /**
   * Orders of the past months, each with its package, events, tracking, invoice, journals and kept answer, written
   * straight into the tables until there are so many; what triggers and foreign keys would check is true by the way
   * they are made. Stock is not moved: what was shipped had been received before.
   */
  async growTo(orders: number, progress: (text: string) => void): Promise<void> {
    const client = new pg.Client({ connectionString: this.stand.url });
    await client.connect();
    try {
      await client.query(`SET session_replication_role = replica; SET synchronous_commit = off; ${TOOLS}`);
      const began = performance.now();
      const from = this.made;
      while (this.made < orders) {
        await this.part(client, orders);
        const left = ((performance.now() - began) / (this.made - from)) * (orders - this.made);
        progress(`${this.made} of ${orders} orders of the past, ${Math.ceil(left / 60_000)} minutes to go`);
      }
      await client.query('VACUUM ANALYZE');
      await client.query('CHECKPOINT');
    } finally {
      await client.end();
    }
  }

  private async part(client: pg.Client, orders: number): Promise<void> {
    const last = Math.min(orders, this.made + PART);
    const every = Math.ceil(1 / Math.min(LARGE_SHARE, LARGE / orders));
    const sizes = this.copiers.map(({ ending, events, invoices, journals }) => ({
      ending,
      events,
      invoices,
      journals,
    }));
    await client.query('BEGIN');
    await client.query(MADE, [
      ...[this.made + 1, last, this.stand.shops.map(({ id }) => id), orders, every],
      JSON.stringify(sizes),
    ]);
    for (const step of NUMBERED) await client.query(step);
    for (const { statements } of this.copiers) for (const step of statements) await client.query(step);
    for (const step of BOOK_STEPS) await client.query(step);
    await client.query('TRUNCATE made');
    await client.query('COMMIT');
    this.made = last;
  }
}

async function copiersOf(url: string, samples: readonly Sample[]): Promise<Copier[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SET TimeZone = 'UTC'`);
    const copiers: Copier[] = [];
    for (const sample of samples) copiers.push(await copierOf(client, sample));
    return copiers;
  } finally {
    await client.end();
  }
}

/** @throws Error the disk has no room for so many orders */
export function holdsHistory(folder: string, orders: number): void {
  fs.mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = fs.statfsSync(folder);
  const [free, needed] = [bavail * bsize, orders * ORDER_BYTES + SPARE_BYTES];
  if (needed > free)
    throw new Error(
      `${orders} orders need ${gigabytes(needed)} GB of disk, ${gigabytes(free)} GB are free at ${folder}.`,
    );
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(0);
