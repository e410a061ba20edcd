import { readFileSync } from 'node:fs';
import { SOURCES } from '../../src/tracking/sources.translate.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { mutatedPayload, numbers } from '../support/mutate.ts';
import { World } from '../support/world.ts';

interface Entry {
  file: string;
  source: string;
}

interface Preview {
  shipments: { status: string; events: unknown[] }[];
  problems: string[];
}

const dir = new URL('../data/tracking/', import.meta.url);
const index = JSON.parse(readFileSync(new URL('index.json', dir), 'utf8')) as Entry[];

describe('payloads that are not quite as they were published, over HTTP', () => {
  let test: TestApp;
  let world: World;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    await world.catalogue();
  });

  afterAll(() => test.close());

  const send = (path: string, body: string) => {
    const type = body.trimStart().startsWith('<') ? 'application/xml' : 'application/json';
    return test.http
      .post(path)
      .set('Content-Type', type)
      .set('Authorization', `Bearer ${world.admin.token ?? ''}`)
      .send(body);
  };

  it('previews each of them, and stores each of them, whatever they are', async () => {
    const next = numbers(20_261_127);
    for (const { file, source } of index) {
      const body = mutatedPayload(readFileSync(new URL(file, dir), 'utf8'), next);
      const preview = await send(`/v1/tracking/${source}/preview`, body);
      expect([file, preview.status]).toEqual([file, 200]);
      expect((preview.body as Preview).shipments.length).toBeGreaterThan(0);
      const stored = await send(`/v1/tracking/${source}`, body);
      expect([file, stored.status]).toEqual([file, 200]);
      expect(Object.keys(stored.body as object).sort()).toEqual(['accepted', 'duplicates', 'unmatched']);
    }
  });

  it('previews what is no payload at all', async () => {
    for (const source of SOURCES) {
      for (const body of ['', '[]', '<a><b/></a>', '{']) {
        const { status, body: seen } = await send(`/v1/tracking/${source}/preview`, body);
        expect([source, body, status]).toEqual([source, body, 200]);
        expect((seen as Preview).shipments).toEqual([expect.objectContaining({ status: 'unknown', events: [] })]);
      }
    }
  });
});
