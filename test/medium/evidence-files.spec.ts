import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import { DiskFiles } from '../../src/aftersales/claims/evidence/disk-files.ts';
import type { Files } from '../../src/aftersales/claims/evidence/files.ts';
import { S3Files } from '../../src/aftersales/claims/evidence/s3-files.ts';
import { S3Server } from '../support/s3-server.ts';

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc') as () => void;

const key = 'evidence/018f5f43-0000-7000-8000-000000000001/ab12';
const bytes = Buffer.from('ffd8ffe0', 'hex');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'files-'));
const server = new S3Server('AKIDEXAMPLE', 'a secret key');
let s3: S3Files;
let endpoint: string;

beforeAll(async () => {
  endpoint = await server.start();
  s3 = files('a secret key');
});

afterAll(async () => {
  await server.stop();
  fs.rmSync(folder, { recursive: true });
});

function files(secretAccessKey: string): S3Files {
  return new S3Files({ endpoint, region: 'us-east-1', bucket: 'shown', accessKeyId: 'AKIDEXAMPLE', secretAccessKey });
}

describe('the store of files', () => {
  it.each<[string, () => Files]>([
    ['a folder', () => new DiskFiles(folder)],
    ['a bucket', () => s3],
  ])('in %s keeps bytes, twice as once, and knows what it does not have', async (_, store) => {
    await store().put(key, bytes, 'image/jpeg');
    await Promise.all(Array.from({ length: 4 }, () => store().put(key, bytes, 'image/jpeg')));
    expect(await store().get(key)).toEqual(bytes);
    expect(await store().get(`${key}ff`)).toBeNull();
    await store().put(`${key}00`, bytes, 'image/jpeg');
    for (let again = 0; again < 2; again += 1) await store().remove(`${key}00`);
    expect(await store().get(`${key}00`)).toBeNull();
    expect(await store().get(key)).toEqual(bytes);
  });

  it('in a folder leaves no drafts, and is for its owner alone', () => {
    const place = path.join(folder, key);
    expect(fs.readdirSync(path.dirname(place))).toEqual(['ab12']);
    expect(fs.statSync(place).mode & 0o077).toBe(0);
  });

  it('in a folder that this process does not see takes nothing for gone', async () => {
    await expect(new DiskFiles(path.join(folder, 'elsewhere')).remove(key)).rejects.toThrow('ENOENT');
    const compose = fs.readFileSync(path.resolve(import.meta.dirname, '../../docker/compose.yaml'), 'utf8');
    const [shared = '', services = ''] = compose.split(/^services:$/m); // what the API and the worker have in common
    expect([shared.includes('EVIDENCE_DIR: /evidence'), shared.includes('- evidence:/evidence')]).toEqual([true, true]);
    expect(services).not.toContain('/evidence');
  });

  it('in a bucket is signed, tried again after a fault of the storage, and says when it cannot be had', async () => {
    expect(server.objects.get(`/shown/${key}`)).toEqual({ bytes, type: 'image/jpeg' });
    await expect(files('another').put(key, bytes, 'image/jpeg')).rejects.toMatchObject({ code: 'files_unavailable' });
    server.failures = [503];
    await s3.put(key, bytes, 'image/jpeg');
    server.failures = [500, 503, 503];
    await expect(s3.get(key)).rejects.toMatchObject({ code: 'files_unavailable', kind: 'unavailable' });
    expect(server.failures).toEqual([]);
  });

  it.each<[string, (store: Files) => Promise<unknown>]>([
    ['read', (store) => store.get(key)],
    ['write', (store) => store.put(key, bytes, 'image/jpeg')],
    ['removal', (store) => store.remove(key)],
  ])(
    'in a bucket whose storage drips gives a %s up in time, also where memory is tidied up meanwhile',
    async (_, act) => {
      server.isDripping = true;
      const tidying = setInterval(collectGarbage, 100);
      try {
        const settings = { endpoint, region: 'us-east-1', bucket: 'shown', accessKeyId: 'AKIDEXAMPLE' };
        const impatient = new S3Files({ ...settings, secretAccessKey: 'a secret key' }, 500);
        await expect(act(impatient)).rejects.toMatchObject({ code: 'files_unavailable' });
      } finally {
        clearInterval(tidying);
        server.isDripping = false;
      }
    },
  );
});
