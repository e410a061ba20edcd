import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { patient, verifyWebhook, WaybillError, type Page } from '../../src/sdk/client.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { ExampleStore, type Sdk } from '../support/example-store.ts';
import { until } from '../support/receiver.ts';
import { SHIP_TO, World, type Merchant } from '../support/world.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SDK = path.join(ROOT, 'dist/sdk');

/** A program that uses what there is, in a project without any types but TypeScript's own. */
const SHOP = `import { connect, each, events, ok, verifyWebhook, WaybillError, type components } from '@waybill/sdk';
const waybill = connect({ baseUrl: 'http://localhost:3000', key: 'wb_test_x' });
const ship_to = { name: 'Ada', line1: '1 Main Street', city: 'Springfield', postal_code: '62701', country: 'US' };
const body = { reference: 'A', currency: 'USD', ship_to, items: [{ sku: 'LAMP', quantity: 1 }] };
export async function main(): Promise<string> {
  const order = await ok(waybill.POST('/v1/orders', { body }));
  for await (const parcel of each((cursor) => waybill.GET('/v1/packages', { params: { query: { cursor } } }))) {
    const { status }: components['schemas']['PackageView'] = parcel;
    if (status === 'delivered') break;
  }
  const { error } = await waybill.POST('/v1/quotes', { body });
  if (error?.code === 'out_of_stock') return error.detail;
  // @ts-expect-error no call answers this code
  if (error?.code === 'out_of_luck') return '';
  for await (const event of events(waybill, { remember: () => undefined })) return event.type;
  return order.total.amount;
}
export const heard = (secret: string, bytes: Uint8Array): unknown => {
  try {
    return verifyWebhook(secret, {}, bytes).data;
  } catch (refused) {
    return refused instanceof WaybillError ? refused.code : refused;
  }
};
`;

/** What the README's program takes from Node.js. */
const NODE = `declare module 'node:process' { export const env: Record<string, string | undefined> }\n`;

describe('the SDK', () => {
  let test: TestApp;
  let world: World;
  let shop: Merchant;
  let base: string;
  let sdk: Sdk;

  beforeAll(async () => {
    const made = spawnSync(process.execPath, [path.join(ROOT, 'dist/src/cli/sdk.js')], { cwd: ROOT, encoding: 'utf8' });
    expect([made.status, made.stderr]).toEqual([0, '']);
    sdk = (await import(path.join(SDK, 'index.js'))) as Sdk;
    test = await startApp({ WEBHOOK_ALLOW_LOCAL: 'true' });
    await test.app.listen(0, '127.0.0.1');
    base = `http://127.0.0.1:${(test.app.getHttpServer().address() as AddressInfo).port}`;
    world = await World.open(test);
    await world.catalogue();
    shop = await world.merchant('500.00');
  }, 90_000);
  afterAll(() => test.close());

  it('is packed with its types, and nothing that it does not need', () => {
    const packed = spawnSync('npm', ['pack', '--dry-run', '--json', SDK], { cwd: ROOT, encoding: 'utf8' });
    const [{ name, files }] = JSON.parse(packed.stdout) as [{ name: string; files: { path: string }[] }];
    expect(name).toBe('@waybill/sdk');
    expect(files.map((file) => file.path).sort()).toEqual([
      'README.md',
      'client.d.ts',
      'client.js',
      'clock.js',
      'index.d.ts',
      'index.js',
      'openapi.json',
      'package.json',
      'schema.d.ts',
      'schema.js',
      'waybill.js',
    ]);
    expect(readFileSync(path.join(SDK, 'schema.d.ts'), 'utf8')).toContain('"/v1/orders"');
    expect(existsSync(path.join(SDK, 'client.ts'))).toBe(false);
  });

  it('installs into an empty project that is as strict as can be, with its command line', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'waybill-sdk-'));
    const packages = path.join(folder, 'node_modules');
    try {
      const packed = spawnSync('npm', ['pack', '--json', '--pack-destination', folder, SDK], { encoding: 'utf8' });
      const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
      mkdirSync(path.join(packages, '@waybill/sdk'), { recursive: true });
      spawnSync('tar', ['-xzf', filename, '-C', 'node_modules/@waybill/sdk', '--strip-components=1'], { cwd: folder });
      for (const name of ['commander', 'openapi-fetch', 'openapi-typescript-helpers', 'standardwebhooks'])
        symlinkSync(path.join(ROOT, 'node_modules', name), path.join(packages, name));
      writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
      writeFileSync(path.join(folder, 'shop.ts'), SHOP);
      const readme = readFileSync(path.join(packages, '@waybill/sdk/README.md'), 'utf8');
      writeFileSync(path.join(folder, 'node.d.ts'), NODE);
      writeFileSync(path.join(folder, 'readme.ts'), /```ts\n([^]*?)```/.exec(readme)?.[1] ?? 'none');
      const tsc = path.join(ROOT, 'node_modules/typescript7/bin/tsc');
      const options = ['--strict', '--skipLibCheck', '--noEmit', '--module', 'nodenext', '--types', ''];
      const typed = spawnSync(process.execPath, [tsc, 'node.d.ts', 'shop.ts', 'readme.ts', ...options], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect([typed.stdout, typed.status]).toEqual(['', 0]);
      const program = path.join(packages, '@waybill/sdk/waybill.js');
      expect(spawnSync(process.execPath, [program, '--help'], { encoding: 'utf8' }).stdout).toContain('listen');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);

  it('lets an ordinary store do the main job, and find in the feed what its webhooks lost', async () => {
    const store = new ExampleStore(sdk, { baseUrl: base, key: shop.caller.token ?? '' });
    await store.open();
    const order = await store.sell(
      'STORE-1',
      [
        { sku: 'LAMP', quantity: 1 },
        { sku: 'POWERBANK', quantity: 1 },
      ],
      SHIP_TO,
    );
    expect(store.statuses.get('STORE-1')).toBe('paid');
    await until(
      () => store.seen.map(({ type }) => type),
      (types) => types.includes('order.paid'),
    );
    await store.crash();
    for (const [n, parcel] of order.packages.entries()) {
      await world.ship(parcel.id, `1Z999AA1012345678${n}`);
      await world.admin.post('/v1/tracking/events', {
        events: [
          {
            courier: 'ups',
            tracking_number: `1Z999AA1012345678${n}`,
            status: 'delivered',
            occurred_at: test.clock.now().toISOString(),
          },
        ],
      });
    }
    await test.settle();
    expect(store.statuses.get('STORE-1')).toBe('paid'); // it knows nothing of all this
    await store.catchUp();
    expect(store.statuses.get('STORE-1')).toBe('completed');
    const all: { id: string }[] = [];
    for await (const event of sdk.each((cursor) =>
      store.waybill.GET<Page<{ id: string }>>('/v1/events', { params: { query: { cursor, limit: 3 } } }),
    )) {
      all.push(event);
    }
    expect(store.seen.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
  });

  it('tells a refusal apart by its code', async () => {
    const waybill = sdk.connect({ baseUrl: base, key: shop.caller.token ?? '' });
    const body = { reference: 'STORE-2', currency: 'USD', ship_to: SHIP_TO, items: [{ sku: 'NOTHING', quantity: 1 }] };
    const refused = await sdk.ok(waybill.POST('/v1/orders', { body })).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'WaybillError', status: 422, problem: { request_id: expect.any(String) } });
  });
});

describe('a call that may pass', () => {
  let server: Server;
  let base: string;
  let answers: ((number | 'reset') | { status: number; body: object })[] = [];
  const keys: (string | undefined)[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      keys.push(request.headers['idempotency-key'] as string | undefined);
      const answer = answers.shift() ?? 200;
      if (answer === 'reset') request.socket.destroy();
      else if (typeof answer === 'number') response.writeHead(answer, { 'retry-after': '0' }).end('{}');
      else response.writeHead(answer.status, { 'retry-after': '0' }).end(JSON.stringify(answer.body));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  const call = (retries: number) =>
    patient({ baseUrl: base, key: 'k', retries })(new Request(`${base}/v1/orders`, { method: 'POST', body: '{}' }));

  it.each([
    [[503, 429, 'reset', 200], 200, 4],
    [[{ status: 409, body: { code: 'idempotency_key_in_use' } }, 200], 200, 2],
    [[{ status: 409, body: { code: 'reference_taken' } }, 200], 409, 1],
    [[422, 200], 422, 1],
    [[500, 500, 500, 500, 500, 500], 500, 5],
  ])('after %j answers %i, with one key however often it is sent (%i times)', async (said, status, times) => {
    answers = [...said] as typeof answers;
    keys.length = 0;
    expect((await call(4)).status).toBe(status);
    expect(keys).toHaveLength(times);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says that nobody answered, where nobody does', async () => {
    answers = ['reset', 'reset'];
    await expect(call(1)).rejects.toMatchObject({ status: 0, code: 'unreachable' });
  });

  it('refuses a webhook that nobody signed', () => {
    const headers = { 'webhook-id': 'evt_1', 'webhook-timestamp': '1', 'webhook-signature': 'v1,AAAA' };
    expect(() => verifyWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', headers, '{}')).toThrow(WaybillError);
  });
});
