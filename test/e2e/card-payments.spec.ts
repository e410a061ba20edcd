import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { rows } from '../../src/database/sql.ts';
import { realNow } from '../../src/kernel/clock.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { PaymentDesk } from '../../src/wallet/card-payments/payment-desk.ts';
import { startApp, type TestApp } from '../support/app.ts';
import {
  StripeServer,
  type StripeCall,
  STRIPE_SECRET,
  stripeCharge,
  stripeDispute,
  stripeEvent,
  stripeRefund,
  stripeSession,
} from '../support/stripe-server.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

interface TopUp {
  id: string;
  status: string;
  checkout_url: string | null;
}

const stripe = new StripeServer();
let test: TestApp;
let world: World;
let merchant: Merchant;
beforeAll(async () => {
  test = await startApp({
    STRIPE_SECRET_KEY: 'sk_test_1',
    STRIPE_WEBHOOK_SECRET: `whsec_older,${STRIPE_SECRET}`,
    STRIPE_BASE_URL: await stripe.start(),
    TOP_UP_BONUS_PERCENT_CARD: '10',
  });
  world = await World.open(test);
  await world.catalogue();
});
beforeEach(async () => {
  merchant = await world.merchant();
  stripe.card = 'succeeded';
});
afterAll(async () => {
  await test.close();
  await stripe.stop();
});

const ask = async (amount: string, more: object = {}): Promise<TopUp> =>
  expectStatus<TopUp>(await merchant.caller.post('/v1/top-ups', { amount: usd(amount), method: 'card', ...more }), 201);

async function hear(type: string, object: object, id?: string): Promise<unknown> {
  const { body, signature } = stripeEvent(type, object, id === undefined ? {} : { id });
  const answer = await test.http
    .post('/v1/payments/stripe')
    .set({ 'Stripe-Signature': signature, 'Content-Type': 'application/json' })
    .send(body);
  return expectStatus(answer, 200);
}

/** A top-up that was paid. @returns its payment's id */
async function paid(amount: string, minor: number): Promise<{ topUp: TopUp; payment: string }> {
  const topUp = await ask(amount);
  const payment = `pi_${randomUUID().replaceAll('-', '')}`;
  stripe.knows(payment, minor, 'usd');
  await hear('checkout.session.completed', stripeSession(topUp.id, payment, minor));
  return { topUp, payment };
}

const balance = async (): Promise<unknown> => {
  const wallet = expectStatus<{ balances: Record<string, { amount: string }>[] }>(
    await merchant.caller.get('/v1/wallet'),
    200,
  );
  const [line] = wallet.balances;
  return [line?.['available']?.amount, line?.['held']?.amount, line?.['promotional']?.amount];
};

/** Calls that make something; the worker reads in between. */
const posted = (): StripeCall[] => stripe.seen.filter(({ line }) => line.startsWith('POST'));

const topUpNow = async ({ id }: TopUp): Promise<unknown> =>
  expectStatus(await merchant.caller.get(`/v1/top-ups/${id}`), 200);

const isSound = async (): Promise<void> => {
  expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
};

/** The worker has asked the provider all that is due: by this run, or by the cron's that was at it already. */
async function askProvider(): Promise<void> {
  await test.app.get(PaymentDesk).questions.run(test.db, realNow());
  const open = `SELECT 1 FROM top_up WHERE merchant_id = $1
    AND ((automatic AND status = 'pending') OR (payment = ANY ($2) AND fee_minor IS NULL))`;
  for (;;) {
    const left = await rows<unknown>(test.db, open, [idIn('mer', merchant.id), stripe.known()]);
    if (left.length === 0) return;
    await new Promise((done) => setTimeout(done, 20));
  }
}

describe('a top-up by card', () => {
  it('is paid on the provider’s page; one page and one top-up however often it is asked at once', async () => {
    const body = { amount: usd('20.00'), method: 'card' };
    const before = posted().length;
    const all = await Promise.all(Array.from({ length: 8 }, () => merchant.caller.post('/v1/top-ups', body, 'one')));
    expect(new Set(all.map(({ text }) => text)).size).toBe(1);
    const topUp = expectStatus<TopUp>(all[0] ?? (await merchant.caller.post('/v1/top-ups', body, 'one')), 201);
    expect(topUp).toMatchObject({ status: 'pending', checkout_url: expect.stringMatching(/^https:\/\/checkout/) });
    const calls = posted().slice(before);
    expect(new Set(calls.map(({ key }) => key))).toEqual(new Set([`checkout:${topUp.id}`]));
    expect(Object.fromEntries(calls[0]?.form ?? [])).toMatchObject({
      ...{ mode: 'payment', client_reference_id: topUp.id, 'payment_method_types[0]': 'card' },
      ...{ 'line_items[0][price_data][currency]': 'usd', 'line_items[0][price_data][unit_amount]': '2000' },
    });
    const reused = await merchant.caller.post('/v1/top-ups', { ...body, amount: usd('21.00') }, 'one');
    expect([reused.status, reused.body]).toMatchObject([422, { code: 'idempotency_key_reused' }]);
    expect(posted()).toHaveLength(before + calls.length);
  });

  it('is credited once with its bonus, whatever Stripe repeats, and what Stripe keeps is booked', async () => {
    const { topUp, payment } = await paid('20.00', 2000);
    for (let again = 0; again < 2; again += 1)
      await hear('checkout.session.completed', stripeSession(topUp.id, payment, 2000));
    await hear('checkout.session.async_payment_succeeded', stripeSession(topUp.id, payment, 2000));
    await hear('payment_intent.succeeded', {
      ...{ id: payment, object: 'payment_intent', amount_received: 2000, currency: 'usd' },
      metadata: { top_up: topUp.id },
    });
    await hear('checkout.session.expired', stripeSession(topUp.id, null, 2000, false));
    expect(await balance()).toEqual(['20.00', '0.00', '2.00']);
    expect(await topUpNow(topUp)).toMatchObject({ status: 'received', received: usd('20.00'), checkout_url: null });
    await askProvider();
    const { accounts } = expectStatus<{ accounts: { account: string; debit: { amount: string } }[] }>(
      await world.admin.get('/v1/ledger/trial-balance?currency=USD'),
      200,
    );
    expect(accounts.find(({ account }) => account === 'provider_fees')?.debit.amount).toBe('0.59');
    await isSound();
  });

  it('is known by its page alone', async () => {
    const topUp = await ask('20.00');
    const session = { ...stripeSession(topUp.id, 'pi_by_page', 2000), client_reference_id: null, metadata: {} };
    await hear('checkout.session.completed', { ...session, id: topUp.checkout_url?.split('/').at(-1) });
    expect(await topUpNow(topUp)).toMatchObject({ status: 'received' });
  });

  it('whose money comes later is credited when it has come, or fails', async () => {
    const [late, never] = [await ask('5.00'), await ask('6.00')];
    await hear('checkout.session.completed', stripeSession(late.id, 'pi_late', 500, false));
    await hear('checkout.session.completed', stripeSession(never.id, 'pi_never', 600, false));
    expect(await balance()).toEqual(['0.00', '0.00', '0.00']);
    await hear('checkout.session.async_payment_succeeded', stripeSession(late.id, 'pi_late', 500));
    await hear('checkout.session.async_payment_failed', stripeSession(never.id, 'pi_never', 600, false));
    expect(await balance()).toEqual(['5.00', '0.00', '0.50']);
    expect(await topUpNow(never)).toMatchObject({ status: 'failed' });
  });

  it('is credited even if it was given up before, for the money is there', async () => {
    const topUp = await ask('5.00');
    await hear('checkout.session.expired', stripeSession(topUp.id, null, 500, false));
    expect(await topUpNow(topUp)).toMatchObject({ status: 'expired' });
    await hear('checkout.session.completed', stripeSession(topUp.id, 'pi_after_all', 500));
    expect(await topUpNow(topUp)).toMatchObject({ status: 'received' });
  });

  it('that the provider refuses fails, and says why under the same key', async () => {
    const refusal = { type: 'invalid_request_error', message: 'Amount must convert to at least 50 cents.' };
    stripe.failures = [{ status: 400, body: { error: refusal } }];
    for (let again = 0; again < 2; again += 1) {
      const refused = await merchant.caller.post('/v1/top-ups', { amount: usd('0.01'), method: 'card' }, 'small');
      expect([refused.status, refused.body]).toMatchObject([422, { code: 'payment_refused' }]);
    }
  });

  it('goes on where it stood when the provider did not answer', async () => {
    stripe.failures = Array.from({ length: 9 }, () => 'reset' as const);
    const body = { amount: usd('9.00'), method: 'paypal' };
    const failed = await merchant.caller.post('/v1/top-ups', body, 'again');
    expect([failed.status, failed.body]).toMatchObject([503, { code: 'payment_provider_unavailable' }]);
    expect(failed.headers['retry-after']).toBe('5');
    stripe.failures = [];
    const made = expectStatus<TopUp>(await merchant.caller.post('/v1/top-ups', body, 'again'), 201);
    expect(
      new Set(
        posted()
          .slice(-3)
          .map(({ key }) => key),
      ),
    ).toEqual(new Set([`checkout:${made.id}`]));
    const list = expectStatus<{ data: unknown[] }>(await merchant.caller.get('/v1/top-ups'), 200);
    expect(list.data).toHaveLength(1);
  });
});

describe('a message that Stripe did not sign', () => {
  it.each([
    ['another secret', { 'Stripe-Signature': stripeEvent('x', {}, { secret: 'whsec_of_a_stranger' }).signature }],
    ['no signature', {}],
    ['a broken one', { 'Stripe-Signature': 't=1,v1=00' }],
  ])('changes nothing: %s', async (_, headers) => {
    const topUp = await ask('5.00');
    const { body } = stripeEvent('checkout.session.completed', stripeSession(topUp.id, 'pi_forged', 500));
    const refused = await test.http.post('/v1/payments/stripe').set(headers).send(body);
    expect([refused.status, refused.body]).toMatchObject([401, { code: 'invalid_signature' }]);
    expect(await topUpNow(topUp)).toMatchObject({ status: 'pending' });
  });
});

describe('a refund of a top-up', () => {
  it('takes cash and its share of the bonus, once, however Stripe tells of it', async () => {
    const { topUp, payment } = await paid('20.00', 2000);
    await hear('refund.created', stripeRefund('re_1', payment, 500, 'pending'));
    await hear('charge.refunded', stripeCharge(payment, 2000, 500));
    await hear('refund.updated', stripeRefund('re_1', payment, 500));
    expect(await balance()).toEqual(['15.00', '0.00', '1.50']);
    await hear('charge.refunded', stripeCharge(payment, 2000, 2000));
    await hear('refund.created', stripeRefund('re_2', payment, 1500));
    expect(await balance()).toEqual(['0.00', '0.00', '0.00']);
    expect(await topUpNow(topUp)).toMatchObject({ taken_back: usd('20.00') });
    await isSound();
  });

  it('that fails comes back, also when the failure is heard first', async () => {
    const { payment } = await paid('20.00', 2000);
    await hear('refund.created', stripeRefund('re_3', payment, 500));
    await hear('refund.failed', stripeRefund('re_3', payment, 500, 'failed'));
    await hear('refund.failed', stripeRefund('re_4', payment, 700, 'failed'));
    await hear('refund.created', stripeRefund('re_4', payment, 700));
    expect(await balance()).toEqual(['20.00', '0.00', '1.50']); // the bonus is not earned twice
  });

  it('heard before the payment waits for it', async () => {
    const topUp = await ask('20.00');
    await hear('charge.refunded', stripeCharge('pi_early', 2000, 2000));
    await hear('checkout.session.completed', stripeSession(topUp.id, 'pi_early', 2000));
    expect(await balance()).toEqual(['0.00', '0.00', '0.00']);
  });

  it('takes what there is, and never more', async () => {
    const { topUp, payment } = await paid('20.00', 2000);
    expectStatus(await merchant.caller.post('/v1/orders', world.order('SPENT')), 201); // 2 promotional, 23 asked: not enough
    const order = world.order('SPENT-2', [{ sku: 'SHADE', quantity: 1 }]); // 10 and 5 to ship
    expectStatus(await merchant.caller.post('/v1/orders', order), 201);
    await hear('charge.refunded', stripeCharge(payment, 2000, 2000));
    expect(await balance()).toEqual(['0.00', '0.00', '0.00']);
    expect(await topUpNow(topUp)).toMatchObject({ taken_back: usd('7.00') });
    await isSound();
  });
});

describe('a dispute of a top-up', () => {
  it('holds the money and blocks payouts; lost, it takes it, with what Stripe charges for it', async () => {
    const { topUp, payment } = await paid('20.00', 2000);
    await world.verifyEmail(merchant);
    await hear('charge.dispute.created', stripeDispute('dp_1', payment, 2000, 'needs_response'));
    await hear('charge.dispute.funds_withdrawn', stripeDispute('dp_1', payment, 2000, 'needs_response'));
    expect(await balance()).toEqual(['0.00', '20.00', '2.00']);
    const blocked = await merchant.caller.post('/v1/payouts', { amount: usd('1.00'), destination: 'DE1' });
    expect([blocked.status, blocked.body]).toMatchObject([409, { blockers: [{ name: 'top_up_disputed' }] }]);
    await hear('charge.dispute.closed', stripeDispute('dp_1', payment, 2000, 'lost'));
    await hear('charge.dispute.created', stripeDispute('dp_1', payment, 2000, 'needs_response'));
    expect(await balance()).toEqual(['0.00', '0.00', '0.00']);
    const { data } = expectStatus<{ data: { explanation: object[] }[] }>(
      await merchant.caller.get('/v1/wallet/transactions?type=reversal'),
      200,
    );
    const charged: unknown = expect.stringMatching(/^Top-up WB-\S+ was charged back$/);
    expect(data.map(({ explanation: [first] }) => first)).toContainEqual({ text: charged, amount: usd('-20.00') });
    expect(await topUpNow(topUp)).toMatchObject({ taken_back: usd('20.00') });
    await isSound();
  });

  it('won, it releases it, and payouts are free again', async () => {
    const { payment } = await paid('20.00', 2000);
    await world.verifyEmail(merchant);
    await hear('charge.dispute.created', stripeDispute('dp_2', payment, 2000, 'needs_response'));
    await hear('charge.dispute.closed', stripeDispute('dp_2', payment, 2000, 'won'));
    expect(await balance()).toEqual(['20.00', '0.00', '2.00']);
    const payout = { amount: usd('1.00'), destination: 'DE1' };
    expectStatus(await merchant.caller.post('/v1/payouts', payout), 201);
  });

  it('holds what comes later too, until all that is disputed is held; then it takes or releases every part', async () => {
    const { payment } = await paid('20.00', 2000);
    const order = world.order('SPENT-3', [{ sku: 'SHADE', quantity: 1 }]); // 15 in all, 2 of them promotional
    expectStatus(await merchant.caller.post('/v1/orders', order), 201);
    await hear('charge.dispute.created', stripeDispute('dp_5', payment, 2000, 'needs_response'));
    expect(await balance()).toEqual(['0.00', '7.00', '0.00']);
    await world.topUp(merchant, '5.00');
    await test.settle();
    expect(await balance()).toEqual(['0.00', '12.00', '0.00']);
    await world.topUp(merchant, '30.00');
    await test.settle();
    expect(await balance()).toEqual(['22.00', '20.00', '0.00']);
    const { data } = expectStatus<{ data: { explanation: { text: string; amount: unknown }[] }[] }>(
      await merchant.caller.get('/v1/wallet/transactions?type=hold'),
      200,
    );
    const disputed: unknown = expect.stringMatching(/is disputed$/);
    expect(data.map(({ explanation: [first] }) => first)).toEqual([
      { text: disputed, amount: usd('-8.00') },
      { text: disputed, amount: usd('-5.00') },
      { text: disputed, amount: usd('-7.00') },
    ]);
    await hear('charge.dispute.closed', stripeDispute('dp_5', payment, 2000, 'won'));
    expect(await balance()).toEqual(['42.00', '0.00', '0.00']);
    await hear('charge.dispute.created', stripeDispute('dp_6', payment, 2000, 'needs_response'));
    await hear('charge.dispute.closed', stripeDispute('dp_6', payment, 2000, 'lost'));
    expect(await balance()).toEqual(['22.00', '0.00', '0.00']);
    await isSound();
  });

  it('that is only an inquiry does nothing; one that is heard of when it is lost takes at once', async () => {
    const { payment } = await paid('20.00', 2000);
    await hear('charge.dispute.created', stripeDispute('dp_3', payment, 2000, 'warning_needs_response'));
    expect(await balance()).toEqual(['20.00', '0.00', '2.00']);
    await hear('charge.dispute.closed', stripeDispute('dp_4', payment, 2000, 'lost'));
    expect(await balance()).toEqual(['0.00', '0.00', '0.00']);
  });
});

describe('automatic top-ups', () => {
  const alerts = { low_balance: usd('11.00'), auto_top_up: { amount: usd('30.00'), daily_cap: usd('60.00') } };

  async function withCard(): Promise<void> {
    const topUp = await ask('25.00', { save_card: true });
    const payment = `pi_${randomUUID().replaceAll('-', '')}`;
    stripe.knows(payment, 2500, 'usd', true);
    await hear('checkout.session.completed', stripeSession(topUp.id, payment, 2500));
    await askProvider();
    expect(expectStatus(await merchant.caller.put('/v1/wallet/alerts', alerts), 200)).toEqual({
      ...alerts,
      auto_top_up: { ...alerts.auto_top_up, card: 'visa 4242' },
    });
  }

  async function spend(reference: string, sku = 'LAMP'): Promise<void> {
    const order = world.order(reference, [{ sku, quantity: 1 }]);
    expectStatus(await merchant.caller.post('/v1/orders', order), 201);
    await test.settle();
    await askProvider();
    await test.settle();
  }

  it('need a saved card, a limit in the same currency and a cap of at least the amount', async () => {
    const refused = await merchant.caller.put('/v1/wallet/alerts', alerts);
    expect([refused.status, refused.body]).toMatchObject([422, { code: 'saved_card_missing' }]);
    await withCard();
    for (const wrong of [
      { low_balance: null },
      { auto_top_up: { amount: usd('30.00'), daily_cap: usd('29.99') } },
      { auto_top_up: { amount: { amount: '30.00', currency: 'EUR' } } },
    ]) {
      const answer = await merchant.caller.put('/v1/wallet/alerts', { ...alerts, ...wrong });
      expect([answer.status, answer.body]).toMatchObject([422, { code: 'validation_failed' }]);
    }
  });

  it('charge the card when the balance falls low, once a fall, until the day’s cap', async () => {
    await withCard();
    await spend('AUTO-1'); // 25 + 2.50 - 25: falls low
    expect(await balance()).toEqual(['32.50', '0.00', '3.00']);
    expect(
      stripe.seen
        .filter(({ line }) => line === 'POST /v1/payment_intents')
        .at(-1)
        ?.form.get('customer'),
    ).toBe('cus_1');
    await spend('AUTO-2'); // 3 promotional and 22: falls low again
    expect(await balance()).toEqual(['40.50', '0.00', '3.00']);
    await spend('AUTO-3');
    await spend('AUTO-4', 'SHADE'); // falls low, but 60 were charged today
    expect(await balance()).toEqual(['3.50', '0.00', '0.00']);
    const { data } = expectStatus<{ data: TopUp[] }>(await merchant.caller.get('/v1/top-ups'), 200);
    expect(data.map(({ status }) => status)).toEqual(['received', 'received', 'received']);
  });

  it.each(['declined', 'requires_action'] as const)('that are %s fail, and are not tried again', async (outcome) => {
    await withCard();
    stripe.card = outcome;
    await spend('AUTO-1');
    const { data } = expectStatus<{ data: TopUp[] }>(await merchant.caller.get('/v1/top-ups'), 200);
    expect(data.map(({ status }) => status)).toEqual(['failed', 'received']);
    const later = await rows<unknown>(
      test.db,
      `SELECT 1 FROM top_up WHERE automatic AND status = 'failed' AND ask_at IS NOT NULL`,
    );
    expect(later).toEqual([]);
  });
});
