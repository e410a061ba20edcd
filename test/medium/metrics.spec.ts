import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.close());

const counted = async (): Promise<Record<string, number>> => {
  const { text } = await test.http.get('/metrics');
  const lines = text.matchAll(
    /^waybill_http_request_seconds_count\{method="(.*)",route="(.*)",status="(.*)"\} (\d+)$/gm,
  );
  return Object.fromEntries(
    [...lines].map(([, method, route, status, n]) => [`${method} ${route} ${status}`, Number(n)]),
  );
};

it('counts each request under the status that it was answered with, whoever refused it', async () => {
  const session = (body: object) => test.http.post('/v1/sessions').send(body);
  expect((await test.http.get('/v1/orders')).status).toBe(401);
  expect((await test.http.get('/v1/orders/ord_1').set('Authorization', 'Bearer nobody')).status).toBe(401);
  expect((await test.http.get('/nowhere')).status).toBe(404);
  expect((await session({ email: 'nobody@example.com', password: 'correct horse battery' })).status).toBe(401);
  expect((await session({ email: 7 })).status).toBe(422);
  expect((await test.http.post('/v1/sessions').type('text/plain').send('{}')).status).toBe(415);
  expect((await test.http.get('/health/live')).status).toBe(200);
  expect(await counted()).toEqual({
    'GET /v1/orders 401': 1,
    'GET /v1/orders/:id 401': 1,
    'GET none 404': 1,
    'POST /v1/sessions 401': 1,
    'POST /v1/sessions 422': 1,
    'POST /v1/sessions 415': 1,
    'GET /health/live 200': 1,
  });
});

it('limits nobody who asks whether the service lives, however many others ask from the same address', async () => {
  expect((await test.http.get('/problems')).headers).toHaveProperty('ratelimit');
  for (const path of ['/health/live', '/health/ready', '/metrics'])
    expect((await test.http.get(path)).headers).not.toHaveProperty('ratelimit');
});
