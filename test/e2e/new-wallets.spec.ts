import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { rows } from '../../src/database/sql.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

const UNKNOWN = 'mer_01h455vb4pex5vsknk084sn02q';

let test: TestApp;
let world: World;
beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
});
afterAll(() => test.close());

/** As it is between the sign-up and the wallet's hearing of it, however short that is. */
async function justSignedUp(currency: string): Promise<Merchant> {
  const merchant = await world.merchant(undefined, currency);
  await test.settle();
  await rows(test.db, 'DELETE FROM wallet_profile');
  return merchant;
}

it.each([
  ['USD', '0.00'],
  ['JPY', '0'],
  ['KWD', '0.000'],
])('shows the home currency from the first question on: %s', async (currency, amount) => {
  const { caller } = await justSignedUp(currency);
  const none = { amount, currency };
  expect(expectStatus(await caller.get('/v1/wallet'), 200)).toEqual({
    balances: [{ currency, available: none, held: none, promotional: none }],
  });
  expect(expectStatus(await caller.get('/v1/wallet/statement'), 200)).toMatchObject({ opening: none, closing: none });
});

it('is adjusted from the first moment on, and nobody else is', async () => {
  const { id, caller } = await justSignedUp('USD');
  const adjustment = { merchant: id, amount: usd('5.00'), reason: 'Welcome' };
  expectStatus(await world.admin.post('/v1/adjustments', adjustment), 201);
  expect(expectStatus(await caller.get('/v1/wallet'), 200)).toMatchObject({ balances: [{ available: usd('5.00') }] });
  const unknown = await world.admin.post('/v1/adjustments', { ...adjustment, merchant: UNKNOWN });
  expect(unknown.status).toBe(404);
});
