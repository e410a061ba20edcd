import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { EVENT_NAMES } from '../../src/notifications/event-subjects.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, World } from '../support/world.ts';

interface Documented {
  post: {
    summary: string;
    requestBody: { content: { 'application/json': { schema: object; example: Record<string, unknown> } } };
  };
}

let test: TestApp;
let webhooks: Record<string, Documented>;
let world: World;
const schemas = new Map<string, ValidateFunction>();

beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  await world.catalogue();
  const document = expectStatus<{ webhooks: typeof webhooks; components: object }>(
    await test.http.get('/openapi.json'),
    200,
  );
  webhooks = document.webhooks;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'api', components: document.components });
  const within = (schema: object): object =>
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components')) as object;
  for (const [name, { post }] of Object.entries(webhooks)) {
    schemas.set(name, ajv.compile(within(post.requestBody.content['application/json'].schema)));
  }
});

afterAll(async () => {
  await test.close();
});

/** What a body lacks of its event's form; empty: nothing. */
function faultsOf(body: { type: string }): unknown[] {
  const holds = schemas.get(body.type);
  if (holds === undefined) return [`no webhook ${body.type}`];
  return holds(body) ? [] : (holds.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

it('is documented for every event, with an example that has the form it is said to have', () => {
  expect(Object.keys(webhooks).sort()).toEqual([...EVENT_NAMES].sort());
  const faults = Object.entries(webhooks).flatMap(([name, { post }]) => {
    const { example } = post.requestBody.content['application/json'];
    return faultsOf({ ...example, type: String(example['type']) }).map((fault) => `${name}: ${String(fault)}`);
  });
  expect(faults).toEqual([]);
  expect(JSON.stringify(webhooks)).not.toContain('"ship_to"');
  const empty = Object.entries(webhooks).filter(
    ([, { post }]) => Object.keys(post.requestBody.content['application/json'].example['data'] as object).length === 0,
  );
  expect(empty.map(([name]) => name)).toEqual([]);
});

it('tells events in the form that the document says', async () => {
  const merchant = await world.merchant('200.00');
  const order = expectStatus<{ id: string; packages: { id: string }[] }>(
    await merchant.caller.post('/v1/orders', world.order('DOCS-1')),
    201,
  );
  await world.ship(order.packages[0]?.id ?? '', '1Z0000000000000301');
  await test.settle();
  const said = { courier: 'ups', tracking_number: '1Z0000000000000301', occurred_at: test.clock.now().toISOString() };
  const events = ['in_transit', 'rto_initiated', 'rto_delivered'].map((status) => ({ ...said, status }));
  expectStatus(await world.admin.post('/v1/tracking/events', { events }), 200);
  const claimed = expectStatus<{ id: string; packages: { id: string }[] }>(
    await merchant.caller.post('/v1/orders', world.order('DOCS-2')),
    201,
  );
  await world.ship(claimed.packages[0]?.id ?? '', '1Z0000000000000302');
  await test.settle();
  const delivered = { ...said, tracking_number: '1Z0000000000000302', status: 'delivered' };
  expectStatus(await world.admin.post('/v1/tracking/events', { events: [delivered] }), 200);
  await test.settle();
  const secret = 'Ada Byron lives in Analytical Row';
  const claim = { order: claimed.id, type: 'damaged', items: [{ line: 1, quantity: 1 }], description: secret };
  expectStatus(await merchant.caller.post('/v1/claims', claim), 201);
  await test.settle();
  const feed = expectStatus<{ data: { type: string }[] }>(await merchant.caller.get('/v1/events?limit=100'), 200).data;
  expect(feed.map((event) => [event.type, faultsOf(event)])).toEqual(feed.map(({ type }) => [type, []]));
  const nouns = new Set(feed.map(({ type }) => type.split('.')[0]));
  expect(nouns).toEqual(new Set(['merchant', 'topup', 'wallet', 'order', 'package', 'claim']));
  expect(JSON.stringify(feed)).not.toMatch(/Byron|Analytical/);
});
