import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Config, readConfig } from '../config.ts';
import { closeApp, createApp, openDatabase } from '../service.ts';
import { runCommand } from './command.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const OUT = path.join(ROOT, 'dist/sdk');

const ENTRY = `import type { Client } from 'openapi-fetch';
import { connectTo, type WaybillOptions } from './client.js';
import type { paths } from './schema.js';

export * from './client.js';
export type { components, paths, webhooks } from './schema.js';

export type Waybill = Client<paths>;

/** Every call of Waybill, typed: \`waybill.POST('/v1/orders', { body })\`. */
export const connect = (options: WaybillOptions): Waybill => connectTo<paths>(options);
`;

const README = `# Waybill for TypeScript

\`\`\`ts
import { env } from 'node:process';
import { connect, each, events, ok, verifyWebhook, type WaybillEvent } from '@waybill/sdk';

const waybill = connect({ baseUrl: 'http://localhost:3000', key: env['WAYBILL_KEY'] ?? '' });

// typed from the service's own OpenAPI document; tried again with the same idempotency key where that may help
const order = await ok(
  waybill.POST('/v1/orders', {
    body: {
      reference: 'SHOP-1',
      currency: 'USD',
      items: [{ sku: 'LAMP', quantity: 1 }],
      ship_to: { name: 'Ada Buyer', line1: 'Dorpsstraat 1', city: 'Amersfoort', postal_code: '3811 AB', country: 'NL' },
    },
  }),
);
console.log(order.id, order.status);

// lists, page by page
for await (const parcel of each((cursor) => waybill.GET('/v1/packages', { params: { query: { cursor } } }))) {
  console.log(parcel.id, parcel.status);
}

// webhooks: give it the bytes as they came
export const received = (headers: Record<string, string>, rawBody: Uint8Array): WaybillEvent =>
  verifyWebhook(env['WEBHOOK_SECRET'] ?? '', headers, rawBody);

// the feed: every event once, also those whose webhook was lost; without an end, unless you leave it
let lastSeen: string | undefined;
for await (const event of events(waybill, { after: lastSeen, remember: (cursor) => (lastSeen = cursor) })) {
  console.log(event.type);
  if (event.type === 'order.paid') break;
}
\`\`\`

A refusal is a \`WaybillError\` with \`status\`, \`code\` and the problem document. Where \`ok\` is not used, the answer's
\`error.code\` is typed with the codes that the call can answer.

From a terminal: \`npx waybill --help\` (login, orders, wallet; listen forwards your events to a program on your desk; in
the sandbox trigger and clock).
`;

/** The client gives every POST its key: nobody has to. */
function keyIsGiven(_: string, value: unknown): unknown {
  const isKey = typeof value === 'object' && value !== null && (value as { name?: unknown }).name === 'Idempotency-Key';
  return isKey ? { ...value, required: false } : value;
}

/** The service's own document: made by the service, on a database of its own. */
async function documentOf(): Promise<string> {
  const folder = path.join(readConfig().dataDir, `sdk-${randomBytes(4).toString('hex')}`);
  const admin = { ADMIN_EMAIL: 'sdk@waybill.example', ADMIN_PASSWORD: randomBytes(12).toString('base64url') };
  const settings = {
    DATA_DIR: folder,
    SANDBOX: 'true',
    LOG_LEVEL: 'fatal',
    ROLE: 'api',
    PATH: readConfig().searchPath,
  };
  const config = new Config({ ...settings, ...admin });
  const database = await openDatabase(config);
  const app = await createApp(config, database.url);
  try {
    const answer = await app.getHttpAdapter().getInstance().inject('/openapi.json');
    return JSON.stringify(JSON.parse(answer.body, keyIsGiven));
  } finally {
    await closeApp(app);
    await database.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws Error it ended with another code than 0 */
function run(program: string, ...args: string[]): void {
  const { status } = spawnSync(process.execPath, [path.join(ROOT, 'node_modules', program), ...args], {
    cwd: OUT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`${program} failed.`);
}

function manifest(): object {
  const { version, license, dependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
    license: string;
    dependencies: Record<string, string>;
  };
  const own = ['commander', 'openapi-fetch', 'standardwebhooks'];
  return {
    ...{ name: '@waybill/sdk', version, license, description: 'Waybill for TypeScript', type: 'module' },
    engines: { node: '>=20.19' },
    exports: { '.': { types: './index.d.ts', default: './index.js' } },
    bin: { waybill: './waybill.js' },
    files: ['*.js', '*.d.ts', 'openapi.json'],
    dependencies: Object.fromEntries(own.map((name) => [name, dependencies[name]])),
  };
}

/** Makes the SDK in dist/sdk: types out of the document, our client beside them, ready for `npm pack`. */
runCommand(async () => {
  fs.rmSync(OUT, { recursive: true, force: true });
  fs.mkdirSync(OUT, { recursive: true });
  const write = (name: string, text: string): void => {
    fs.writeFileSync(path.join(OUT, name), text);
  };
  write('openapi.json', await documentOf());
  run('openapi-typescript/bin/cli.js', 'openapi.json', '-o', 'schema.ts');
  write('index.ts', ENTRY);
  for (const source of ['sdk/client.ts', 'kernel/clock.ts'])
    fs.copyFileSync(path.join(ROOT, 'src', source), path.join(OUT, path.basename(source)));
  const program = fs.readFileSync(path.join(ROOT, 'src/cli/waybill.ts'), 'utf8');
  write('waybill.ts', program.replace(/'\.\.\/(?:sdk|kernel)\/(\w+)\.ts'/g, "'./$1.js'"));
  const options = [
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--types',
    'node',
    '--strict',
    '--skipLibCheck',
    '--ignoreConfig',
  ];
  run('typescript7/bin/tsc', 'index.ts', '--declaration', ...options);
  run('typescript7/bin/tsc', 'waybill.ts', ...options);
  for (const source of ['index.ts', 'client.ts', 'clock.ts', 'schema.ts', 'waybill.ts'])
    fs.rmSync(path.join(OUT, source));
  write('package.json', `${JSON.stringify(manifest(), null, 2)}\n`);
  write('README.md', README);
  process.stdout.write(
    `The SDK is in ${path.relative(process.cwd(), OUT)}: npm pack ./${path.relative(process.cwd(), OUT)}\n`,
  );
});
