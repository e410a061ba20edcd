import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AccountIdentities } from '../../src/accounts/credentials/identities.service.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Caller, expectStatus, World } from '../support/world.ts';

interface Key {
  id: string;
  secret: string;
  allowed_ips: string[] | null;
}

let test: TestApp;
let world: World;

beforeAll(async () => {
  test = await startApp({ TRUSTED_PROXIES: '127.0.0.0/8, ::1' });
  world = await World.open(test);
});

afterAll(async () => {
  await test.close();
});

const from = (address: string): Record<string, string> => ({ 'X-Forwarded-For': address });

it('works only from the addresses that its owner names', async () => {
  const { caller } = await world.merchant();
  const body = { name: 'warehouse', allowed_ips: ['203.0.113.0/24', '2001:db8::1'] };
  const key = expectStatus<Key>(await caller.post('/v1/api-keys', body), 201);
  expect(key.allowed_ips).toEqual(body.allowed_ips);
  const holder = new Caller(test, key.secret);
  const ask = (address: string) => holder.send('get', '/v1/merchant', undefined, from(address));
  expectStatus(await ask('203.0.113.200'), 200);
  expectStatus(await ask('2001:db8::1'), 200);
  for (const elsewhere of ['203.0.114.1', '2001:db8::2']) {
    expect(expectStatus<{ code: string }>(await ask(elsewhere), 403).code).toBe('address_not_allowed');
  }
  expectStatus(await holder.get('/v1/merchant'), 403);
  expectStatus(await caller.patch(`/v1/api-keys/${key.id}`, { allowed_ips: ['127.0.0.1'] }), 200);
  expectStatus(await holder.get('/v1/merchant'), 200);
  expectStatus(await ask('203.0.113.200'), 403);
  const free = expectStatus<Key>(await caller.patch(`/v1/api-keys/${key.id}`, { allowed_ips: null }), 200);
  expect(free.allowed_ips).toBeNull();
  expectStatus(await ask('198.51.100.9'), 200);
});

it('takes its addresses along when it is rotated', async () => {
  const { caller } = await world.merchant();
  const key = expectStatus<Key>(await caller.post('/v1/api-keys', { allowed_ips: ['203.0.113.7'] }), 201);
  const next = expectStatus<Key>(await caller.post(`/v1/api-keys/${key.id}/rotate`), 201);
  expect(next.allowed_ips).toEqual(['203.0.113.7']);
  expectStatus(await new Caller(test, next.secret).get('/v1/merchant'), 403);
});

it.each([[['shop.example']], [['203.0.113.0/40']], [[]], ['203.0.113.7']])(
  'refuses %j for addresses',
  async (allowed_ips) => {
    const { caller } = await world.merchant();
    const refused = expectStatus<{ errors: { pointer: string }[] }>(
      await caller.post('/v1/api-keys', { allowed_ips }),
      422,
    );
    expect(refused.errors.map(({ pointer }) => pointer)).toEqual(['/allowed_ips']);
  },
);

it('shows how much it was used, day by day, and what was refused', async () => {
  const { caller } = await world.merchant();
  const stranger = await world.merchant();
  const key = expectStatus<Key>(await caller.post('/v1/api-keys', { allowed_ips: ['203.0.113.7'] }), 201);
  const holder = new Caller(test, key.secret);
  for (let n = 0; n < 3; n += 1) {
    expectStatus(await holder.send('get', '/v1/merchant', undefined, from('203.0.113.7')), 200);
  }
  expectStatus(await holder.get('/v1/merchant'), 403);
  await test.app.get(AccountIdentities).writeUses();
  const usage = expectStatus<{ data: object[] }>(await caller.get(`/v1/api-keys/${key.id}/usage`), 200);
  expect(usage.data).toMatchObject([{ calls: 4, refused: 1 }]);
  expectStatus(await stranger.caller.get(`/v1/api-keys/${key.id}/usage`), 404);
  expectStatus(await stranger.caller.patch(`/v1/api-keys/${key.id}`, { name: 'mine' }), 404);
});
