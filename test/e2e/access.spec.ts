import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import type { Document } from '../../src/cli/chaos/fuzzer.ts';
import { Caller, expectStatus, World } from '../support/world.ts';

/** Who gets past the door of which route, one a line; whatever opens or closes a route changes this file. */
const TABLE = new URL('../data/access.txt', import.meta.url);

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

let test: TestApp;
let identities: Map<string, Caller>;
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
  document = expectStatus<Document>(await test.http.get('/openapi.json'), 200);
});
afterAll(() => test.close());

/** It would end the caller's own session. */
const LAST = 'delete /v1/sessions/current';

async function whoMay(method: Method, path: string): Promise<string[]> {
  const address = path.replaceAll(/\{[^}]+\}/g, 'none');
  const may: string[] = [];
  for (const [name, caller] of identities) {
    const body = method === 'get' || method === 'delete' ? undefined : { nothing: 'known' };
    const { status } = await caller.send(method, address, body, {
      'idempotency-key': `access-${name}-${method}-${path}`.slice(0, 255),
    });
    if (status !== 401 && status !== 403) may.push(name);
  }
  return may;
}

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
