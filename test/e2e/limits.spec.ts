import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { World } from '../support/world.ts';

let test: TestApp;
let world: World;
beforeAll(async () => {
  test = await startApp({ RATE_LIMIT_FACTOR: '0.005' });
  world = await World.open(test);
});
afterAll(() => test.close());

it('scales every limit, to fewer calls as well, and says when to come again', async () => {
  const { caller } = await world.merchant();
  const answers = [];
  for (let n = 0; n < 4; n += 1) answers.push(await caller.post('/v1/quotes'));
  expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 429]);
  expect(answers.map(({ headers }) => headers['ratelimit-policy'])).toEqual(answers.map(() => '"writes";q=3;w=60'));
  const refused = answers.at(-1);
  expect(refused?.body).toMatchObject({ status: 429, code: 'rate_limited' });
  expect(refused?.headers['retry-after']).toMatch(/^\d+$/);
  const read = await caller.get('/v1/orders');
  expect([read.status, read.headers['ratelimit-policy']]).toEqual([200, '"reads";q=15;w=60']);
  const staff = await world.admin.get('/v1/orders');
  expect(staff.headers['ratelimit-policy']).toBe('"reads";q=150;w=60');
});
