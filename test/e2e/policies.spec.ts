import fs from 'node:fs';
import path from 'node:path';
import { escapeHtml } from '../../src/kernel/html.ts';
import { factsOf } from '../support/facts.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, World, type Caller } from '../support/world.ts';

const DATA = path.resolve(import.meta.dirname, '../data/policy-vectors');

interface Vector {
  id: string;
  given: object;
  then: object;
}

let test: TestApp;
let shop: Caller;

beforeAll(async () => {
  test = await startApp();
  const world = await World.open(test);
  shop = (await world.merchant()).caller;
});

afterAll(() => test.close());

describe('a merchant asks what a policy would decide', () => {
  it.each(fs.readdirSync(DATA))('and gets the published answers of %s', async (file) => {
    const vectors = JSON.parse(fs.readFileSync(path.join(DATA, file), 'utf8')) as Vector[];
    for (const { given, then } of vectors) {
      const answer = await shop.post(`/v1/policies/${file.replace('.json', '')}/decide`, given);
      expect(expectStatus(answer, 200)).toMatchObject(then);
    }
  });

  it.each<[string, (facts: ReturnType<typeof factsOf>) => object, string]>([
    ['an unknown field', (f) => ({ ...f, weather: 'rain' }), '/weather'],
    ['another number of decimals', (f) => ({ ...f, already_refunded: '1.0' }), '/already_refunded'],
    ['a claim without its type', (f) => ({ ...f, request: { ...f.request, kind: 'claim' } }), '/request/type'],
    ['a package that is none of them', (f) => ({ ...f, package: 'p9' }), '/package'],
    [
      'more units than the package holds',
      (f) => ({ ...f, affected: [{ line: 1, quantity: 2 }] }),
      '/affected/0/quantity',
    ],
    [
      'a severity above 1',
      (f) => ({ ...f, affected: [{ line: 1, quantity: 1, severity: '1.01' }] }),
      '/affected/0/severity',
    ],
    ['no instant', (f) => ({ ...f, request: { ...f.request, at: 'yesterday' } }), '/request/at'],
  ])('%s is refused where it stands', async (_name, change, pointer) => {
    const answer = await shop.post('/v1/policies/courier-proof/decide', change(factsOf({ kind: 'tracking' })));
    const problem = expectStatus<{ code: string; errors: { pointer: string }[] }>(answer, 422);
    expect(problem.code).toBe('validation_failed');
    expect(problem.errors.map((e) => e.pointer)).toEqual([pointer]);
  });

  it('and may leave out what is null', async () => {
    const { request, order, packages } = factsOf({ kind: 'tracking' }, { status: 'lost' });
    const given = { request: { kind: request.kind, at: request.at }, order, packages };
    expect(expectStatus(await shop.post('/v1/policies/courier-proof/decide', given), 200)).toMatchObject({
      outcome: 'refund',
    });
  });

  it('of a policy that is none, which is not found', async () => {
    expectStatus(await shop.post('/v1/policies/none/decide', factsOf({ kind: 'tracking' })), 404);
    expectStatus(await shop.get('/v1/policies/courier-proof/versions/2'), 404);
  });
});

describe('the pages of the policies', () => {
  it('are listed in the version in force', async () => {
    const { data } = expectStatus<{ data: { id: string; version: number }[] }>(await shop.get('/v1/policies'), 200);
    expect(data.map(({ id, version }) => `${id} ${version}`)).toEqual([
      'courier-proof 1',
      'extended-returns 1',
      'guaranteed-delivery 1',
      'retail-standard 1',
      'return-code 1',
    ]);
  });

  it('reads the list of them as a page, too, each with the way to its own', async () => {
    const read = (path: string, language: string) =>
      shop.send('get', path, undefined, { Accept: 'text/html', 'Accept-Language': language });
    const page = await read('/v1/policies', 'en');
    expect(page.headers).toMatchObject({
      ...{ 'content-type': 'text/html; charset=utf-8', 'content-language': 'en', vary: 'Accept, Accept-Language' },
    });
    const { data } = expectStatus<{ data: { id: string; title: string; summary: string }[] }>(
      await shop.get('/v1/policies'),
      200,
    );
    expect(data.length).toBeGreaterThanOrEqual(5);
    for (const { id, title, summary } of data) {
      expect(page.text).toContain(`<a href="/v1/policies/${id}">${escapeHtml(title)}</a>`);
      expect(page.text).toContain(escapeHtml(summary));
    }
    const french = await read('/v1/policies', 'fr');
    expect(french.text).toMatch(/^<!doctype html><html lang="fr">.*Politiques en vigueur/s);
    expect(french.text).toContain('<section lang="fr"><h2><a href="/v1/policies/extended-returns">');
    expect(french.text).toContain('<section lang="en"><h2><a href="/v1/policies/courier-proof">');
    const first = await read('/v1/policies?limit=2', 'en');
    const [, more = ''] = /<a href="([^"]+)">More<\/a>/.exec(first.text) ?? [];
    expect((await read(more, 'en')).text).toContain('<a href="/v1/policies/return-code">');
  });

  it('say in French what the decision says in French', async () => {
    const french = { Accept: 'text/html', 'Accept-Language': 'fr-CH, fr;q=0.9, en;q=0.5' };
    const page = await shop.send('get', '/v1/policies/extended-returns', undefined, french);
    expect(page.headers['content-type']).toContain('text/html');
    expect([page.text.includes('lang="fr"'), page.headers['content-language']]).toEqual([true, 'fr']);
    const lost = factsOf({ kind: 'tracking' }, { status: 'lost' });
    const answer = await shop.send('post', '/v1/policies/extended-returns/decide', lost, french);
    expect(answer.headers['content-language']).toBe('fr');
    const { clauses } = expectStatus<{ clauses: { id: string; text: string }[] }>(answer, 200);
    for (const { id, text } of clauses) {
      expect(page.text).toContain(id);
      expect(page.text).toContain(text);
    }
  });
});
