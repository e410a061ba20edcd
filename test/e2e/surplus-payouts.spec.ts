import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

let test: TestApp;
let world: World;
beforeAll(async () => {
  test = await startApp({ PAYOUT_RULE: 'surplus' });
  world = await World.open(test);
  await world.catalogue();
});
afterAll(() => test.close());

/** A merchant with one order that is not settled: the cash left is the surplus and what covers the order. */
async function trading(reference: string): Promise<{ merchant: Merchant; free: (less: number) => string }> {
  const merchant = await world.merchant('1000.00');
  await world.verifyEmail(merchant);
  const order = expectStatus<{ total: { amount: string } }>(
    await merchant.caller.post('/v1/orders', world.order(reference)),
    201,
  );
  const surplus = 1000 - 2 * Number(order.total.amount); // charged once, and covered once
  return { merchant, free: (less) => (surplus - less).toFixed(2) };
}

async function ask({ caller }: Merchant, amount: string): Promise<[number, unknown]> {
  const { status, body } = await caller.post('/v1/payouts', {
    amount: usd(amount),
    destination: 'DE89370400440532013000',
  });
  return [status, (body as { code?: string }).code];
}

// Source: wallet.md, Payouts: "a setting may allow what exceeds the value of unsettled orders"
describe('a payout of the surplus', () => {
  it('leaves what covers the orders that are not settled, to the cent', async () => {
    const { merchant, free } = await trading('SURPLUS-1');
    expect(await ask(merchant, free(-0.01))).toEqual([409, 'payout_blocked']);
    expect(await ask(merchant, free(0))).toEqual([201, undefined]);
    expect(await ask(merchant, '0.01')).toEqual([409, 'payout_blocked']);
  });

  it('does not count what is on its way out already', async () => {
    const { merchant, free } = await trading('SURPLUS-2');
    expect(await ask(merchant, free(100))).toEqual([201, undefined]);
    expect(await ask(merchant, '100.01')).toEqual([409, 'payout_blocked']);
    expect(await ask(merchant, '100.00')).toEqual([201, undefined]);
  });

  it('is there once, however many ask for it at once', async () => {
    const { merchant, free } = await trading('SURPLUS-3');
    const answers = await Promise.all([0, 1, 2].map(() => ask(merchant, free(0))));
    expect(answers.filter(([status]) => status === 201)).toHaveLength(1);
  });
});
