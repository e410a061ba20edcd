import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { rows } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { newId } from '../../src/kernel/ids.ts';
import { QueueStore, type EndpointKey } from '../../src/notifications/webhooks/queue.store.ts';
import { startApp, type TestApp } from '../support/app.ts';

const NOW = new Date('2026-05-04T09:00:00Z');
const LATER = new Date('2026-05-07T09:00:00Z');
const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

let test: TestApp;
let queue: QueueStore;

/** Nobody sends: this process only answers. */
beforeAll(async () => {
  test = await startApp({ ROLE: 'api' });
  queue = test.app.get(QueueStore);
});

afterAll(async () => {
  await test.close();
});

beforeEach(async () => {
  for (const table of ['webhook_delivery', 'webhook_endpoint', 'event_view'])
    await rows(test.db, `DELETE FROM ${table}`);
});

async function endpoint(merchantId: string): Promise<EndpointKey> {
  const endpointId = newId();
  await rows(
    test.db,
    `INSERT INTO webhook_endpoint (merchant_id, id, url, events, status, created_at) VALUES ($1, $2, 'https://shop.example', '{*}', 'enabled', $3)`,
    [merchantId, endpointId, NOW],
  );
  return { merchantId, endpointId };
}

/** A delivery that is due. */
async function delivery({ merchantId, endpointId }: EndpointKey, order: string, sequence: number): Promise<string> {
  const [id, eventId] = [newId(), newId()];
  await rows(
    test.db,
    `INSERT INTO event_view (merchant_id, id, type, aggregate, sequence, created_at, data) VALUES ($1, $2, 'order.paid', $3, $4, $5, '{}')`,
    [merchantId, eventId, order, sequence, NOW],
  );
  await rows(
    test.db,
    `INSERT INTO webhook_delivery (merchant_id, id, endpoint_id, event_id, aggregate, sequence, status, next_at, give_up_at, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $7)`,
    [merchantId, id, endpointId, eventId, order, sequence, NOW, LATER],
  );
  return id;
}

const dueOf = async (key: EndpointKey, at = NOW): Promise<string[]> =>
  (await queue.due(key, at, 10)).map(({ id }) => id);

it('gives each merchant its turn, however many endpoints another one has', async () => {
  const [many, few] = [newId(), newId()];
  for (let n = 0; n < 5; n += 1) await delivery(await endpoint(many), newId(), n + 1);
  await delivery(await endpoint(few), newId(), 1);
  const turns = (await queue.dueEndpoints('me', NOW, 2)).map(({ merchantId }) => merchantId);
  expect(new Set(turns)).toEqual(new Set([many, few]));
});

it('leaves an endpoint to one process, until its lease ends or is given back', async () => {
  const key = await endpoint(newId());
  await delivery(key, newId(), 1);
  expect(await queue.lease(key, 'me')).toBe(true);
  expect(await queue.lease(key, 'you')).toBe(false);
  expect(await queue.dueEndpoints('you', NOW, 10)).toEqual([]);
  expect(await queue.renew('you', [key.endpointId])).toEqual(new Set());
  await queue.release(key, 'me');
  expect(await queue.lease(key, 'you')).toBe(true);
  await rows(test.db, `UPDATE webhook_endpoint SET lease_until = clock_timestamp() - interval '1 second'`);
  expect(await queue.lease(key, 'me')).toBe(true);
});

it('sends an order’s events one after the other, until one has failed too often to hold up the others', async () => {
  const key = await endpoint(newId());
  const order = newId();
  const [first, second] = [await delivery(key, order, 1), await delivery(key, order, 2)];
  const other = await delivery(key, newId(), 3);
  expect(await dueOf(key)).toEqual([first, other]);
  const attempt = await queue.claim(key, first, NOW, '{}');
  expect(attempt).toBe(1);
  expect(await dueOf(key)).toEqual([other]);
  const end = { durationMs: 5, statusCode: 500, error: null, responseHeaders: null, responseBody: null };
  const failed = { merchantId: key.merchantId, deliveryId: first, number: 1, end };
  await inTransaction(test.db, (tx) => queue.failed(tx, failed, { at: after(60), holds: true }));
  expect(await dueOf(key)).toEqual([other]);
  await inTransaction(test.db, (tx) => queue.failed(tx, failed, { at: after(60), holds: false }));
  expect(await dueOf(key)).toEqual([second, other]);
  await queue.delivered({ merchantId: key.merchantId, deliveryId: second, number: 1, end }, NOW);
  expect(await dueOf(key, after(61))).toEqual([other, first]);
});

it('lets one process claim a delivery, and gives it back where nobody reports', async () => {
  const key = await endpoint(newId());
  const id = await delivery(key, newId(), 1);
  const claims = await Promise.all([1, 2, 3, 4].map(() => queue.claim(key, id, NOW, '{}')));
  expect(claims.filter((number) => number !== null)).toEqual([1]);
  expect(await dueOf(key, after(20))).toEqual([]);
  expect(await dueOf(key, after(26))).toEqual([id]); // the time-out is 15 s
  expect(await queue.claim(key, id, after(26), '{}')).toBe(2);
});

it('lets a breaker and a disabled endpoint rest', async () => {
  const key = await endpoint(newId());
  await delivery(key, newId(), 1);
  await inTransaction(test.db, (tx) => queue.suffered(tx, key, { failures: 5, now: NOW, pausedUntil: after(30) }));
  expect(await queue.dueEndpoints('me', after(29), 10)).toEqual([]);
  expect(await queue.open(key, after(29))).toBeNull();
  expect(await queue.dueEndpoints('me', after(30), 10)).toEqual([key]);
  expect((await inTransaction(test.db, (tx) => queue.disable(tx, key, 'failing', NOW)))?.status).toBe('disabled');
  expect(await inTransaction(test.db, (tx) => queue.disable(tx, key, 'failing', NOW))).toBeNull();
  expect(await queue.dueEndpoints('me', after(60), 10)).toEqual([]);
});

it('sweeps away what is not listed any more, and what a deleted endpoint left', async () => {
  const [kept, gone] = [await endpoint(newId()), await endpoint(newId())];
  const [old, young] = [await delivery(kept, newId(), 1), await delivery(kept, newId(), 2)];
  await delivery(gone, newId(), 1);
  await rows(test.db, `UPDATE webhook_delivery SET status = 'delivered', created_at = $2 WHERE id = $1`, [old, NOW]);
  await rows(test.db, `UPDATE webhook_endpoint SET deleted_at = $2 WHERE id = $1`, [gone.endpointId, NOW]);
  expect(await queue.sweep(after(1))).toBe(2);
  const left = await rows<{ id: string }>(test.db, `SELECT id FROM webhook_delivery`);
  expect(left.map(({ id }) => id)).toEqual([young]);
  const endpoints = await rows<{ id: string }>(test.db, `SELECT id FROM webhook_endpoint`);
  expect(endpoints.map(({ id }) => id)).toEqual([kept.endpointId]);
});
