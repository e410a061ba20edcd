import { readdirSync } from 'node:fs';
import path from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import spectral, { type RulesetDefinition } from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
import type { Document } from '../../src/docs/document/document.ts';
import { CODES_OF } from '../../src/docs/codes.ts';
import { placesOf } from '../../src/docs/document/document.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Caller, expectStatus } from '../support/world.ts';

/** Examples and the document's form take Spectral ten seconds, Redocly two. */
const CHECKED_BY_REDOCLY = ['oas3-valid-media-example', 'oas3-valid-schema-example', 'oas3-schema'];

const ROOT = path.resolve(import.meta.dirname, '../..');

describe('the OpenAPI document', () => {
  let test: TestApp;
  let text: string;
  let document: Document & { openapi: string; servers: { url: string }[] };

  beforeAll(async () => {
    test = await startApp({ ROLE: 'api', PUBLIC_URL: 'https://api.waybill.test' });
    const answer = await new Caller(test, null).get('/openapi.json');
    text = answer.text;
    document = expectStatus(answer, 200);
  });

  afterAll(() => test.close());

  it('is 3.1 and keeps to Redocly’s strict rules', async () => {
    expect(document.openapi).toBe('3.1.0');
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: { 'no-ambiguous-paths': 'off' }, // {source} is any courier's; its neighbours' names are none
    });
    const faults = await lintFromString({ source: text, config });
    expect(faults.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual([]);
  });

  it('keeps to Spectral’s rules', async () => {
    const linter = new spectral.Spectral();
    const off = ['info-contact', 'contact-properties', 'openapi-tags-alphabetical', ...CHECKED_BY_REDOCLY];
    const rules = Object.fromEntries(off.map((name) => [name, 'off']));
    linter.setRuleset({ extends: [[rulesets.oas as RulesetDefinition, 'all']], rules } as RulesetDefinition);
    const faults = await linter.run(text);
    expect(faults.map(({ code, message, path: at }) => `${code}: ${message} ${at.join('/')}`)).toEqual([]);
  });

  it('shows an example of every JSON that goes in or out', () => {
    const bare = placesOf(document).flatMap(({ operation }) =>
      [operation.requestBody?.content, ...Object.values(operation.responses).map((answer) => answer.content)]
        .flatMap((content) => Object.entries(content ?? {}))
        .filter(([type, media]) => type.endsWith('json') && media.example === undefined)
        .map(([type]) => `${operation.operationId} ${type}`),
    );
    expect(bare).toEqual([]);
    expect(text).not.toContain('[object Object]');
  });

  it('says who may call, that money needs a key, and that bodies are closed', () => {
    const place = document.paths['/v1/orders']?.['post'];
    expect(place).toMatchObject({
      operationId: 'orders.place',
      tags: ['orders'],
      description: expect.stringContaining('orders:write'),
      parameters: [{ $ref: '#/components/parameters/IdempotencyKeyRequired' }],
      requestBody: { content: { 'application/json': { example: { items: [{ sku: 'LAMP-01', quantity: 1 }] } } } },
    });
    expect(Object.keys(place?.responses ?? {})).toEqual(
      expect.arrayContaining(['201', '400', '401', '403', '409', '422', '429', '503']),
    );
    expect(document.components.schemas['PlaceOrderBody']).toMatchObject({ additionalProperties: false });
    const label = document.paths['/v1/packages/{id}/label.pdf']?.['get']?.responses['200'];
    expect(Object.keys(label?.content ?? {})).toEqual(['application/pdf']);
    expect(document.paths['/v1/merchants']?.['post']?.security).toEqual([]);
  });

  it('lists with each call every code of an error that it can answer', () => {
    const calls = placesOf(document).map(({ operation }) => operation.operationId);
    expect(Object.keys(CODES_OF).filter((name) => !calls.includes(name))).toEqual([]);
    const refused = document.paths['/v1/orders']?.['post']?.responses['409'];
    expect(refused?.description).toContain('[`reference_taken`](/problems/reference_taken)');
    expect(JSON.stringify(refused?.content)).toContain('"idempotency_key_in_use"');
    expect(document.paths['/v1/orders']?.['get']?.responses['409']).toBeUndefined();
  });

  it('leads from an error to its page, which says what to do', async () => {
    const caller = new Caller(test, null);
    const refused = await caller.get('/v1/orders');
    const pageOf = await caller.get((refused.body as { type: string }).type);
    expect(expectStatus(pageOf, 200)).toBeDefined();
    expect(pageOf.headers['content-type']).toContain('text/html');
    expect(pageOf.text).toContain('What to do');
    expectStatus(await caller.get('/problems/no_such_code'), 404);
    expect((await caller.get('/problems')).text).toContain('/problems/idempotency_key_reused');
  });

  it('comes with guides that need nothing from elsewhere, and a text for programs that read', async () => {
    const caller = new Caller(test, null);
    const contents = (await caller.get('/docs/guides')).text;
    const links = [...contents.matchAll(/href="(\/docs\/guides\/[a-z-]+)"/g)].map((m) => m[1] ?? '');
    expect(links).toHaveLength(readdirSync(path.join(ROOT, 'src/docs/guides')).length);
    for (const link of links) {
      const guide = await caller.get(link);
      expect(guide.status).toBe(200);
      expect(guide.text).toMatch(/<h1[^>]*>/);
      expect(guide.text).not.toMatch(/<(script|img|link)\b/);
    }
    const llms = await caller.get('/llms.txt');
    expect(llms.headers['content-type']).toContain('text/plain');
    expect(llms.text).toContain('POST /v1/orders (orders.place)');
    expect((await caller.get('/')).headers['location']).toBe('/docs');
    const calls = (await caller.get('/docs')).text;
    expect(calls).toContain('swagger-ui');
    const script = /src='(\/docs\/[^']+)'/.exec(calls)?.[1] ?? '';
    expect((await caller.get(script)).text).toContain('width=device-width');
  });
});
