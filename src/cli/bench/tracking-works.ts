import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { Client } from '../demo/client.ts';
import { folds } from './folds.ts';
import { load, type LoadResult, type Shot } from './load.ts';
import { paced } from './paced.ts';
import { copyParcels, type Parcel } from './parcels.ts';
import { ADMIN, COURIER_SECRET, type Stand } from './stand.ts';
import { orders, orderShot, sqlLoad, type Work } from './works.ts';

const KNOWN = 10_000;
const A_REQUEST = 100;
const A_SECOND = 100;
const REFUNDED = 400;
const HANDLED_MS = 300_000;
const LOOK_MS = 50;
const JSON_TYPE = { 'content-type': 'application/json' };

/** Made once a stand, when the first work needs it. */
function once<T>(make: (stand: Stand) => Promise<T>): (stand: Stand) => Promise<T> {
  const made = new WeakMap<Stand, Promise<T>>();
  return (stand) => {
    const known = made.get(stand) ?? make(stand);
    made.set(stand, known);
    return known;
  };
}

const known = once((stand) => copyParcels(stand, 'KNOWN', KNOWN));

const staffToken = once(async ({ service }) => {
  const { token } = await new Client(service.base).post<{ token: string }>('/v1/sessions', ADMIN);
  return token;
});

function any(parcels: readonly Parcel[]): string {
  return parcels[Math.floor(Math.random() * parcels.length)]?.number ?? '';
}

let minutes = 0;

/** Another instant each time, in the past. */
function nextInstant(): string {
  minutes += 1;
  return new Date(Date.UTC(2026, 0, 1) + minutes * 1_000).toISOString();
}

async function events(stand: Stand, seconds: number): Promise<LoadResult> {
  const [parcels, token] = [await known(stand), await staffToken(stand)];
  const event = () => ({
    ...{ courier: 'dhl', tracking_number: any(parcels), status: 'in_transit', occurred_at: nextInstant() },
    ...{ description: 'Departed facility', location: 'Leipzig, DE', event_id: randomUUID() },
  });
  return load({
    ...{ base: stand.service.base, clients: 4, seconds, expected: 200 },
    next: () => ({
      ...{ method: 'POST' as const, path: '/v1/tracking/events' },
      headers: { ...JSON_TYPE, authorization: `Bearer ${token}` },
      body: JSON.stringify({ events: Array.from({ length: A_REQUEST }, event) }),
    }),
  });
}

const RAW = `INSERT INTO bare_tracking SELECT 'dhl', n, decode(h, 'hex'), 'in_transit', clock_timestamp()
  FROM unnest($1::text[], $2::text[]) AS u (n, h) ON CONFLICT DO NOTHING`;

const rawEvents: Work['ours'] = (stand, seconds) =>
  sqlLoad(stand.bareUrl, { clients: 4, seconds }, (client) => {
    const numbers = Array.from({ length: A_REQUEST }, () => `KNOWN${Math.floor(Math.random() * KNOWN)}`);
    const hashes = numbers.map(() => randomUUID().replaceAll('-', ''));
    return client.query({ name: 'raw events', text: RAW, values: [numbers, hashes] });
  });

/** A message of EasyPost about one parcel, signed. */
function push(number: string, [status, message]: readonly [string, string]): Shot {
  const detail = { status, status_detail: 'unknown', message, datetime: nextInstant() };
  const result = { tracking_code: number, carrier: 'DHL', status, tracking_details: [detail] };
  const body = JSON.stringify({ object: 'Event', id: `evt_${randomUUID()}`, result });
  const signature = createHmac('sha256', COURIER_SECRET.normalize('NFKD')).update(body).digest('hex');
  const headers = { ...JSON_TYPE, 'x-hmac-signature': `hmac-sha256-hex=${signature}` };
  return { method: 'POST', path: '/v1/tracking/easypost', headers, body };
}

async function pushes(stand: Stand, seconds: number): Promise<LoadResult> {
  const parcels = await known(stand);
  return paced({
    ...{ base: stand.service.base, perSecond: A_SECOND, seconds, expected: 200 },
    next: () => push(any(parcels), ['in_transit', 'Departed facility']),
  });
}

interface Sent {
  key: string;
  number: string;
}

/** Orders that were placed and paid, each of another merchant, and are with their courier; made anew when few are left. */
const waiting = new WeakMap<Stand, Sent[]>();

async function paid(stand: Stand): Promise<Sent[]> {
  const left = waiting.get(stand) ?? [];
  const parcels = left.length < REFUNDED / 2 ? [...left, ...(await sendSome(stand))] : left;
  waiting.set(stand, parcels);
  return parcels;
}

async function sendSome(stand: Stand): Promise<Sent[]> {
  const { service, shops, skus, url } = stand;
  const ship_to = {
    ...{ name: 'Ada Buyer', line1: 'Hauptstr. 1', city: 'Leipzig', postal_code: '04109', country: 'DE' },
    phone: '+49341000000',
  };
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const parcels: Sent[] = [];
    for (const { key } of shops.slice(0, REFUNDED)) {
      const order = { reference: randomUUID(), currency: 'USD', ship_to, items: [{ sku: skus[0], quantity: 1 }] };
      await new Client(service.base).as(key).post('/v1/orders', order);
      parcels.push({ key, number: order.reference });
    }
    await client.query(
      `WITH gone AS (UPDATE package SET status = 'handed_over', courier = 'dhl', service = 'parcel', tracking_number = order_reference,
           labelled_at = planned_at, handed_over_at = planned_at, handed_over_by = 'manifest'
         WHERE order_reference = ANY ($1::text[]) RETURNING merchant_id, id, tracking_number)
       INSERT INTO tracking_route (courier, number_key, merchant_id, package_id)
         SELECT 'dhl', upper(tracking_number), merchant_id, id FROM gone`,
      [parcels.map(({ number }) => number)],
    );
    await allHandled(client);
    return parcels;
  } finally {
    await client.end();
  }
}

async function nothingWaits({ url }: Stand): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await allHandled(client);
  await client.end();
}

/** Nothing that happened before runs beside. */
async function allHandled(client: pg.Client): Promise<void> {
  const end = performance.now() + HANDLED_MS;
  for (;;) {
    const { rows } = await client.query<{ open: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM event WHERE sequence IS NULL) OR EXISTS (SELECT 1 FROM event_delivery WHERE dead_at IS NULL) AS open`,
    );
    if (rows[0]?.open === false) return;
    if (performance.now() > end) throw new Error('Events are still waiting after five minutes.');
    await pause(LOOK_MS);
  }
}

/** From the courier's message that a parcel is back to the credit that its merchant can read, one after the other. */
async function refunds(stand: Stand, seconds: number): Promise<LoadResult> {
  await paid(stand);
  await nothingWaits(stand);
  return credits(stand, seconds);
}

async function credits(stand: Stand, seconds: number): Promise<LoadResult> {
  const parcels = await paid(stand);
  const { base } = stand.service;
  const times: number[] = [];
  const end = performance.now() + seconds * 1_000;
  const start = performance.now();
  while (performance.now() < end) {
    const parcel = parcels.pop();
    if (parcel === undefined) break;
    const { path, headers, body } = push(parcel.number, ['delivered', 'Delivered, To Original Sender']);
    const merchant = new Client(base).as(parcel.key);
    const before = await newestRefund(merchant);
    const sent = performance.now();
    await fetch(base + path, { method: 'POST', headers, ...(body === undefined ? {} : { body }) });
    while ((await newestRefund(merchant)) === before) await pause(1);
    times.push(performance.now() - sent);
  }
  const took = (performance.now() - start) / 1_000;
  return { done: times.length, others: new Map(), seconds: took, times: Float64Array.from(times).sort() };
}

async function newestRefund(merchant: Client): Promise<string | undefined> {
  const { data } = await merchant.get<{ data: { id: string }[] }>('/v1/wallet/transactions?type=refund&limit=1');
  return data[0]?.id;
}

/** The same while 16 clients' orders come in, half as many a second as when nothing else is asked. */
async function refundsBesideOrders(stand: Stand, seconds: number): Promise<LoadResult> {
  await paid(stand);
  const { done, seconds: took } = await orders(16)(stand, 1);
  const half = Math.ceil(done / took / 2);
  await nothingWaits(stand); // of what the whole rate told
  const beside = { base: stand.service.base, perSecond: half, seconds, expected: 201 };
  const [credited, placed] = await Promise.all([
    credits(stand, seconds),
    paced({ ...beside, next: () => orderShot(stand) }),
  ]);
  return { ...credited, note: `${placed.done} of ${half * seconds} orders beside` };
}

/** Source: performance.md, Goals: tracking. */
export const TRACKING_WORKS: readonly Work[] = [
  {
    ...{ name: `tracking events, ${A_REQUEST} a request, 4 clients`, units: A_REQUEST, floor: 0.15, target: 0.25 },
    ...{ ours: events, limit: { by: 'sql', run: rawEvents } },
  },
  {
    ...{ name: 'tracking folds, packages', units: 1, apart: true, goal: '>= 3,000/s, target 10,000/s' },
    ...{ ours: folds, limit: null },
  },
  {
    ...{ name: `tracking message answered, ${A_SECOND} a second`, units: 1, goal: 'p99 <= 50' },
    ...{ ours: pushes, limit: null },
  },
  {
    ...{ name: 'tracking message to credit, 1 client', units: 1, goal: 'p99 <= 50, target p50 5, p99 15' },
    ...{ ours: refunds, limit: null },
  },
  {
    ...{ name: 'message to credit beside half the orders', units: 1, goal: 'p99 <= 250, target 60' },
    ...{ ours: refundsBesideOrders, limit: null },
  },
];
