import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import { idOut, newId, type IdPrefix } from '../../src/kernel/ids.ts';
import { asMerchant } from '../../src/database/scope.ts';
import { rows } from '../../src/database/sql.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { tenantTables, TenantStatements } from '../support/tenant-statements.ts';
import type { Caller } from '../support/world.ts';
import { expectStatus, SHIP_TO, World, type Merchant } from '../support/world.ts';

interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: string;
}

/** Bodies that pass validation, so that the answer comes from looking the id up. */
const BODIES: Readonly<Record<string, object>> = {
  'post /v1/orders/{id}/cancellation': {},
  'patch /v1/orders/{id}': { ship_to: SHIP_TO },
  'patch /v1/claims/{id}': { description: 'Broken.' },
  'post /v1/claims/{id}/messages': { text: 'Hello?' },
  'post /v1/claims/{id}/appeal': { text: 'Please look again.' },
  'post /v1/sandbox/packages/{id}/simulation': { story: 'delivered' },
  'post /v1/packages/{id}/delivery-instruction': { action: 'reattempt' },
  'post /v1/webhook-endpoints/{id}/redelivery': { from: '2026-05-01T00:00:00Z', to: '2026-05-02T00:00:00Z' },
  'post /v1/returns/{id}/tracking': { courier: 'ups', tracking_number: '1Z0000000000000010' },
};

const PREFIX: readonly [RegExp, IdPrefix][] = [
  [/^\/v1\/orders\//, 'ord'],
  [/^\/v1\/(sandbox\/)?packages\//, 'pkg'],
  [/^\/v1\/quotes\//, 'quo'],
  [/^\/v1\/top-ups\//, 'top'],
  [/^\/v1\/payouts\//, 'pay'],
  [/^\/v1\/journals\//, 'jnl'],
  [/^\/v1\/api-keys\//, 'key'],
  [/^\/v1\/manifests\//, 'mfs'],
  [/^\/v1\/webhook-endpoints\//, 'whe'],
  [/^\/v1\/webhook-deliveries\//, 'whd'],
  [/^\/v1\/events\//, 'evt'],
  [/^\/v1\/returns\//, 'ret'],
  [/^\/v1\/sourcing-requests\//, 'srq'],
  [/^\/v1\/claims\//, 'clm'],
  [/^\/v1\/invoices\//, 'inv'],
  [/^\/v1\/wallet\/statement-documents\//, 'doc'],
];

describe('another merchant’s ids', () => {
  let test: TestApp;
  let world: World;
  let owner: Merchant;
  let stranger: Merchant;
  let operations: Operation[];
  const statements = new TenantStatements();
  const owned = new Map<IdPrefix, string>();

  beforeAll(async () => {
    test = await startApp({ PAYOUT_RULE: 'surplus', WEBHOOK_ALLOW_LOCAL: 'true' });
    world = await World.open(test);
    await world.catalogue();
    owner = await world.merchant('500.00');
    stranger = await world.merchant('500.00');
    await collect();
    const document = expectStatus<{ paths: Record<string, Record<string, unknown>> }>(
      await test.http.get('/openapi.json'),
      200,
    );
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method as Operation['method'], path })),
    );
  });

  afterAll(async () => {
    statements.stop();
    await test.close();
  });

  /** One thing of each kind that the owner has. */
  async function collect(): Promise<void> {
    const order = expectStatus<{ id: string; packages: { id: string }[] }>(
      await owner.caller.post('/v1/orders', world.order('OWN-1')),
      201,
    );
    owned.set('ord', order.id).set('pkg', order.packages[0]?.id ?? '');
    await world.ship(order.packages[0]?.id ?? '', '1Z0000000000000009');
    const { caller } = owner;
    const wish = { name: 'A bamboo lamp' };
    owned.set('srq', expectStatus<{ id: string }>(await caller.post('/v1/sourcing-requests', wish), 201).id);
    const back = { order: order.id, type: 'quality' };
    owned.set('ret', expectStatus<{ id: string }>(await caller.post('/v1/returns', back), 201).id);
    const quote = { currency: 'USD', ship_to: SHIP_TO, items: [{ sku: 'LAMP', quantity: 1 }] };
    owned.set('quo', expectStatus<{ id: string }>(await caller.post('/v1/quotes', quote), 201).id);
    const topUp = { amount: { amount: '5.00', currency: 'USD' }, method: 'bank_transfer' };
    owned.set('top', expectStatus<{ id: string }>(await caller.post('/v1/top-ups', topUp), 201).id);
    await world.verifyEmail(owner);
    const payout = { amount: { amount: '5.00', currency: 'USD' }, destination: 'DE89370400440532013000' };
    owned.set('pay', expectStatus<{ id: string }>(await caller.post('/v1/payouts', payout), 201).id);
    const { data } = expectStatus<{ data: { id: string }[] }>(await caller.get('/v1/wallet/transactions'), 200);
    owned.set('jnl', data[0]?.id ?? '');
    const hook = { url: 'http://127.0.0.1:9/hooks', events: ['order.settled'] };
    const endpoint = expectStatus<{ id: string }>(await caller.post('/v1/webhook-endpoints', hook), 201);
    owned.set('whe', endpoint.id);
    const delivery = await caller.post(`/v1/webhook-endpoints/${endpoint.id}/test`);
    owned.set('whd', expectStatus<{ id: string }>(delivery, 200).id);
    await test.settle();
    owned.set('evt', expectStatus<{ data: { id: string }[] }>(await caller.get('/v1/events'), 200).data[0]?.id ?? '');
    owned.set('inv', expectStatus<{ data: { id: string }[] }>(await caller.get('/v1/invoices'), 200).data[0]?.id ?? '');
    const paper = expectStatus<{ id: string }>(await caller.post('/v1/wallet/statement-documents', {}), 202);
    owned.set('doc', paper.id);
    const claim = { order: order.id, type: 'late', items: [] };
    owned.set('clm', expectStatus<{ id: string }>(await caller.post('/v1/claims', claim), 201).id);
    owned.set('key', expectStatus<{ data: { id: string }[] }>(await caller.get('/v1/api-keys'), 200).data[0]?.id ?? '');
  }

  const prefixOf = (path: string): IdPrefix | null => PREFIX.find(([pattern]) => pattern.test(path))?.[1] ?? null;

  /** What an answer says, less what names the request itself. */
  const said = (answer: Response): Record<string, unknown> => {
    const { instance, request_id, ...rest } = answer.body as Record<string, unknown>;
    expect([typeof instance, typeof request_id]).toEqual(['string', 'string']);
    return { status: answer.status, ...rest };
  };

  const ask = (caller: Caller, { method, path }: Operation, id: string): Promise<Response> =>
    caller.send(
      method,
      path.replace('{id}', id),
      method === 'get' || method === 'delete' ? undefined : (BODIES[`${method} ${path}`] ?? {}),
    );

  it('answer exactly as unknown ids do, on every route that takes an id', async () => {
    const checked: string[] = [];
    for (const operation of operations) {
      const prefix = operation.path.includes('{id}') ? prefixOf(operation.path) : null;
      const own = prefix === null ? undefined : owned.get(prefix);
      if (prefix === null || own === undefined) continue;
      const [theirs, unknown, malformed] = await Promise.all(
        [own, idOut(prefix, newId()), 'not-an-id'].map((id) => ask(stranger.caller, operation, id)),
      );
      expect({ operation, answer: said(theirs as Response) }).toEqual({ operation, answer: said(unknown as Response) });
      expect({ operation, answer: said(malformed as Response) }).toEqual({
        operation,
        answer: said(unknown as Response),
      });
      expect([403, 404]).toContain((theirs as Response).status);
      checked.push(`${operation.method} ${operation.path} ${(theirs as Response).status}`);
    }
    expect(checked.filter((line) => line.endsWith('404')).length).toBeGreaterThanOrEqual(12);
  });

  it('change nothing for their owner, and show in no list', async () => {
    const order = expectStatus<{ status: string }>(await owner.caller.get(`/v1/orders/${owned.get('ord') ?? ''}`), 200);
    expect(order.status).toBe('shipped');
    for (const list of [
      '/v1/webhook-endpoints',
      '/v1/webhook-deliveries',
      '/v1/events',
      '/v1/orders',
      '/v1/packages',
      '/v1/top-ups',
      `/v1/packages?order=${owned.get('ord') ?? ''}`,
    ]) {
      const text = (await stranger.caller.get(list)).text;
      for (const id of owned.values()) expect(text).not.toContain(id);
    }
  });

  it('are read by whoever of the staff finds the door open, as its owner reads them', async () => {
    const staff = [world.admin, await world.colleague(['warehouse']), await world.colleague(['support'])];
    const read: string[] = [];
    const refused = new Set<string>();
    for (const operation of operations.filter(({ method }) => method === 'get')) {
      const prefix = operation.path.includes('{id}') ? prefixOf(operation.path) : null;
      const own = prefix === null ? undefined : owned.get(prefix);
      if (prefix === null || own === undefined) continue;
      const { status } = await ask(owner.caller, operation, own);
      for (const visitor of staff) {
        const door = (await ask(visitor, operation, idOut(prefix, newId()))).status;
        if (door === 403) continue;
        const theirs = (await ask(visitor, operation, own)).status;
        if (theirs === status || status === 403) read.push(operation.path);
        else refused.add(`${operation.path} ${theirs}`);
      }
    }
    // staff have keys of their own there, and say with `merchant` whose events they read
    expect([...refused].sort()).toEqual(['/v1/api-keys/{id}/usage 404', '/v1/events/{id} 404']);
    expect(read.length).toBeGreaterThan(30);
  });

  it('are looked for together with the merchant, by every statement of a merchant’s request or event', async () => {
    for (const { path } of operations.filter((one) => one.method === 'get' && one.path.startsWith('/v1/'))) {
      const prefix = prefixOf(path);
      const id = prefix === null ? 'none' : (owned.get(prefix) ?? 'none');
      expect((await owner.caller.get(path.replace(/{[^}]+}/, id))).status).toBeLessThan(500);
    }
    await test.settle();
    const url = process.env['DATABASE_URL'] ?? '';
    const tenant = await tenantTables(test);
    expect(statements.heard).toBeGreaterThan(100);
    expect(await statements.withoutMerchant(url, tenant)).toEqual([]);
    const forgetful = 'SELECT p.id FROM package p JOIN orders o ON o.id = p.order_id WHERE o.merchant_id = $1';
    await rows(asMerchant(test.db.source, newId()), forgetful, [newId()]);
    expect(await statements.withoutMerchant(url, tenant)).toEqual([`package: ${forgetful}`]);
  });

  it('are refused to staff calls made with a merchant’s key, whatever the id', async () => {
    const path = `/v1/packages/${owned.get('pkg') ?? ''}/pick`;
    const refused = expectStatus<{ code: string }>(await owner.caller.post(path), 403);
    expect(refused.code).toBe('forbidden');
  });
});
