import pg from 'pg';
import { idOut } from '../../kernel/ids.ts';
import type { Ending, Sample } from './past.ts';

/** Of an order's some twenty events these are kept, so that a million orders fit on a disk. */
const TOLD = `('order.placed', 'package.in_transit', 'package.delivered', 'wallet.credited', 'order.settled')`;
/** What an order leaves behind, and which of its merchant's rows are the order's. */
const TABLES: Readonly<Record<string, string>> = {
  ...{ orders: '', order_line: '', order_address: '', package: '', package_item: '', package_address: '' },
  ...{ package_step: '', decision: '', invoice: '', report_package: '', report_package_item: '', report_refund: '' },
  ...{ tracking_event: '', tracking_route: '', tracking_told: '', idempotency: '' },
  ...{ event: `AND name IN ${TOLD}`, event_view: `AND type IN ${TOLD}` },
  ...{ ledger_charge: '', ledger_charge_share: '', ledger_refund: '' },
  ...{ ledger_journal: 'AND number > 1', ledger_posting: 'AND number > 1' }, // 1 is the top-up
};
/** Journals are written where the ledger's own order, sums and chain are added to them (books.ts). */
const STAGED = new Set(['ledger_journal', 'ledger_posting']);
const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/;

/** Rows of a sample as texts, and the types of their columns. */
interface Footprint {
  table: string;
  types: Readonly<Record<string, string>>;
  rows: Readonly<Record<string, string | null>>[];
}

/** How one order is copied: its statements read `made`, which has a row for each copy (history.ts). */
export interface Copier {
  ending: Ending;
  statements: string[];
  /** Events, invoices and journals of one order. */
  events: number;
  invoices: number;
  journals: number;
}

/** Writes down how the sample's rows become those of any order: ids, instants, numbers and names are the copy's own. */
export async function copierOf(client: pg.Client, { ending, merchantId }: Sample): Promise<Copier> {
  const prints: Footprint[] = [];
  for (const table of Object.keys(TABLES)) prints.push(await footprint(client, table, merchantId));
  const rowsOf = (name: string) => prints.find(({ table }) => table === name)?.rows ?? [];
  const [order] = rowsOf('orders');
  const [parcel] = rowsOf('package');
  if (order === undefined || parcel === undefined) throw new Error(`The sample ${ending} has no order with a package.`);
  const known = new Names({
    ...{ orderId: order['id'] ?? '', packageId: parcel['id'] ?? '', reference: order['reference'] ?? '' },
    number: parcel['tracking_number'] ?? null,
    own: prints.flatMap(({ rows }) => rows.flatMap(({ id }) => id ?? [])),
    start: instant(order['created_at'] ?? ''),
    sequences: rowsOf('event').map(({ sequence }) => sequence ?? ''),
  });
  return {
    ending,
    statements: prints.flatMap((print) => print.rows.map((row) => statement(print, row, { known, ending }))),
    events: rowsOf('event').length,
    invoices: rowsOf('invoice').length,
    journals: rowsOf('ledger_journal').length,
  };
}

async function footprint(client: pg.Client, table: string, merchantId: string): Promise<Footprint> {
  const { rows: columns } = await client.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = '' ORDER BY attnum`,
    [table],
  );
  const owner = table === 'idempotency' ? 'owner_id' : 'merchant_id';
  const order = columns.find(({ name }) => name === 'sequence' || name === 'number') ?? columns[0];
  const { rows } = await client.query<Record<string, string | null>>(
    `SELECT ${columns.map(({ name }) => `${name}::text`).join(', ')} FROM ${table} AS t WHERE ${owner} = $1 ${TABLES[table] ?? ''} ORDER BY t.${order?.name ?? '1'}`,
    [merchantId],
  );
  return { table, types: Object.fromEntries(columns.map(({ name, type }) => [name, type])), rows };
}

function statement(
  { table, types }: Footprint,
  row: Readonly<Record<string, string | null>>,
  { known, ending }: { known: Names; ending: Ending },
): string {
  const columns = Object.entries(types);
  const values = columns.map(([name, type]) => known.expression(`${table}.${name}`, type, row[name] ?? null));
  const into = STAGED.has(table) ? `pg_temp.new_${table}` : table;
  return `INSERT INTO ${into} (${columns.map(([name]) => name).join(', ')}) SELECT ${values.join(', ')} FROM made AS m WHERE m.ending = '${ending}' ORDER BY m.n`;
}

const instant = (text: string): number => Date.parse(text.replace(' ', 'T').replace(/\+00$/, 'Z'));

interface Known {
  orderId: string;
  packageId: string;
  reference: string;
  number: string | null;
  /** Ids of the sample's rows. */
  own: readonly string[];
  /** When it was placed, in ms. */
  start: number;
  /** Numbers of the events that are copied, in order. */
  sequences: readonly string[];
}

/** What in a sample is a name of its own, and where each copy has its. */
class Names {
  private readonly texts: ReadonlyMap<string, string>;
  private readonly pattern: RegExp;
  private readonly own: ReadonlySet<string>;

  constructor(private readonly known: Known) {
    const { orderId, packageId, reference, number } = known;
    this.own = new Set(known.own);
    this.texts = new Map([
      [idOut('ord', orderId), 'm.ord'],
      [idOut('pkg', packageId), 'm.pkg'],
      [reference, `'PAST-' || m.n`],
      ...(number === null ? [] : [[number, `'PAST' || m.n`] as const]),
    ]);
    this.pattern = new RegExp(`(${[...this.texts.keys(), UUID.source].join('|')})`);
  }

  /** The SQL of a column's value, of the copy `m`. */
  expression(column: string, type: string, text: string | null): string {
    if (/\.(merchant|owner)_id$/.test(column)) return 'm.merchant_id';
    if (text === null) return 'NULL';
    if (column === 'event.lane') return 'm.lane';
    if (/^event(_view)?\.sequence$/.test(column)) return `m.events + ${this.known.sequences.indexOf(text) + 1}`;
    if (column === 'invoice.number') return `m.invoices + ${text}`;
    // the sample's top-up is its journal 1
    if (/^ledger_.*(number|about)$/.test(column)) return `m.journals + ${text} - 1`;
    if (column === 'ledger_journal.counts_at') return 'm.at'; // an order's end, too: books are in the order of time
    if (column === 'idempotency.key') return 'gen_random_uuid()::text'; // as callers choose them
    if (type === 'timestamp with time zone')
      return `m.at + interval '${Math.max(0, instant(text) - this.known.start)} ms'`;
    if (type === 'uuid') return this.uuid(text);
    const parts = text.split(this.pattern).filter((part) => part !== '');
    const named = parts.map(
      (part) => this.texts.get(part) ?? (UUID.test(part) ? `${this.uuid(part)}::text` : literal(part)),
    );
    return `(${named.length === 0 ? `''` : named.join(' || ')})::${type}`;
  }

  private uuid(id: string): string {
    if (id === this.known.orderId) return 'm.id';
    if (id === this.known.packageId) return 'm.package_id';
    return this.own.has(id) ? `pg_temp.id_at(m.at, '${id.slice(-9)}' || m.n)` : `'${id}'::uuid`;
  }
}

const literal = (text: string): string => pg.escapeLiteral(text);
