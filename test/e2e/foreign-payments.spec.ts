import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rows } from '../../src/database/sql.ts';
import { startApp, type TestApp } from '../support/app.ts';
import {
  StripeServer,
  STRIPE_SECRET,
  stripeCharge,
  stripeDispute,
  stripeEvent,
  stripeRefund,
  stripeSession,
} from '../support/stripe-server.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

const stripe = new StripeServer();
let test: TestApp;
let world: World;
let merchant: Merchant;
beforeAll(async () => {
  test = await startApp({
    STRIPE_SECRET_KEY: 'sk_test_1',
    STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
    STRIPE_BASE_URL: await stripe.start(),
  });
  world = await World.open(test);
  merchant = await world.merchant();
});
afterAll(async () => {
  await test.close();
  await stripe.stop();
});

const ask = async (amount: string): Promise<string> =>
  expectStatus<{ id: string }>(await merchant.caller.post('/v1/top-ups', { amount: usd(amount), method: 'card' }), 201)
    .id;

async function hear(type: string, object: object, livemode = false): Promise<string> {
  const { body, signature } = stripeEvent(type, object, { livemode });
  const answer = await test.http
    .post('/v1/payments/stripe')
    .set({ 'Stripe-Signature': signature, 'Content-Type': 'application/json' })
    .send(body);
  expectStatus(answer, 200);
  const { id } = JSON.parse(body) as { id: string };
  const [kept] = await rows<{ state: string }>(test.db, 'SELECT state FROM payment_event WHERE id = $1', [id]);
  return kept?.state ?? 'not kept';
}

const balance = async (): Promise<unknown> => {
  const { balances } = expectStatus<{ balances: Record<string, { amount: string }>[] }>(
    await merchant.caller.get('/v1/wallet'),
    200,
  );
  return [balances[0]?.['available']?.amount, balances[0]?.['held']?.amount];
};

describe('a message of the provider', () => {
  it('of the other mode moves no money: a test payment is none', async () => {
    const topUp = await ask('20.00');
    stripe.knows('pi_mode', 2000, 'usd');
    const session = stripeSession(topUp, 'pi_mode', 2000);
    expect(await hear('checkout.session.completed', session, true)).toBe('ignored');
    expect(await balance()).toEqual(['0.00', '0.00']);
    expect(await hear('checkout.session.completed', session)).toBe('done');
    expect(await balance()).toEqual(['20.00', '0.00']);
  });

  it('in another currency is not taken for the top-up’s own, heard early or late', async () => {
    const jpy = { currency: 'jpy' };
    const topUp = await ask('30.00');
    stripe.knows('pi_yen', 3000, 'usd');
    const before = await balance();
    expect(await hear('charge.refunded', { ...stripeCharge('pi_yen', 3000, 3000), ...jpy })).toBe('waiting');
    const session = stripeSession(topUp, 'pi_yen', 3000);
    expect(await hear('checkout.session.completed', { ...session, ...jpy })).toBe('ignored');
    expect(await balance()).toEqual(before);
    expect(await hear('checkout.session.completed', session)).toBe('done');
    expect(await balance()).toEqual(['50.00', '0.00']);
    for (const [type, object] of [
      ['charge.refunded', stripeCharge('pi_yen', 3000, 3000)],
      ['refund.created', stripeRefund('re_yen', 'pi_yen', 3000)],
      ['charge.dispute.created', stripeDispute('dp_yen', 'pi_yen', 3000, 'needs_response')],
    ] as const)
      expect(await hear(type, { ...object, ...jpy })).toBe('ignored');
    expect(await balance()).toEqual(['50.00', '0.00']);
  });
});
