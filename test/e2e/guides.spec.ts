import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { GUIDES, readGuide, type GuideName } from '../../src/docs/guides.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { freePort } from '../../src/cli/free-port.ts';

const README = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');
const NAMES = Object.keys(GUIDES) as GuideName[];
/** The blocks that start the service: their settings are those of the test's own. */
const START = /^((?:[A-Z_]+=(?:'[^']*'|\S+) )+)npm start$/;

let test: TestApp;
let api: string;
let receiver: string;
const folder = mkdtempSync(path.join(os.tmpdir(), 'waybill-guides-'));

const blocks = (text: string): string[] =>
  [...text.matchAll(/^```bash\n([^]*?)\n```$/gm)].map(([, block = '']) => block);

function settings(text: string): Record<string, string> {
  const said = blocks(text).map((block) => START.exec(block)?.[1]);
  const pairs = [...(said.find((found) => found !== undefined) ?? '').matchAll(/([A-Z_]+)=(?:'([^']*)'|(\S+)) /g)];
  return Object.fromEntries(pairs.map(([, name = '', quoted, bare]) => [name, quoted ?? bare ?? '']));
}

beforeAll(async () => {
  test = await startApp(settings(readGuide('first-order')));
  await test.app.listen(0, '127.0.0.1');
  api = `localhost:${(test.app.getHttpServer().address() as AddressInfo).port}`;
  receiver = String(await freePort());
});
afterAll(async () => {
  await test.close();
  rmSync(folder, { recursive: true });
});

/** Pastes the blocks of texts one after the other, into one terminal. @throws Error what was last said, when one fails */
function paste(texts: readonly string[]): Promise<string> {
  const script = texts
    .flatMap(blocks)
    .filter((block) => !START.test(block))
    .join('\n')
    .replaceAll('localhost:3000', api)
    .replaceAll('4000', receiver);
  return new Promise((resolve, reject) => {
    const strict = "set -euo pipefail; shopt -s inherit_errexit; trap 'kill $(jobs -p) 2>/dev/null || true' EXIT";
    const child = spawn('bash', ['-c', `${strict}\n${script}`], { cwd: folder });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.on('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`It ended with ${code}:\n${out.slice(-3_000)}`));
    });
  });
}

it('the guides can be followed word by word, one after the other', async () => {
  const out = await paste(NAMES.map(readGuide));
  expect(out).toContain('[["delivered","0.00"],["rto_delivered","29.62"]]');
  expect(out.match(/^idempotent-replayed: true\r?$/gim)).toHaveLength(1);
  expect(out).toContain('Refused');
  expect(out).toContain(`"refund":{"amount":"47.38"`);
  expect(out).toMatch(/^webhook\.test$/m);
}, 60_000);

it('and so can the first calls of the README, in the same sandbox', async () => {
  const [, calls = ''] = README.split('\n## First calls\n');
  const [first = ''] = calls.split('\n## ');
  expect(settings(first)).toMatchObject({ ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: 'correct horse battery' });
  const out = await paste([first]);
  expect(out).toContain('"faults":[]');
}, 60_000);
