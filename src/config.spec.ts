import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Config, ConfigError } from './config.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const COURIER = /^COURIER_[A-Z0-9_]+_(SECRET|POLL_KEY|POLL_URL)$/;

/** What a start with these settings complains of. */
function faults(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    new Config(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

/** All that is set, but for the name of the process. */
function settings(env: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(new Config(env)).filter(([name]) => name !== 'instance'));
}

/** Names and defaults that .env.example describes. */
const example = fs
  .readFileSync(path.join(ROOT, '.env.example'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, name, value = ''] = /^# ([A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value] as const];
  });

describe('the settings', () => {
  it.each([
    ['PORT', '70000', 'PORT is "70000"; it must be a whole number from 0 to 65535.'],
    ['PORT', '-1', 'PORT is "-1"; it must be a whole number from 0 to 65535.'],
    ['PORT', '3e3', 'PORT is "3e3"; it must be a whole number from 0 to 65535.'],
    ...['0', '-1', 'many', '1000001'].map((factor): [string, string, string] => [
      ...(['RATE_LIMIT_FACTOR', factor] as const),
      `RATE_LIMIT_FACTOR is "${factor}"; it must be a number above 0 such as 0.5, and at most 1000000.`,
    ]),
    ['ROLE', 'boss', 'ROLE is "boss"; it must be one of api, worker, all.'],
    ['SANDBOX', 'perhaps', 'SANDBOX is "perhaps"; it must be true or false.'],
    [
      'TOP_UP_BONUS_PERCENT',
      '101',
      'TOP_UP_BONUS_PERCENT is "101"; it must be a percentage from 0 to 100 such as 12.5.',
    ],
    ['PUBLIC_URL', 'ftp://x', 'PUBLIC_URL is not a URL that begins with http:// or https://.'],
    ['ADMIN_PASSWORD', 'long enough to be one', 'ADMIN_PASSWORD is set, ADMIN_EMAIL is not.'],
    ['PUBLIC_URL', 'https://x.example/?a=1', 'PUBLIC_URL is a URL with a query or a fragment; paths follow it.'],
    [
      'TRUSTED_PROXIES',
      '10.0.0.0/8, 10.1',
      'TRUSTED_PROXIES is "10.0.0.0/8, 10.1"; it must be addresses or networks with commas between them, such as 10.0.0.0/8.',
    ],
    ['SMTP_URL', 'smtp://', 'SMTP_URL names no host.'],
    ['ADMIN_EMAIL', 'admin', 'ADMIN_EMAIL is "admin"; it must be an e-mail address such as ops@example.com.'],
    ['ALARM_MAIL', 'a@b, c@d', 'ALARM_MAIL is "a@b, c@d"; it must be an e-mail address such as ops@example.com.'],
    [
      'MAIL_FROM',
      'Waybill <nobody>',
      'MAIL_FROM is "Waybill <nobody>"; it must be an e-mail address, or such as Waybill <no-reply@example.com>.',
    ],
    ...['5', '99999-01-01', '2026-02-30T25:00:00Z', '2026-05-01T10:00:00'].map((value) => [
      ...['SANDBOX_START', value],
      `SANDBOX_START is "${value}"; it must be an instant such as 2026-05-01T10:00:00Z.`,
    ]),
    ['SECRET_KEY', 'short', 'SECRET_KEY has fewer than 32 characters.'],
    ['COURIER_UPS_SECRET', 'a,b,c', 'COURIER_UPS_SECRET holds 3 secrets; two at the most, the new one first.'],
    ['EVIDENCE_STORE', 's3', 'EVIDENCE_STORE is s3, which needs S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.'],
    ['EVIDENCE_STORE', 'tape', 'EVIDENCE_STORE is "tape"; it must be one of disk, s3.'],
  ])('refuse %s=%s', (name, value, fault) => {
    expect(faults({ [name]: value })).toEqual([fault]);
  });

  it('keep a password with its blanks, and hold it to what people can sign in with', () => {
    const admin = { ADMIN_EMAIL: 'admin@localhost' };
    expect(new Config({ ...admin, ADMIN_PASSWORD: ' correct horse battery ' }).adminPassword).toHaveLength(23);
    expect(faults({ ...admin, ADMIN_PASSWORD: 'x'.repeat(201) })).toEqual([
      'ADMIN_PASSWORD has more than 200 characters.',
    ]);
    expect(new Config({ ...admin, ADMIN_PASSWORD: '  ' }).adminPassword).toBeNull();
  });

  it('name every fault at once', () => {
    expect(faults({ PORT: 'x', ROLE: 'x', LOG_LEVEL: 'x', DATABASE_URL: 'mysql://x', SANDBOX: 'x' })).toHaveLength(5);
  });

  it('never show a secret in a fault', () => {
    const said = faults({
      DATABASE_URL: 'mysql://u:canary@db/x',
      SECRET_KEY: 'canary',
      ADMIN_PASSWORD: 'canary',
      ADMIN_EMAIL: 'a@b.c',
    });
    expect(said).toHaveLength(3);
    expect(said.join(' ')).not.toContain('canary');
  });

  it('take an empty value for none', () => {
    const empty = Object.fromEntries(example.map(([name]) => [name, '']));
    expect(settings(empty)).toEqual(settings({}));
  });

  it("keep two secrets of a courier's source, the new one first", () => {
    const config = new Config({ COURIER_DHL_UNIFIED_SECRET: 'new, old' });
    expect(config.courierSecret('dhl_unified')).toEqual(['new', 'old']);
    expect(config.courierSecret('ups')).toEqual([]);
  });

  it('are the only ones that are judged: what else stands in the environment is others’', () => {
    expect(faults({ NO_PROXY: 'localhost,127.0.0.1,.internal', NODE_OPTIONS: '--import=a,b,c' })).toEqual([]);
  });

  it("keep a courier's key and address for asking it", () => {
    const config = new Config({ COURIER_UPS_POLL_KEY: 'id:secret', COURIER_UPS_POLL_URL: 'https://wwwcie.ups.com' });
    expect(config.courierPoll('ups')).toEqual({ key: 'id:secret', baseUrl: 'https://wwwcie.ups.com' });
    expect(config.courierPoll('fedex')).toBeNull();
    expect(faults({ COURIER_UPS_POLL_KEY: 'x', COURIER_UPS_POLL_URL: 'ftp://x' })).toHaveLength(1);
  });

  it('are each described in .env.example, which describes no others', () => {
    const source = fs.readFileSync(path.join(ROOT, 'src/config.ts'), 'utf8');
    const read = [...source.matchAll(/read\.(?!fault)\w+\('([A-Z0-9_]+)'/g)].map(([, name]) => name);
    const described = example.map(([name]) => name).filter((name) => !COURIER.test(name));
    expect(described.toSorted()).toEqual([...new Set(read)].toSorted());
    expect(new Set(described).size).toBe(described.length);
  });

  it('have the defaults that .env.example shows', () => {
    expect(settings(Object.fromEntries(example))).toEqual(settings({}));
  });

  it('are read in config.ts alone', () => {
    const files = fs.readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
    const readers = files.filter(
      (f) =>
        /\.ts$/.test(f) &&
        !/\.spec\.ts$/.test(f) &&
        fs.readFileSync(path.join(ROOT, 'src', f), 'utf8').includes('process.env'),
    );
    expect(readers).toEqual(['config.ts']);
  });
});
