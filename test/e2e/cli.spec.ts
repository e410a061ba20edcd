import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { verifyWebhook } from '../../src/sdk/client.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Receiver, until } from '../support/receiver.ts';
import { World, type Merchant } from '../support/world.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../../dist/src/cli/waybill.js');

let test: TestApp;
let world: World;
let shop: Merchant;
let base: string;
const home = mkdtempSync(path.join(os.tmpdir(), 'waybill-cli-'));
const env = { PATH: process.env['PATH'] ?? '', HOME: home };

beforeAll(async () => {
  test = await startApp();
  await test.app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(test.app.getHttpServer().address() as AddressInfo).port}`;
  world = await World.open(test);
  await world.catalogue();
  shop = await world.merchant('100.00');
});
afterAll(async () => {
  await test.close();
  rmSync(home, { recursive: true });
});

/** Runs it to its end without holding up the service, which is in this process. */
function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { env });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('close', (code) => {
      resolve({ code, out, err });
    });
  });
}

it('says what it can do, and that one logs in first', async () => {
  expect(spawnSync(process.execPath, [PROGRAM, '--help'], { env, encoding: 'utf8' }).stdout).toMatch(
    /listen[\s\S]*trigger[\s\S]*clock/,
  );
  expect(await run('wallet')).toMatchObject({ code: 1, err: expect.stringContaining('Log in first') });
});

it('keeps a key that works, for its owner alone', async () => {
  expect(await run('login', '--url', base, '--key', 'wb_test_wrong')).toMatchObject({
    code: 1,
    err: expect.stringContaining('unauthorized'),
  });
  const done = await run('login', '--url', base, '--key', shop.caller.token ?? '');
  expect(done).toMatchObject({ code: 0, out: expect.stringContaining('A shop') });
  expect(statSync(path.join(home, '.config/waybill/cli.json')).mode & 0o777).toBe(0o600);
});

it('shows the wallet, places an order from a file once, and moves the sandbox’s clock', async () => {
  expect(JSON.parse((await run('wallet')).out)).toMatchObject({
    balances: [{ currency: 'USD', available: { amount: '100.00' } }],
  });
  const file = path.join(home, 'order.json');
  writeFileSync(file, JSON.stringify(world.order('CLI-1')));
  const [first, again] = [await run('orders', 'place', file), await run('orders', 'place', file)];
  expect(JSON.parse(again.out)).toEqual(JSON.parse(first.out));
  expect((await run('orders', 'list')).out.trim().split('\n')).toEqual([
    expect.stringMatching(/^ord_\w+ {2}paid .* CLI-1$/),
  ]);
  const { status, stderr } = spawnSync('sh', ['-c', '"$0" "$1" --help | true', process.execPath, PROGRAM], { env });
  expect([status, String(stderr)]).toEqual([0, '']);
  const before = JSON.parse((await run('clock')).out) as { now: string };
  const after = JSON.parse((await run('clock', 'P1D')).out) as { now: string };
  expect(Date.parse(after.now) - Date.parse(before.now)).toBe(86_400_000);
});

it('forwards events, signed, as they happen', async () => {
  const receiver = new Receiver();
  const url = await receiver.start();
  const child = spawn(process.execPath, [PROGRAM, 'listen', '--forward', url], { env });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  try {
    await until(
      () => out,
      (text) => text.includes('whsec_'),
    );
    await test.settle();
    for (let n = 0; !receiver.types().includes('order.placed') && n < 20; n += 1) {
      await shop.caller.post('/v1/orders', world.order(`CLI-LISTEN-${n}`));
      await test.settle();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(receiver.types()).toContain('order.placed');
    const secret = /whsec_\S+/.exec(out)?.[0] ?? '';
    for (const { headers, body, id } of receiver.taken)
      expect(verifyWebhook(secret, headers, body)).toMatchObject({ id });
  } finally {
    child.kill();
    await receiver.stop();
  }
}, 60_000);
