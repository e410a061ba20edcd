import { describe, expect, it } from '@jest/globals';
import { Config } from '../config.ts';
import { NoTarget, Targets } from './targets.ts';

const guard = new Targets(new Config({}));
const local = new Targets(new Config({ SANDBOX: 'true', WEBHOOK_ALLOW_LOCAL: 'true' }));

async function reasonOf(targets: Targets, url: string): Promise<string | null> {
  try {
    await targets.find(url);
    return null;
  } catch (error) {
    if (error instanceof NoTarget) return error.reason;
    throw error;
  }
}

it.each([
  ['https://8.8.8.8/hooks', null],
  ['https://[2606:4700::1111]/hooks', null],
  ['http://8.8.8.8/hooks', 'not_https'],
  ['ftp://8.8.8.8/hooks', 'not_https'],
  ['not an address', 'unreadable'],
  ['https://user:word@8.8.8.8/', 'credentials'],
  ['https://127.0.0.1/', 'not_public'],
  ['https://127.1/', 'not_public'],
  ['https://2130706433/', 'not_public'],
  ['https://0x7f000001/', 'not_public'],
  ['https://localhost/', 'not_public'],
  ['https://shop.localhost./', 'not_public'],
  ['https://10.0.0.5/', 'not_public'],
  ['https://172.16.0.1/', 'not_public'],
  ['https://192.168.1.1/', 'not_public'],
  ['https://100.64.0.1/', 'not_public'],
  ['https://169.254.169.254/latest/meta-data', 'not_public'],
  ['https://0.0.0.0/', 'not_public'],
  ['https://224.0.0.1/', 'not_public'],
  ['https://[::1]/', 'not_public'],
  ['https://[::]/', 'not_public'],
  ['https://[::ffff:10.0.0.1]/', 'not_public'],
  ['https://[::7f00:1]/', 'not_public'],
  ['https://[64:ff9b::7f00:1]/', 'not_public'],
  ['https://[2002:7f00:1::]/', 'not_public'],
  ['https://[fe80::1]/', 'not_public'],
  ['https://[fc00::1]/', 'not_public'],
])('a webhook to %s: %s', async (url, reason) => {
  expect(await reasonOf(guard, url)).toBe(reason);
});

describe('where the sandbox allows loopback', () => {
  it.each([
    ['http://127.0.0.1:4000/hooks', null],
    ['http://localhost:4000/hooks', null],
    ['http://10.0.0.5/', 'not_public'],
    ['http://8.8.8.8/', 'not_https'],
  ])('%s: %s', async (url, reason) => {
    expect(await reasonOf(local, url)).toBe(reason);
  });
});

it('takes an address whose name is not known yet, without its fragment', async () => {
  await expect(guard.check('https://shop.invalid/hooks?of=1#here')).resolves.toBe('https://shop.invalid/hooks?of=1');
});
