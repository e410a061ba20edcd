import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { playOrders } from '../../src/cli/chaos/order-play.ts';
import { LedgerVerification } from '../../src/wallet/wallet.service.ts';
import { openMarket } from '../../src/cli/chaos/trade.ts';
import { Client } from '../../src/cli/demo/client.ts';
import { ADMIN, startApp, type TestApp } from '../support/app.ts';

const SEED = 20_260_601;
/** Source: reliability.md, T1; `npm run chaos -- models --full` plays more and longer ones. */
const [RUNS, LENGTH] = [200, 50] as const;

let test: TestApp;
beforeAll(async () => {
  test = await startApp({ LOG_LEVEL: 'fatal', WEBHOOK_ALLOW_LOCAL: 'true' });
  await test.app.listen(0, '127.0.0.1');
});
afterAll(() => test.close());

it(`takes orders and packages through any history as an independent model does, ${RUNS} of ${LENGTH}`, async () => {
  const anyone = new Client(await test.app.getUrl());
  const { token } = await anyone.post<{ token: string }>('/v1/sessions', ADMIN);
  const { admin, now } = await openMarket(anyone, token, SEED);
  await playOrders({ anyone, admin, now, settle: () => test.settle() }, { runs: RUNS, length: LENGTH, seed: SEED });
  const { faults } = await test.app.get(LedgerVerification, { strict: false }).run();
  expect(faults).toEqual([]);
}, 300_000);
