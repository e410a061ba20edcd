import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Refused, type Client } from './client.ts';
import { BUYERS, manifest, orderOf, prepare, signUp, transfer, type Shop } from './people.ts';
import type { Say } from './say.ts';
import {
  show,
  type DecisionShape,
  type MembershipShape,
  type MoneyShape,
  type OrderShape,
  type PackageShape,
  type QuoteShape,
  type StatementShape,
} from './shapes.ts';

/** Real answers of a courier, from test/data/tracking (MIT; origin in index.json). */
const RTO = { file: 'dhl_unified/rto_delivered_at_shipper_nl.json', number: 'JVGL06048524783718330083' };
const DELIVERED = { file: 'dhl_unified/delivered_de_no_tz.json', number: '423475729485' };

export interface Cast {
  anyone: Client;
  admin: Client;
  say: Say;
  /** The project's folder. */
  root: string;
}

interface Ingested {
  accepted: number;
  duplicates: number;
  unmatched: number;
}

/** The main job, told step by step over HTTP; everything printed is what the API answered. */
export async function tell(cast: Cast): Promise<Shop> {
  const [lumen, trail, hearth] = await signUps(cast);
  const order = await place(cast, lumen);
  await waitForMoney(cast, trail, hearth);
  const [returned, delivered] = await ship(cast, order);
  await track(cast, lumen, returned, delivered);
  await secondOrder(cast, lumen);
  await membership(cast, hearth);
  await books(cast, lumen, returned);
  return lumen;
}

async function signUps({ anyone, admin, say }: Cast): Promise<[Shop, Shop, Shop]> {
  say.chapter('Three merchants sign up and top up');
  const shops = [
    await signUp(anyone, 'Lumen & Linen', 'NL', 'USD'),
    await signUp(anyone, 'Trailhead Supply', 'US', 'USD'),
    await signUp(anyone, 'Hearth Goods', 'GB', 'GBP'),
  ] as const;
  for (const [shop, amount] of [
    [shops[0], '500.00'],
    [shops[1], '20.00'],
    [shops[2], '250.00'],
  ] as const) {
    const { reference, amount: money } = await transfer(shop, admin, amount);
    say.done(`${shop.name}: bank transfer ${reference} confirmed, ${show(money)} in the wallet`);
  }
  return [...shops];
}

async function place({ say }: Cast, shop: Shop): Promise<OrderShape> {
  say.chapter('A quote, then the order: a lamp and a power bank to Amersfoort');
  const basket = {
    ...{ currency: 'USD', ship_to: BUYERS.amersfoort, service: 'standard' },
    items: [
      { sku: 'LAMP-BRASS', quantity: 1 },
      { sku: 'POWERBANK', quantity: 1 },
    ],
  };
  const quote = await shop.client.post<QuoteShape>('/v1/quotes', basket);
  say.done(`quoted ${show(quote.total)} in ${quote.packages.length} packages:`);
  for (const { items, warehouse, why } of quote.packages) {
    say.note(
      `${items.map(({ sku, quantity }) => `${quantity} x ${sku}`).join(', ')} from ${warehouse} (${why.join('; ')})`,
    );
  }
  const body = { ...basket, reference: 'LUMEN-1001', quote: quote.id };
  const key = randomUUID();
  const first = await shop.client.send<OrderShape>('POST', '/v1/orders', { body, key });
  say.done(
    `order ${first.body.reference} is ${first.body.status}: ${show(first.body.total)} taken, discount ${show(first.body.discount)}`,
  );
  const again = await shop.client.send<OrderShape>('POST', '/v1/orders', { body, key });
  say.done(
    `the same request sent again: the same order (${again.body.id === first.body.id}), replayed (${again.replayed}), nothing taken twice`,
  );
  return first.body;
}

async function waitForMoney({ admin, say }: Cast, trail: Shop, hearth: Shop): Promise<void> {
  say.chapter('Other weather: an order that waits for money, and a cancellation');
  const tent = await trail.client.post<OrderShape>('/v1/orders', {
    ...{ reference: 'TRAIL-7', currency: 'USD', ship_to: BUYERS.austin },
    items: [{ sku: 'TENT-2P', quantity: 1 }],
  });
  say.done(`${trail.name}: ${tent.reference} is ${tent.status}, its stock reserved`);
  try {
    await admin.post(`/v1/packages/${tent.packages[0]?.id ?? ''}/pick`);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say.done(`the warehouse cannot touch it: ${error.status} ${error.problem.code ?? ''}`);
  }
  await transfer(trail, admin, '300.00');
  await admin.post('/v1/sandbox/drain');
  say.done(`money arrives, and it is ${(await orderOf(trail.client, tent.id)).status} by itself`);
  const vase = await hearth.client.post<OrderShape>('/v1/orders', {
    ...{ reference: 'HEARTH-31', currency: 'GBP', ship_to: { ...BUYERS.berlin }, service: 'standard' },
    items: [{ sku: 'VASE', quantity: 2 }],
  });
  const { decisions } = await hearth.client.post<{ decisions: { decision: DecisionShape }[] }>(
    `/v1/orders/${vase.id}/cancellation`,
    {
      reason: 'The buyer changed their mind',
    },
  );
  const [decision] = decisions;
  say.done(
    `${hearth.name}: ${vase.reference} cancelled before it was picked, ${decision?.decision.refund ? show(decision.decision.refund) : 'nothing'} back`,
  );
  say.note(`because ${decision?.decision.clauses[0]?.id ?? ''}: ${decision?.decision.clauses[0]?.text ?? ''}`);
  const { membership: on } = await hearth.client.post<{ membership: MembershipShape }>('/v1/membership', {
    plan: 'growth',
  });
  say.done(`${hearth.name} joins ${on.plan}: charged at once, and again on ${on.next_charge?.at.slice(0, 10) ?? ''}`);
}

async function ship({ admin, say }: Cast, order: OrderShape): Promise<[PackageShape, PackageShape]> {
  say.chapter('The warehouse picks, packs, labels and hands over');
  const [first, second] = order.packages;
  if (first === undefined || second === undefined) throw new Error('The demo’s order should have two packages.');
  try {
    await admin.post(`/v1/packages/${first.id}/pick`);
    await admin.post(`/v1/packages/${first.id}/pack`, { scans: [{ sku: 'CANDLE', quantity: 1 }], weight_g: 300 });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say.done(`a wrong scan is refused: ${error.problem.detail ?? ''}`);
  }
  const scans = first.items.map(({ sku, quantity }) => ({ sku, quantity }));
  await admin.post(`/v1/packages/${first.id}/pack`, { scans, weight_g: 1700 });
  const labelled = await admin.post<PackageShape>(`/v1/packages/${first.id}/label`, {
    ...{ courier: first.courier, service: first.service, tracking_number: RTO.number },
  });
  const other = await prepare(admin, second, {});
  const { id } = await manifest(admin, first.courier, [labelled, other]);
  say.done(`both scanned and labelled (${labelled.tracking_number ?? ''}, ${other.tracking_number ?? ''})`);
  say.done(`handed over to ${first.courier} with manifest ${id}`);
  say.note(`labels: /v1/packages/${first.id}/label.pdf, customs: …/customs.pdf with what was really paid`);
  return [labelled, other];
}

async function track(
  { admin, say, root }: Cast,
  shop: Shop,
  returned: PackageShape,
  delivered: PackageShape,
): Promise<void> {
  say.chapter('Tracking arrives: late, twice, in the wrong order');
  await admin.post(`/v1/sandbox/clock`, { now: '2019-06-03T12:00:00Z' });
  const payload = fs.readFileSync(path.join(root, 'test/data/tracking', RTO.file), 'utf8');
  const counts: Ingested[] = [];
  for (let sent = 0; sent < 3; sent += 1)
    counts.push(await admin.raw<Ingested>('/v1/tracking/dhl_unified', payload, 'application/json'));
  const simulation = await admin.post<{ events: number }>(`/v1/sandbox/packages/${delivered.id}/simulation`, {
    story: 'delivered',
  });
  await admin.post('/v1/sandbox/drain');
  say.done(
    `a real DHL answer of 42 events, sent three times: ${counts.map((c) => `${c.accepted} accepted/${c.duplicates} duplicate`).join(', ')}`,
  );
  say.done(`the other package: ${simulation.events} events of a simulated courier`);
  for (const { id } of [returned, delivered]) {
    const now = await shop.client.get<PackageShape>(`/v1/packages/${id}`);
    say.done(`${now.tracking_number ?? ''}: ${now.status}, refunded ${show(now.refunded)}`);
  }
  const decision = await shop.client.get<DecisionShape>(`/v1/packages/${returned.id}/decision`);
  say.done('why, in the policy’s own words:');
  for (const { id, text, effect } of decision.clauses) say.note(`${id}: ${text} -> ${effect}`);
  const { data } = await shop.client.get<{ data: { at: string; type: string; text: string }[] }>(
    `/v1/orders/${(await packageOrder(shop, returned)).order}/timeline?limit=100`,
  );
  say.done(`the order’s timeline has ${data.length} entries; the last ones:`);
  for (const { at, text } of data.slice(-5)) say.note(`${at}  ${text}`);
}

function packageOrder(shop: Shop, { id }: PackageShape): Promise<{ order: string }> {
  return shop.client.get<{ order: string }>(`/v1/packages/${id}`);
}

async function secondOrder({ admin, say, root }: Cast, shop: Shop): Promise<void> {
  say.chapter('August: another order, whose courier writes local times without a zone');
  await admin.post('/v1/sandbox/clock', { now: '2019-08-27T08:00:00Z' });
  const order = await shop.client.post<OrderShape>('/v1/orders', {
    ...{ reference: 'LUMEN-1002', currency: 'USD', ship_to: BUYERS.berlin, service: 'standard' },
    items: [
      { sku: 'MUG-BLUE', quantity: 2 },
      { sku: 'MUG-SAND', quantity: 1 },
    ],
  });
  say.done(
    `${order.reference}: three mugs, ${show(order.discount)} off by the quantity tier, ${show(order.total)} in all`,
  );
  const [parcel] = order.packages;
  if (parcel === undefined) throw new Error('The demo’s second order should have a package.');
  const labelled = await prepare(admin, parcel, { number: DELIVERED.number });
  await admin.post(`/v1/packages/${labelled.id}/hand-over`);
  await admin.post('/v1/sandbox/clock', { now: '2019-08-30T12:00:00Z' });
  await admin.raw(
    '/v1/tracking/dhl_unified',
    fs.readFileSync(path.join(root, 'test/data/tracking', DELIVERED.file), 'utf8'),
    'application/json',
  );
  await admin.post('/v1/sandbox/drain');
  const done = await orderOf(shop.client, order.id);
  say.done(`${DELIVERED.number}: ${done.packages[0]?.status ?? ''}; the order is ${done.status}`);
}

async function membership({ say }: Cast, { name, client }: Shop): Promise<void> {
  const { next_charge: next } = await client.get<MembershipShape>('/v1/membership');
  const fees = await client.get<{ data: { amount: MoneyShape; created_at: string }[] }>(
    '/v1/wallet/transactions?type=membership_fee',
  );
  say.done(
    `${name}’s plan was charged ${fees.data.length} times on the way, each month once; next: ${next === null ? '' : show(next.amount)} on ${next?.at.slice(0, 10) ?? ''}`,
  );
}

async function books({ admin, say }: Cast, shop: Shop, returned: PackageShape): Promise<void> {
  say.chapter('The statement, and the books');
  const statement = await shop.client.get<StatementShape>('/v1/wallet/statement?currency=USD');
  const row = (at: string, what: string, amount: string, balance: string): string =>
    `${at.padEnd(20)} ${what.padEnd(44)} ${amount.padStart(10)} ${balance.padStart(10)}`;
  say.block(row('', 'opening', '', statement.opening.amount));
  for (const { created_at: at, type, cause, amount, balance_after: after } of statement.lines) {
    say.block(row(at.slice(0, 19), `${type} (${cause.type} …${cause.id.slice(-6)})`, amount.amount, after.amount));
  }
  say.block(row('', 'closing', '', statement.closing.amount));
  const refund = await shop.client.get<PackageShape>(`/v1/packages/${returned.id}`);
  say.done(`the returned package’s ${show(refund.refunded)} is there, once`);
  const { checked, faults } = await admin.get<{ checked: unknown; faults: unknown[] }>('/v1/ledger/verification');
  say.done(`every book recomputed from its first posting (${JSON.stringify(checked)}): ${faults.length} faults`);
}
