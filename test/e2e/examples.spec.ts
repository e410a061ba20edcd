import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Response } from 'supertest';
import type { AccessRule } from '../../src/http/access.ts';
import { placesOf, type Document, type Media, type Place } from '../../src/docs/document/document.ts';
import { ID_TAIL } from '../../src/docs/document/examples.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { JPEG } from '../support/claims.ts';
import { ExampleStage, type Prepared } from '../support/example-stage.ts';
import { STORIES } from '../support/example-stories.ts';
import { STRIPE_SECRET } from '../support/stripe-server.ts';
import { Caller, expectStatus, World } from '../support/world.ts';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

let test: TestApp;
let stage: ExampleStage;
let document: Document;
/** Fields that hold any JSON. */
const anything = new Set<string>();
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

beforeAll(async () => {
  test = await startApp({
    ...{ WEBHOOK_ALLOW_LOCAL: 'true', STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: STRIPE_SECRET },
    ADJUSTMENT_LIMIT: '1000',
  });
  document = expectStatus<Document>(await test.http.get('/openapi.json'), 200);
  ajv.addSchema(document, 'document');
  const bodies = placesOf(document).map(({ operation }) => {
    const media = Object.values(operation.requestBody?.content ?? {});
    return [operation.operationId, media.find(({ example }) => example !== undefined)?.example] as const;
  });
  for (const { properties = {} } of Object.values(document.components.schemas))
    for (const [name, { anyOf = [] }] of Object.entries(properties))
      if (anyOf.flatMap((part) => part.anyOf ?? [part]).length > 4) anything.add(name);
  stage = await ExampleStage.open(await World.open(test), new Map(bodies));
}, 120_000);
afterAll(() => test.close());

const ANY_ID = new RegExp(`\\b([a-z]{3})_${ID_TAIL}\\b`, 'g');

/** Ids of examples become ids that are there. */
const real = (text: string, { ids = {}, words = {} }: Prepared): string =>
  Object.entries(words)
    .reduce((said, [word, other]) => said.replaceAll(word, other), text)
    .replace(ANY_ID, (id, prefix: string) => ids[prefix] ?? stage.ids[prefix] ?? id);

function addressOf({ path, operation }: Place, prepared: Prepared): string {
  const shown = (name: string): string => {
    const parameter = operation.parameters?.find((p) => p.in === 'path' && p.name === name);
    return typeof parameter?.example === 'string' ? real(parameter.example, prepared) : name;
  };
  const query = (operation.parameters ?? [])
    .filter((p) => p.in === 'query' && p.required === true)
    .map(
      (p) => `${p.name ?? ''}=${encodeURIComponent(JSON.stringify(p.schema?.example ?? 'USD').replaceAll('"', ''))}`,
    );
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(prepared.names?.[name] ?? shown(name)),
  );
  return query.length === 0 ? address : `${address}?${query.join('&')}`;
}

function callerOf({ operation }: Place): Caller {
  const rule = operation['x-access'] as AccessRule;
  if ('public' in rule) return new Caller(test, null);
  return rule.merchant === undefined ? stage.world.admin : stage.shop.caller;
}

async function send(place: Place, prepared: Prepared): Promise<Response> {
  const caller = prepared.by ?? callerOf(place);
  const address = addressOf(place, prepared);
  const content = place.operation.requestBody?.content ?? {};
  const key = { 'Idempotency-Key': randomUUID() };
  if ('multipart/form-data' in content) {
    return test.http
      .post(address)
      .set({ ...key, Authorization: `Bearer ${caller.token ?? ''}` })
      .field('kind', 'photo')
      .attach('file', JPEG, 'photo.jpg');
  }
  const [type, media] = Object.entries(content).find(([, { example }]) => example !== undefined) ?? [];
  if (type === undefined) return caller.send(place.method as Method, address, undefined, key);
  const { example } = media as Media;
  const body = real(typeof example === 'string' ? example : JSON.stringify(example), prepared);
  const headers = { ...key, 'content-type': type, ...prepared.headers?.(body) };
  return caller.send(place.method as Method, address, body, headers);
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);

/** Where an answer has what its example has not, or has it as another kind of thing. */
function differences(shown: unknown, answered: unknown, at = ''): string[] {
  if (shown === null || answered === null) return [];
  if (kindOf(shown) !== kindOf(answered)) return [`${at}: ${kindOf(answered)}, shown as ${kindOf(shown)}`];
  if (Array.isArray(shown) && Array.isArray(answered)) {
    return shown.length === 0 ? [] : answered.flatMap((part) => differences(shown[0], part, `${at}/*`));
  }
  if (typeof shown !== 'object' || Object.keys(shown).length === 0) return [];
  const example = shown as Record<string, unknown>;
  return Object.entries(answered as object).flatMap(([name, part]) =>
    anything.has(name)
      ? []
      : name in example
        ? differences(example[name], part, `${at}/${name}`)
        : [`${at}/${name} is not shown`],
  );
}

/** What is wrong with the answer to an example; none: nothing. */
function faultsOf({ path, method, operation }: Place, answer: Response): string[] {
  const [status = '', documented] = Object.entries(operation.responses).find(([code]) => code < '400') ?? [];
  if (String(answer.status) !== status) return [`${answer.status} ${answer.text.slice(0, 600)}`];
  const type = Object.keys(documented?.content ?? {}).find((name) => answer.headers['content-type']?.startsWith(name));
  if (documented?.content === undefined) return [];
  if (type === undefined) return [`answers ${answer.headers['content-type'] ?? 'nothing'}`];
  if (type !== 'application/json') return [];
  const parts = ['paths', path, method, 'responses', status, 'content', type, 'schema'];
  const pointer = parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  const isSound = ajv.getSchema(`document#/${pointer}`);
  const faults = isSound?.(answer.body) === true ? [] : [ajv.errorsText(isSound?.errors)];
  return [...faults, ...new Set(differences(documented.content[type]?.example, answer.body))];
}

it('sends every example of the document, and is answered as the document shows', async () => {
  const faults: Record<string, string[]> = {};
  for (const place of placesOf(document)) {
    const { operationId } = place.operation;
    try {
      const found = faultsOf(place, await send(place, (await STORIES[operationId]?.(stage)) ?? {}));
      if (found.length > 0) faults[operationId] = found;
    } catch (error) {
      faults[operationId] = [String(error)];
    }
  }
  expect(faults).toEqual({});
}, 240_000);
