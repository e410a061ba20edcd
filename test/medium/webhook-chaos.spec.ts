import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { playWebhooks } from '../../src/cli/chaos/webhooks.ts';
import { Client } from '../../src/cli/demo/client.ts';
import { ADMIN, startApp, type TestApp } from '../support/app.ts';

jest.setTimeout(120_000);

let test: TestApp;

beforeAll(async () => {
  test = await startApp({ WEBHOOK_ALLOW_LOCAL: 'true', WEBHOOK_TIMEOUT_SECONDS: '1' });
  await test.app.listen(0, '127.0.0.1');
});

afterAll(async () => {
  await test.close();
});

it('every receiver has every event in the end, and the healthy ones while the others are ill', async () => {
  const anyone = new Client(await test.app.getUrl());
  const { token } = await anyone.post<{ token: string }>('/v1/sessions', ADMIN);
  const stage = { anyone, admin: anyone.as(token), disturb: () => Promise.resolve(), say: () => undefined };
  const outcome = await playWebhooks(stage, { seed: 20_261_127, endpoints: 25, topUps: 3 });
  expect(outcome.faults).toEqual([]);
  expect(outcome.events).toBe(5 * 3 * 2);
  expect(outcome.healthy).toBeGreaterThan(2);
  expect(outcome.healthy).toBeLessThan(20);
});
