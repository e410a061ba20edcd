import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Described } from '../../src/cli/chaos/documented.ts';
import type { Document } from '../../src/cli/chaos/fuzzer.ts';
import { Fuzz, type Speak } from '../../src/cli/chaos/fuzzing.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Caller, expectStatus, SHIP_TO, World } from '../support/world.ts';

const REQUESTS = 3_000;
const SEED = 20_260_501;

let test: TestApp;
let world: World;
let fuzz: Fuzz;

const speakAs =
  (caller: Caller): Speak =>
  async (method, address, body, headers) => {
    const answer = await caller.send(method, address, body ?? undefined, headers);
    const text = [answer.text].join(''); // a PDF has none
    return { status: answer.status, type: answer.headers['content-type'] ?? '', text };
  };

beforeAll(async () => {
  test = await startApp({ LOG_LEVEL: 'fatal' });
  world = await World.open(test);
  await world.catalogue();
  const { caller: shop } = await world.merchant('5000.00');
  const staff = await world.colleague(['warehouse', 'support', 'finance']);
  const document = expectStatus<Document & Described>(await test.http.get('/openapi.json'), 200);
  fuzz = new Fuzz(document, [shop, world.admin, staff, new Caller(test, null)].map(speakAs), SEED);
  const orders = [];
  for (const reference of ['FUZZ-1', 'FUZZ-2', 'FUZZ-3']) {
    const answer = await shop.post('/v1/orders', world.order(reference));
    orders.push(expectStatus<{ packages: { id: string }[] }>(answer, 201));
    fuzz.note(answer.text);
  }
  await world.ship(orders[0]?.packages[0]?.id ?? '', '1Z999AA10123456784');
  const quote = { currency: 'USD', ship_to: SHIP_TO, items: [{ sku: 'LAMP', quantity: 1 }] };
  fuzz.note((await shop.post('/v1/quotes', quote)).text);
  await test.settle();
});
afterAll(() => test.close());

it(`answers ${REQUESTS} requests, right, wrong and absurd, with what it documents: never a 500`, async () => {
  await fuzz.play(REQUESTS);
  expect(fuzz.faults).toEqual([]);
  expect(fuzz.done).toBeGreaterThan(REQUESTS / 20); // some of them did something
  const { faults: ledger } = expectStatus<{ faults: object[] }>(await world.admin.get('/v1/ledger/verification'), 200);
  expect(ledger).toEqual([]);
}, 240_000);
