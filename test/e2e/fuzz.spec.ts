import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Response } from 'supertest';
import { startApp, type TestApp } from '../support/app.ts';
import { Fuzzer, type Document, type OperationObject } from '../support/fuzz.ts';
import { Caller, expectStatus, SHIP_TO, World, type Merchant } from '../support/world.ts';

const REQUESTS = 3_000;
const SEED = 20_260_501;
/** They would end the very credentials that the others are sent with, or take years of the clock. */
const LEFT_OUT = new Set([
  'post /v1/merchant/close',
  'delete /v1/sessions/current',
  'delete /v1/api-keys/{id}',
  'post /v1/api-keys/{id}/rotate',
  'post /v1/merchants/{id}/suspend',
  'post /v1/sandbox/clock',
]);

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

interface Operation {
  method: Method;
  path: string;
  about: OperationObject;
}

let test: TestApp;
let world: World;
let shop: Merchant;
let callers: Caller[];
let document: Document;
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
const ids = new Map<string, string[]>();

beforeAll(async () => {
  test = await startApp({ LOG_LEVEL: 'fatal' });
  world = await World.open(test);
  await world.catalogue();
  shop = await world.merchant('5000.00');
  callers = [
    shop.caller,
    world.admin,
    await world.colleague(['warehouse', 'support', 'finance']),
    new Caller(test, null),
  ];
  document = expectStatus<Document>(await test.http.get('/openapi.json'), 200);
  for (const reference of ['FUZZ-1', 'FUZZ-2', 'FUZZ-3'])
    note((await shop.caller.post('/v1/orders', world.order(reference))).text);
  const [first = ''] = ids.get('pkg') ?? [];
  await world.ship(first, '1Z999AA10123456784');
  const quote = { currency: 'USD', ship_to: SHIP_TO, items: [{ sku: 'LAMP', quantity: 1 }] };
  note((await shop.caller.post('/v1/quotes', quote)).text);
  ajv.addSchema(document, 'document');
  await test.settle();
});
afterAll(() => test.close());

/** Ids that the service has shown are used in later requests. */
function note(text: string): void {
  for (const [id = '', prefix = ''] of text.matchAll(/\b([a-z]{3})_[0-9a-hjkmnp-tv-z]{26}\b/g)) {
    const known = ids.get(prefix) ?? [];
    if (known.length < 50 && !known.includes(id)) ids.set(prefix, [...known, id]);
  }
}

const PREFIXES: Readonly<Record<string, string>> = {
  ...{
    orders: 'ord',
    packages: 'pkg',
    merchants: 'mer',
    quotes: 'quo',
    'top-ups': 'top',
    payouts: 'pay',
    journals: 'jnl',
  },
  ...{
    claims: 'clm',
    returns: 'ret',
    events: 'evt',
    'webhook-endpoints': 'whe',
    'webhook-deliveries': 'whd',
    mails: 'mal',
  },
  ...{
    manifests: 'mfs',
    imports: 'imp',
    stores: 'sto',
    'store-orders': 'sor',
    invoices: 'inv',
    messages: 'trm',
    evidence: 'evd',
  },
};

const CODES = [
  'LAMP',
  'EWR',
  'ups',
  'starter',
  'courier-proof',
  '1',
  'nobody',
  'easypost',
  '1Z999AA10123456784',
  '%F0%9F',
];

function nameFor(fuzzer: Fuzzer, collection: string): string {
  const prefix = PREFIXES[collection];
  if (prefix !== undefined) return fuzzer.id(prefix);
  const code = fuzzer.pick(CODES);
  return code.startsWith('%') ? code : encodeURIComponent(code); // half of a character is no address at all
}

/** A name for each part of a path that is one: an id of the right kind, or a code. */
function addressOf(fuzzer: Fuzzer, path: string): string {
  const parts = path.split('/');
  return parts.map((part, n) => part.replace(/\{[^}]+\}/, () => nameFor(fuzzer, parts[n - 1] ?? ''))).join('/');
}

function queryOf(fuzzer: Fuzzer, { parameters = [] }: OperationObject): string {
  const given = parameters.filter(
    ({ in: where, required }) => where === 'query' && (required === true || fuzzer.chance(0.3)),
  );
  const pairs = given.map(({ name, schema }) => {
    const value = fuzzer.chance(0.6) ? fuzzer.valid(schema) : fuzzer.junk();
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return [name, text.slice(0, 300).replaceAll(/\p{Surrogate}/gu, '')] as [string, string];
  });
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

interface Sent {
  line: string;
  body: unknown;
  answer: Response;
}

async function send(fuzzer: Fuzzer, { method, path, about }: Operation): Promise<Sent> {
  const schema = about.requestBody?.content['application/json']?.schema;
  const good = schema === undefined ? {} : fuzzer.valid(schema);
  const kind = fuzzer.pick(['valid', 'mutated', 'mutated', 'junk'] as const);
  const body = kind === 'valid' ? good : kind === 'mutated' ? fuzzer.mutated(good) : fuzzer.junk();
  const address = addressOf(fuzzer, path) + queryOf(fuzzer, about);
  const caller = fuzzer.pick(callers);
  const key: Record<string, string> = fuzzer.chance(0.8) ? { 'Idempotency-Key': randomUUID() } : {};
  const headers = { ...key, 'content-type': 'application/json' };
  const text = typeof body === 'string' && fuzzer.chance(0.3) ? body : JSON.stringify(body);
  const hasBody = method !== 'get' && method !== 'delete';
  const answer = await caller.send(method, address, hasBody ? text : undefined, headers);
  return { line: `${method} ${address}`, body: hasBody ? text : null, answer };
}

/** A PDF has none. */
const textOf = ({ text }: { text?: string }): string => text ?? '';

/** How a JSON answer differs from the schema that the document gives for it; null: in nothing. */
function mismatchOf(method: Method, path: string, answer: Response): string | null {
  if (!answer.headers['content-type']?.startsWith('application/json')) return null;
  const place = ['paths', path, method, 'responses', String(answer.status), 'content', 'application/json', 'schema'];
  const pointer = place
    .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
    .map(encodeURIComponent)
    .join('/');
  const check = ajv.getSchema(`document#/${pointer}`);
  if (check === undefined) return 'the answer has no schema';
  return check(answer.body) === true ? null : `not as documented: ${ajv.errorsText(check.errors)}`;
}

/** What is wrong with an answer; null: nothing. */
function faultOf({ method, path, about }: Operation, { answer }: Sent): string | null {
  if (answer.status >= 500) return `status ${answer.status}`;
  if (about.responses[answer.status] === undefined && answer.status < 400)
    return `status ${answer.status} is not documented`;
  if (answer.status < 400) return mismatchOf(method, path, answer);
  if (path === '/track/{tracking_number}') return null; // a page for people, also where there is nothing to show
  if (!answer.headers['content-type']?.startsWith('application/problem+json')) return 'no problem document';
  const { code, detail, request_id: requestId } = answer.body as Record<string, unknown>;
  return [code, detail, requestId].every((part) => typeof part === 'string' && part !== '') ? null : 'an empty problem';
}

it(`answers ${REQUESTS} requests, right, wrong and absurd, with what it documents: never a 500`, async () => {
  const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, about]) => ({ method: method as Method, path, about })),
    )
    .filter(({ method, path }) => !LEFT_OUT.has(`${method} ${path}`));
  const fuzzer = new Fuzzer(document, ids, SEED);
  const faults: object[] = [];
  const statuses = new Map<number, number>();
  for (let n = 0; n < REQUESTS; n += 1) {
    const operation = operations[n % operations.length];
    if (operation === undefined) throw new Error('The document has no operations.');
    const sent = await send(fuzzer, operation);
    if (sent.answer.status < 300) note(textOf(sent.answer));
    statuses.set(sent.answer.status, (statuses.get(sent.answer.status) ?? 0) + 1);
    const fault = faultOf(operation, sent);
    if (fault !== null)
      faults.push({ n, fault, line: sent.line, body: sent.body, said: textOf(sent.answer).slice(0, 300) });
  }
  expect(faults).toEqual([]);
  const good = [...statuses].filter(([status]) => status < 300).reduce((sum, [, count]) => sum + count, 0);
  expect(good).toBeGreaterThan(REQUESTS / 20); // some of them did something
  const { faults: ledger } = expectStatus<{ faults: object[] }>(await world.admin.get('/v1/ledger/verification'), 200);
  expect(ledger).toEqual([]);
}, 240_000);
