import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import type { Document } from '../../src/cli/chaos/fuzzer.ts';
import { MERCHANT_SCOPES } from '../../src/http/actor.ts';
import { Caller, expectStatus, World } from '../support/world.ts';

/** Who gets past the door of which route, one a line; whatever opens or closes a route changes this file. */
const TABLE = new URL('../data/access.txt', import.meta.url);

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

let test: TestApp;
let identities: Map<string, Caller>;
/** Two keys for each scope: one that has nothing else, and one that has all the others. */
let keys: Map<string, { only: Caller; without: Caller }>;
let document: Document;

beforeAll(async () => {
  test = await startApp({ LOG_LEVEL: 'fatal' });
  const world = await World.open(test);
  const shop = await world.merchant('100.00');
  const narrow = expectStatus<{ secret: string }>(
    await shop.caller.post('/v1/api-keys', { name: 'narrow', scopes: ['catalogue:read'] }),
    201,
  );
  identities = new Map([
    ['anybody', new Caller(test, null)],
    ['merchant', shop.caller],
    ['catalogue-key', new Caller(test, narrow.secret)],
    ['warehouse', await world.colleague(['warehouse'])],
    ['support', await world.colleague(['support'])],
    ['finance', await world.colleague(['finance'])],
    ['admin', world.admin],
  ]);
  const keyWith = async (scopes: readonly string[]): Promise<Caller> =>
    new Caller(
      test,
      expectStatus<{ secret: string }>(await shop.caller.post('/v1/api-keys', { name: 'one', scopes }), 201).secret,
    );
  keys = new Map();
  for (const scope of MERCHANT_SCOPES) {
    const others = MERCHANT_SCOPES.filter((other) => other !== scope);
    keys.set(scope, { only: await keyWith([scope]), without: await keyWith(others) });
  }
  document = expectStatus<Document>(await test.http.get('/openapi.json'), 200);
});
afterAll(() => test.close());

/** It would end the caller's own session. */
const LAST = 'delete /v1/sessions/current';

async function isLetIn(caller: Caller, method: Method, path: string): Promise<boolean> {
  const address = path.replaceAll(/\{[^}]+\}/g, 'none');
  const body = method === 'get' || method === 'delete' ? undefined : { nothing: 'known' };
  const answer = await caller.send(method, address, body, { 'idempotency-key': randomUUID() });
  // a message's signature is looked at behind the door
  const isUnsigned = (answer.body as { code?: string }).code === 'invalid_signature';
  return isUnsigned || (answer.status !== 401 && answer.status !== 403);
}

async function whoMay(method: Method, path: string): Promise<string[]> {
  const may: string[] = [];
  for (const [name, caller] of identities) if (await isLetIn(caller, method, path)) may.push(name);
  return may;
}

it('names roles that people can have, and the scope that opens the same door to a key', async () => {
  const refused = await identities.get('finance')?.post('/v1/tracking/events', { events: [] });
  expect([refused?.status, refused?.body]).toMatchObject([
    403,
    {
      detail:
        'This call is for staff with the role warehouse or support or admin, or for a staff key with the scope tracking:write.',
    },
  ]);
});

it('lets exactly those in who are on the list, at every route', async () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method as Method, path })),
  );
  operations.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.method < b.method ? -1 : 1));
  const lines: string[] = [];
  const nameOf = ({ method, path }: { method: Method; path: string }): string => `${method} ${path}`;
  const last = operations.filter((operation) => nameOf(operation) === LAST);
  for (const operation of [...operations.filter((one) => nameOf(one) !== LAST), ...last]) {
    lines.push(`${nameOf(operation)}: ${(await whoMay(operation.method, operation.path)).join(' ') || 'nobody'}`);
  }
  expect(lines.sort()).toEqual(readFileSync(TABLE, 'utf8').trimEnd().split('\n'));
}, 180_000);

interface Ruled {
  'x-access'?: { merchant?: string };
}

/** They change what a merchant has, or nothing that is the merchant's, and are for whoever may look. */
const READERS_MAY = [
  'delete /v1/sessions/current',
  'post /v1/policies/{id}/decide',
  'post /v1/restock-requests',
  'post /v1/sandbox/clock',
  'post /v1/sandbox/drain',
  'post /v1/sourcing-requests',
  'post /v1/wallet/statement-documents',
];

it('lets a key in by the one scope that the document names for a route, and by no other', async () => {
  const found: string[] = [];
  const named: string[] = [];
  const readers: string[] = [];
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods as Record<string, Ruled>)) {
      const scope = operation['x-access']?.merchant;
      const pair = keys.get(scope ?? '');
      if (scope === undefined || pair === undefined) continue;
      const name = `${method} ${path}`;
      if (method !== 'get' && !scope.endsWith(':write')) readers.push(name);
      named.push(`${name} ${scope}: true false`);
      const [only, without] = await Promise.all(
        [pair.only, pair.without].map((caller) => isLetIn(caller, method as Method, path)),
      );
      found.push(`${name} ${scope}: ${only} ${without}`);
      if (method === 'get') expect(scope).toMatch(/:read$/);
    }
  }
  expect(named.length).toBeGreaterThan(100);
  expect(found).toEqual(named);
  expect(readers.sort()).toEqual(READERS_MAY);
}, 60_000);
