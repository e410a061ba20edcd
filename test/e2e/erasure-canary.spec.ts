import { createHmac, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rows } from '../../src/database/sql.ts';
import { Timers } from '../../src/events/timers.ts';
import type { Response } from 'supertest';
import { startApp, type TestApp } from '../support/app.ts';
import { JPEG } from '../support/claims.ts';
import { OK, Receiver } from '../support/receiver.ts';
import { ReturnStories } from '../support/returns.ts';
import { expectStatus, SHIP_TO, World, type Caller } from '../support/world.ts';
import type { Parcel } from '../support/case.ts';

const BUYER = {
  ...SHIP_TO,
  ...{ name: 'Zebedee Canary', line1: '77 Canarybird Street', phone: '+12175559977', email: 'zeb@canary.example' },
};
const WORDS = [BUYER.name, BUYER.line1, BUYER.phone, BUYER.email];
const SAYS = `${BUYER.name} of ${BUYER.line1}, ${BUYER.phone}, ${BUYER.email}`;

const receiver = new Receiver();
const evidence = fs.mkdtempSync(path.join(os.tmpdir(), 'canary-'));
let test: TestApp;
let world: World;
let cases: ReturnStories;
beforeAll(async () => {
  test = await startApp({ EVIDENCE_DIR: evidence, WEBHOOK_ALLOW_LOCAL: 'true', WEBHOOK_TIMEOUT_SECONDS: '2' });
  world = await World.open(test);
  await world.catalogue();
  cases = await ReturnStories.under(world, 'retail-standard');
  receiver.react = ({ type }) => (type.startsWith('claim.') ? { status: 200, body: `Thank you, ${SAYS}` } : OK);
  const hook = { url: await receiver.start(), events: ['*'] };
  expectStatus(await cases.merchant.caller.post('/v1/webhook-endpoints', hook), 201);
});
afterAll(async () => {
  await test.close();
  await receiver.stop();
});

/** Every table with one of the words anywhere in a row, as text or as the bytes of one. */
async function tablesWith(): Promise<string[]> {
  const tables = await rows<{ name: string }>(
    test.db,
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
       AND relname <> 'migrations' ORDER BY relname`,
  );
  const sought = WORDS.flatMap((word) => [word.toLowerCase(), Buffer.from(word).toString('hex')]);
  const found: string[] = [];
  for (const { name } of tables) {
    const sql = `SELECT 1 FROM "${name}" t WHERE EXISTS (SELECT 1 FROM unnest($1::text[]) w WHERE position(w IN lower(t::text)) > 0) LIMIT 1`;
    if ((await rows<unknown>(test.db, sql, [sought])).length > 0) found.push(name);
  }
  return found;
}

const filesWith = (): string[] =>
  fs
    .readdirSync(evidence, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => fs.readFileSync(file).includes(BUYER.name));

const post = (to: string, body: object = {}): Promise<unknown> =>
  cases.merchant.caller
    .post(to, body)
    .then((answer) => expectStatus(answer, answer.status < 300 ? answer.status : 200));

async function show(to: string, nth: number): Promise<void> {
  expectStatus(await photographed(cases.merchant.caller, to, nth), 201);
}

function photographed({ token }: Caller, to: string, nth: number): Promise<Response> {
  const file = Buffer.concat([JPEG, Buffer.from(`${SAYS} ${nth}`)]);
  return test.http
    .post(to)
    .set({ Authorization: `Bearer ${token ?? ''}`, 'Idempotency-Key': randomUUID() })
    .field('kind', 'photo')
    .attach('file', file, 'photo.jpg');
}

/** A file of orders, whose only row cannot be placed. */
async function imported(): Promise<void> {
  const row = `#1,${BUYER.email},paid,USD,1,NOTHING,true,${BUYER.name},${BUYER.line1},Springfield,62701,IL,US,${BUYER.phone}`;
  const head =
    'Name,Email,Financial Status,Currency,Lineitem quantity,Lineitem sku,Lineitem requires shipping,Shipping Name,Shipping Street,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone';
  const csv = { 'Content-Type': 'text/csv' };
  const answer = await cases.merchant.caller.send('post', '/v1/imports/orders', `${head}\n${row}`, csv);
  expect(expectStatus(answer, 200)).toMatchObject({ failed: 1 });
}

/** To another street first. */
async function placed(): Promise<Parcel> {
  const order = { ...world.order(`CANARY-${randomUUID()}`), ship_to: { ...BUYER, line1: '1 Other Street' } };
  const made = expectStatus<Parcel['order']>(await cases.merchant.caller.post('/v1/orders', order, randomUUID()), 201);
  expectStatus(await cases.merchant.caller.patch(`/v1/orders/${made.id}`, { ship_to: BUYER }), 200);
  const id = made.packages[0]?.id ?? '';
  const trackingNumber = cases.number();
  await world.ship(id, trackingNumber);
  return { order: made, id, path: `/v1/packages/${id}`, trackingNumber };
}

async function courierSays({ trackingNumber }: Parcel, status: string): Promise<void> {
  const event = { courier: 'ups', tracking_number: trackingNumber, status, description: `Nobody answers: ${SAYS}` };
  const occurred = { ...event, occurred_at: test.clock.now().toISOString(), event_id: randomUUID() };
  expectStatus(await world.admin.post('/v1/tracking/events', { events: [occurred] }), 200);
  await test.settle();
}

/** The buyer is named wherever somebody can write, and in every file. */
async function told(parcel: Parcel): Promise<void> {
  await courierSays(parcel, 'attempt_failed');
  await post(`${parcel.path}/delivery-instruction`, { action: 'change_address', ship_to: BUYER, note: SAYS });
  await post(`${parcel.path}/proof-of-attempt`, { note: SAYS });
  expectStatus(await world.admin.post(`${parcel.path}/delivery-instruction/passing-on`), 200);
  await courierSays(parcel, 'delivered');
  const claim = { order: parcel.order.id, package: parcel.id, type: 'damaged', items: [], description: SAYS };
  const { id } = (await post('/v1/claims', claim)) as { id: string };
  await post(`/v1/claims/${id}/messages`, { text: SAYS });
  expectStatus(await world.admin.post(`/v1/claims/${id}/messages`, { text: `We wrote to ${SAYS}` }), 201);
  expectStatus(await world.admin.post(`/v1/claims/${id}/decision`, { outcome: 'deny', note: `No: ${SAYS}` }), 200);
  await post(`/v1/claims/${id}/appeal`, { text: SAYS });
  await show(`/v1/claims/${id}/evidence`, 1);
  expectStatus(await world.admin.post(`/v1/claims/${id}/decision`, { outcome: 'deny', note: 'Still not.' }), 200);
  const asked = await cases.ask(parcel, 'quality', { description: SAYS });
  await show(`/v1/returns/${asked.id}/evidence`, 2);
  expectStatus(await world.admin.post(`/v1/returns/${asked.id}/approval`, { approved: false, note: 'Worn.' }), 200);
  await post(`/v1/orders/${parcel.order.id}/cancellation`, { reason: SAYS });
  const seen = { unopened: true, original_label: true, condition: 'original', note: SAYS };
  expectStatus(await world.admin.post(`${parcel.path}/receipt`, seen), 200);
  const receipt = { code: parcel.trackingNumber, sender: SAYS, note: SAYS };
  const { id: came } = expectStatus<{ id: string }>(await world.admin.post('/v1/receipts', receipt), 201);
  expectStatus(await photographed(world.admin, `/v1/receipts/${came}/photo`, 3), 200);
  await test.settle();
}

describe('a buyer who was named everywhere', () => {
  it('is nowhere any more after the erasure, in no table and no file', async () => {
    const parcel = await placed();
    await told(parcel);
    await cases.pass('P62D');
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
    await imported();
    expect(await tablesWith()).toEqual([
      ...['claim', 'claim_message', 'claim_step', 'decision', 'failed_delivery', 'goods_return', 'idempotency'],
      ...['import_run', 'order_address', 'package_address', 'package_receipt', 'tracking_event', 'tracking_message'],
      ...['unannounced_parcel', 'webhook_attempt'],
    ]);
    expect(filesWith()).toHaveLength(3);
    const books = async (): Promise<unknown> =>
      expectStatus(await cases.merchant.caller.get('/v1/wallet/statement?currency=USD'), 200);
    const before = await books();
    const erased = await cases.merchant.caller.post('/v1/erasures', { email: BUYER.email });
    expect(expectStatus(erased, 201)).toEqual({ erased: [parcel.order.id], waiting: [] });
    await test.settle();
    await test.app.get(Timers).tick();
    expect(await tablesWith()).toEqual([]);
    expect(filesWith()).toEqual([]);
    expect(await books()).toMatchObject({ lines: (before as { lines: object[] }).lines });
    const packages = expectStatus<{ data: object[] }>(await cases.merchant.caller.get(`${parcel.path}/events`), 200);
    expect(packages.data.length).toBeGreaterThan(1);
    expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
  });

  it('is forgotten in what a store sent and nobody could place', async () => {
    const store = { kind: 'shopify', name: 'The store', url: 'https://store.example', webhook_secret: 'shpss_canary' };
    const made = expectStatus<{ webhook_url: string }>(await cases.merchant.caller.post('/v1/stores', store), 201);
    const sample = new URL('../data/stores/shopify-order.json', import.meta.url);
    const body = fs.readFileSync(sample, 'utf8');
    const { email, shipping_address: to } = JSON.parse(body) as {
      email: string;
      shipping_address: { address1: string };
    };
    const signature = createHmac('sha256', store.webhook_secret).update(body).digest('base64');
    const sent = await test.http
      .post(new URL(made.webhook_url).pathname)
      .set({
        'content-type': 'application/json',
        'x-shopify-hmac-sha256': signature,
        'x-shopify-topic': 'orders/create',
      })
      .send(body);
    expect(expectStatus(sent, 200)).toMatchObject({ status: 'held' });
    const held = async (): Promise<unknown> =>
      rows(test.db, 'SELECT status FROM store_order t WHERE position(lower($1) IN lower(t::text)) > 0', [to.address1]);
    expect(await held()).toMatchObject([{ status: 'held' }]);
    const stranger = await world.merchant();
    expectStatus(await stranger.caller.post('/v1/erasures', { email }), 201);
    expect(await held()).toHaveLength(1);
    expectStatus(await cases.merchant.caller.post('/v1/erasures', { email }), 201);
    expect(await held()).toEqual([]);
    const [left] = await rows<object>(test.db, 'SELECT status, reason, draft FROM store_order');
    expect(left).toEqual({ status: 'passed_over', reason: 'erased', draft: null });
  });
});
