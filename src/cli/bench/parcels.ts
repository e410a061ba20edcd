import pg from 'pg';
import { newId } from '../../kernel/ids.ts';
import { Client } from '../demo/client.ts';
import type { Stand } from './stand.ts';

/** A parcel with its courier, as the one order of its own that it is. */
export interface Parcel {
  merchantId: string;
  orderId: string;
  packageId: string;
  number: string;
}

/** Where parcels can be: a service with merchants and goods. */
export type House = Pick<Stand, 'shops' | 'skus' | 'url'> & { service: { base: string } };

const AT_ONCE = 20_000;
const TABLES = ['orders', 'order_line', 'order_address', 'package', 'package_item', 'package_address'] as const;
const SHIP_TO = {
  ...{ name: 'Ada Buyer', line1: 'Hauptstr. 1', city: 'Leipzig', postal_code: '04109', country: 'DE' },
  phone: '+49341000000',
};

/** What of a row is the copy's own, by table: `$1` the original order, `m` the copies. */
const OWN: Readonly<Record<(typeof TABLES)[number], string>> = {
  orders: `'id', m.order_id, 'reference', m.number, 'status', 'shipped'`,
  order_line: `'order_id', m.order_id`,
  order_address: `'order_id', m.order_id`,
  package: `'id', m.package_id, 'order_id', m.order_id, 'order_reference', m.number, 'status', 'handed_over', 'courier', 'dhl',
    'service', 'parcel', 'tracking_number', m.number, 'labelled_at', o.planned_at, 'handed_over_at', o.planned_at, 'handed_over_by', 'manifest'`,
  package_item: `'package_id', m.package_id`,
  package_address: `'package_id', m.package_id`,
};

/**
 * So many copies of one order that was placed and paid, each of the next merchant, each with its courier. Their money
 * is the original's alone: nothing may be paid back for them.
 */
export async function copyParcels(
  { service, shops, skus, url }: House,
  prefix: string,
  count: number,
): Promise<Parcel[]> {
  const original = await new Client(service.base).as(shops[0]?.key ?? '').post<{ reference: string }>('/v1/orders', {
    ...{ reference: `${prefix}-original`, currency: 'USD', ship_to: SHIP_TO, items: [{ sku: skus[0], quantity: 1 }] },
  });
  const parcels = Array.from({ length: count }, (_, n): Parcel => {
    const merchantId = shops[n % shops.length]?.id ?? '';
    return { merchantId, orderId: newId(), packageId: newId(), number: `${prefix}${String(n).padStart(9, '0')}` };
  });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const of = await client.query<{ id: string }>('SELECT id FROM orders WHERE merchant_id = $1 AND reference = $2', [
      shops[0]?.id,
      original.reference,
    ]);
    for (let from = 0; from < count; from += AT_ONCE)
      await copy(client, of.rows[0]?.id ?? '', parcels.slice(from, from + AT_ONCE));
    await client.query(`ANALYZE orders, package, tracking_route`);
  } finally {
    await client.end();
  }
  return parcels;
}

async function copy(client: pg.Client, original: string, parcels: readonly Parcel[]): Promise<void> {
  const columns = [
    parcels.map((p) => p.merchantId),
    parcels.map((p) => p.orderId),
    parcels.map((p) => p.packageId),
    parcels.map((p) => p.number),
  ];
  const made = `unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS m (merchant_id, order_id, package_id, number)`;
  for (const table of TABLES) {
    const key = table.startsWith('package_')
      ? 'package_id = (SELECT id FROM package WHERE order_id = $5::uuid)'
      : `${table === 'orders' ? 'id' : 'order_id'} = $5::uuid`;
    await client.query(
      `INSERT INTO ${table} SELECT r.* FROM ${table} AS o, ${made},
         LATERAL jsonb_populate_record(o, jsonb_build_object('merchant_id', m.merchant_id, ${OWN[table]})) AS r
       WHERE o.${key}`,
      [...columns, original],
    );
  }
  await client.query(
    `INSERT INTO tracking_route (courier, number_key, merchant_id, package_id) SELECT 'dhl', m.number, m.merchant_id, m.package_id FROM ${made}`,
    columns,
  );
}
