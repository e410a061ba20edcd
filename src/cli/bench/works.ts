import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { load, type LoadResult, type Shot } from './load.ts';
import type { Stand } from './stand.ts';

/** One work of the bench: how it is done by the service, and by its limit. */
export interface Work {
  name: string;
  /** Units of work in one answer. */
  units: number;
  floor?: number;
  target?: number;
  /** What performance.md asks of it in other words than a ratio. */
  goal?: string;
  /** It has a database of its own: orders of the past do not change it. */
  apart?: true;
  /** It takes its time however short the rounds are, so `--quick` leaves it out. */
  slow?: true;
  ours: (stand: Stand, seconds: number) => Promise<LoadResult>;
  /** Null: there is no limit to hold it against. `http`: the bare program works, `sql`: PostgreSQL alone. */
  limit: { by: 'http' | 'sql'; run: (stand: Stand, seconds: number) => Promise<LoadResult> } | null;
}

const SHIP_TO = {
  ...{ name: 'Ada Buyer', line1: 'Hauptstr. 1', city: 'Leipzig', postal_code: '04109', country: 'DE' },
  phone: '+49341000000',
};
const JSON_TYPE = { 'content-type': 'application/json' };

let taken = 0;

/** Another merchant and other goods each time; one of the two lines is a battery, so there are two packages. */
function basket({ shops, skus }: Stand): { key: string; goods: object } {
  const n = (taken += 1);
  const [first = '', second = ''] = [skus[(n * 2) % skus.length], skus[(n * 6 + 1) % skus.length]];
  const items = [
    { sku: first, quantity: 1 },
    { sku: second, quantity: 1 },
  ];
  const key = shops[(n * 7919) % shops.length]?.key ?? '';
  return { key, goods: { currency: 'USD', ship_to: SHIP_TO, items } };
}

const order = (goods: object): object => ({ reference: randomUUID(), ...goods });

const post = (path: string, key: string, body: unknown): Shot => ({
  ...{ method: 'POST' as const, path, body: JSON.stringify(body) },
  headers: { ...JSON_TYPE, authorization: `Bearer ${key}`, 'idempotency-key': randomUUID() },
});

/** Another order each time. */
export function orderShot(stand: Stand): Shot {
  const { key, goods } = basket(stand);
  return post('/v1/orders', key, order(goods));
}

/** @param base of another process than the stand's own */
export const orders =
  (clients: number, base?: string): Work['ours'] =>
  (stand, seconds) =>
    load({
      ...{ base: base ?? stand.service.base, clients, seconds, expected: 201 },
      next: () => orderShot(stand),
    });

const bare =
  (path: string, clients: number): Work['ours'] =>
  (stand, seconds) =>
    load({
      ...{ base: stand.bare.base, clients, seconds, expected: 201 },
      next: () => ({
        ...{ method: 'POST' as const, path, headers: JSON_TYPE },
        body: JSON.stringify({ merchant: 1 + Math.floor(Math.random() * stand.shops.length), amount: 4_580 }),
      }),
    });

/** So many connections, each calling again as soon as it has an answer; `call` gets the connection and its number. */
export async function sqlLoad(
  url: string,
  { clients, seconds }: { clients: number; seconds: number },
  call: (client: pg.Client, n: number) => Promise<unknown>,
): Promise<LoadResult> {
  const connections = await Promise.all(
    Array.from({ length: clients }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  const times: number[] = [];
  const start = performance.now();
  await Promise.all(
    connections.map(async (client, n) => {
      while (performance.now() < start + seconds * 1000) {
        const sent = performance.now();
        await call(client, n);
        times.push(performance.now() - sent);
      }
    }),
  );
  const took = (performance.now() - start) / 1000;
  await Promise.all(connections.map((client) => client.end()));
  return { done: times.length, others: new Map(), seconds: took, times: Float64Array.from(times).sort() };
}

const anyMerchant = (stand: Stand): number => 1 + Math.floor(Math.random() * stand.shops.length);

const sqlOrders =
  (clients: number): Work['ours'] =>
  (stand, seconds) =>
    sqlLoad(stand.bareUrl, { clients, seconds }, (client) =>
      client.query({ name: 'order', text: 'SELECT bare_order($1, $2)', values: [anyMerchant(stand), 4_580] }),
    );

const BATCH = 50;

const sqlBatches: Work['ours'] = (stand, seconds) =>
  sqlLoad(stand.bareUrl, { clients: 4, seconds }, (client) =>
    client.query({
      ...{ name: 'batch', text: 'SELECT bare_order($1, 4580) FROM generate_series(1, $2)' },
      values: [anyMerchant(stand), BATCH],
    }),
  );

const batches: Work['ours'] = (stand, seconds) =>
  load({
    ...{ base: stand.service.base, clients: 4, seconds, expected: 200 },
    next: () => {
      const { key } = basket(stand);
      return post('/v1/orders/batch', key, { orders: Array.from({ length: BATCH }, () => order(basket(stand).goods)) });
    },
  });

const quotes: Work['ours'] = (stand, seconds) =>
  load({
    ...{ base: stand.service.base, clients: 16, seconds, expected: 201 },
    next: () => {
      const { key, goods } = basket(stand);
      return post('/v1/quotes', key, goods);
    },
  });

/** One journal by the wallet's verb, as the service calls it, without the service. */
const CHARGE = `SELECT (wallet_charge(ROW($1, gen_random_uuid(), NULL, 'order_charge', $2, NULL, 'order', $2, NULL, 'USD',
  jsonb_build_array(jsonb_build_object('text', 'Goods', 'minor', '-100')), NULL, clock_timestamp())::ledger_request, 100, 21, NULL)).status`;

const journals =
  (merchant: (stand: Stand) => number): Work['ours'] =>
  (stand, seconds) =>
    sqlLoad(stand.url, { clients: 16, seconds }, (client) =>
      client.query({ name: 'charge', text: CHARGE, values: [stand.shops[merchant(stand) - 1]?.id, randomUUID()] }),
    );

const transfers =
  (merchant: (stand: Stand) => number): Work['ours'] =>
  (stand, seconds) =>
    sqlLoad(stand.bareUrl, { clients: 16, seconds }, (client) =>
      client.query({ name: 'transfer', text: 'SELECT bare_transfer($1, 100)', values: [merchant(stand)] }),
    );

/** Charges of one merchant in one call, as a batch of orders makes them. */
const CHARGES = `SELECT count(*) FROM wallet_charges((SELECT jsonb_agg(jsonb_build_object('merchant_id', $1::uuid, 'id', gen_random_uuid(), 'type', 'order_charge',
  'key', $2::text || n, 'cause_type', 'order', 'cause_id', $2::text, 'currency', 'USD', 'lines', '[{"text":"Goods","minor":"-100"}]', 'at', clock_timestamp(),
  'amount', 100, 'blocks', NULL)) FROM generate_series(1, ${BATCH}) n), 21)`;

const journalBatches: Work['ours'] = (stand, seconds) =>
  sqlLoad(stand.url, { clients: 4, seconds }, (client) =>
    client.query({ name: 'charges', text: CHARGES, values: [stand.shops[anyMerchant(stand) - 1]?.id, randomUUID()] }),
  );

const transferBatches: Work['ours'] = (stand, seconds) =>
  sqlLoad(stand.bareUrl, { clients: 4, seconds }, (client) =>
    client.query({
      ...{ name: 'transfers', text: `SELECT bare_transfer($1, 100) FROM generate_series(1, ${BATCH})` },
      values: [anyMerchant(stand)],
    }),
  );

/**
 * Source: performance.md, Goals. Those against pgledger are given here as ratios of the minimal transfer, by the figures
 * of its table: 2 x 773 of 2,160 a second for the hot merchant, 1.5 x 7,550 of 29,000 for 50 a call.
 */
export const WORKS: readonly Work[] = [
  {
    ...{ name: 'order, 2 lines, 2 packages, 16 clients', units: 1, floor: 0.42, target: 0.85 },
    goal: 'p99 <= 40, target 20; 8 statements, 8 kB, 2 ms; target 3, 4 kB, 1.2 ms',
    ...{ ours: orders(16), limit: { by: 'http', run: bare('/orders', 16) } },
  },
  {
    ...{ name: 'order, 64 clients', units: 1, floor: 0.3, target: 0.5 },
    ...{ ours: orders(64), limit: { by: 'sql', run: sqlOrders(16) } },
  },
  {
    ...{ name: 'order, 1 client', units: 1, goal: 'target p50 2.5, p99 6' },
    ...{ ours: orders(1), limit: { by: 'http', run: bare('/orders', 1) } },
  },
  {
    ...{ name: `orders, ${BATCH} a request, 4 clients`, units: BATCH, floor: 0.35, target: 0.5 },
    ...{ ours: batches, limit: { by: 'sql', run: sqlBatches } },
  },
  {
    ...{ name: 'quote, 16 clients', units: 1, floor: 0.4, target: 0.7 },
    ...{ ours: quotes, limit: { by: 'http', run: bare('/quotes', 16) } },
  },
  {
    ...{ name: 'journal in SQL, any merchant', units: 1, floor: 0.45, target: 0.7 },
    ...{ ours: journals(anyMerchant), limit: { by: 'sql', run: transfers(anyMerchant) } },
  },
  {
    ...{ name: 'journal in SQL, one hot merchant', units: 1, floor: 0.72, target: 0.9 },
    ...{ ours: journals(() => 1), limit: { by: 'sql', run: transfers(() => 1) } },
  },
  {
    ...{ name: `journals in SQL, ${BATCH} a call`, units: BATCH, floor: 0.39, target: 0.7 },
    ...{ ours: journalBatches, limit: { by: 'sql', run: transferBatches } },
  },
];
