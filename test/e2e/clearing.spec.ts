import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { rows } from '../../src/database/sql.ts';
import { realNow } from '../../src/kernel/clock.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { PaymentDesk } from '../../src/wallet/card-payments/payment-desk.ts';
import { startApp, type TestApp } from '../support/app.ts';
import {
  StripeServer,
  STRIPE_SECRET,
  stripeCharge,
  stripeDispute,
  stripeEvent,
  stripeSession,
} from '../support/stripe-server.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

interface TopUp {
  id: string;
  reference: string;
}
interface Imported {
  results: { status: string; subject: string | null; detail: string | null }[];
}
interface Item {
  account: string;
  status: string;
  why: string | null;
  text: string;
  ours: object | null;
}

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
  await world.catalogue();
});
beforeEach(async () => {
  merchant = await world.merchant();
  stripe.settles = null;
});
afterAll(async () => {
  await test.close();
  await stripe.stop();
});

async function hear(type: string, object: object): Promise<void> {
  const { body, signature } = stripeEvent(type, object);
  const headers = { 'Stripe-Signature': signature, 'Content-Type': 'application/json' };
  expectStatus(await test.http.post('/v1/payments/stripe').set(headers).send(body), 200);
}

/** A top-up that was paid by card, its fee learned. @returns its payment's id */
async function paid(amount: string, by: Merchant = merchant): Promise<{ topUp: TopUp; payment: string }> {
  const minor = Math.round(Number.parseFloat(amount) * 100);
  const asked = { amount: usd(amount), method: 'card' };
  const topUp = expectStatus<TopUp>(await by.caller.post('/v1/top-ups', asked), 201);
  const payment = `pi_${randomUUID().replaceAll('-', '')}`;
  stripe.knows(payment, minor, 'usd');
  await hear('checkout.session.completed', stripeSession(topUp.id, payment, minor));
  await askProvider(payment);
  return { topUp, payment };
}

/** By this run, or by the cron's that was at it already. */
async function askProvider(payment: string): Promise<void> {
  for (;;) {
    await test.app.get(PaymentDesk).questions.run(test.db, realNow());
    const asked = 'SELECT 1 FROM top_up WHERE payment = $1 AND fee_minor IS NOT NULL';
    if ((await rows<unknown>(test.db, asked, [payment])).length > 0) return;
    await new Promise((done) => setTimeout(done, 20));
  }
}

async function sent(kind: 'bank' | 'stripe', lines: readonly string[]): Promise<Imported> {
  const answer = await world.admin.send('post', `/v1/imports/${kind}`, lines.join('\n'), {
    'Content-Type': 'text/csv',
  });
  return expectStatus<Imported>(answer, 200);
}

const BANK = 'Date,Amount,Currency,Reference,ID';
const STRIPE =
  'balance_transaction_id,created,currency,gross,fee,net,reporting_category,payment_intent_id,automatic_payout_id,customer_facing_amount,customer_facing_currency';

/** In this merchant's book alone: what stands on the account, as the ledger signs it. */
async function stands(account: number, currency = 'USD', of: Merchant = merchant): Promise<string> {
  const found = await rows<{ posted_minor: string }>(
    test.db,
    'SELECT posted_minor FROM ledger_account WHERE merchant_id = $1 AND currency = $2 AND number = $3',
    [idIn('mer', of.id), currency, account],
  );
  return found[0]?.posted_minor ?? 'none';
}
const [PSP, BANK_CLEARING, PAYOUTS, BANK_ACCOUNT, FEES, FX] = [11, 12, 13, 14, 43, 61];

const items = async (currency = 'USD'): Promise<Item[]> =>
  expectStatus<{ items: Item[] }>(await world.admin.get(`/v1/reconciliation?currency=${currency}`), 200).items;

const isSound = async (): Promise<void> => {
  expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
};

describe('a clearing account returns to zero', () => {
  it('when the bank shows the transfer, and the payout that was paid', async () => {
    const asked = { amount: usd('80.00'), method: 'bank_transfer' };
    const topUp = expectStatus<TopUp>(await merchant.caller.post('/v1/top-ups', asked), 201);
    await sent('bank', [BANK, `2026-11-20,80.00,USD,${topUp.reference},CL-1`]);
    expect([await stands(BANK_CLEARING), await stands(BANK_ACCOUNT)]).toEqual(['0', '-8000']);
    await world.verifyEmail(merchant);
    const payout = { amount: usd('30.00'), destination: 'DE89370400440532013000' };
    const { id } = expectStatus<{ id: string }>(await merchant.caller.post('/v1/payouts', payout), 201);
    expectStatus(await world.admin.post(`/v1/payouts/${id}/approval`), 200);
    expectStatus(await world.admin.post(`/v1/payouts/${id}/paid`), 200);
    expect(await stands(PAYOUTS)).toBe('3000');
    await sent('bank', [BANK, `2026-11-21,-30.00,USD,${id},CL-2`, `2026-11-20,80.00,USD,${topUp.reference},CL-1`]);
    expect([await stands(PAYOUTS), await stands(BANK_ACCOUNT)]).toEqual(['0', '-5000']);
    await isSound();
  });

  it('when a person gives a line to its top-up', async () => {
    const asked = { amount: usd('80.00'), method: 'bank_transfer' };
    const topUp = expectStatus<TopUp>(await merchant.caller.post('/v1/top-ups', asked), 201);
    const done = await sent('bank', [BANK, '2026-11-20,79.50,USD,from Lumen,CL-3']);
    expect(done.results).toMatchObject([{ status: 'set_aside', detail: 'no_reference' }]);
    const line = (await items()).find(({ text }) => text === 'from Lumen') as unknown as { line: string };
    const body = { top_up: topUp.id, note: 'Lumen forgot the reference' };
    expectStatus(await world.admin.post(`/v1/reconciliation/lines/${line.line}/resolution`, body), 200);
    expect([await stands(BANK_CLEARING), await stands(BANK_ACCOUNT)]).toEqual(['0', '-7950']);
  });
});

describe('a payout of the provider', () => {
  it('is the sum of its payments less their fees, of many merchants, whichever file comes first', async () => {
    const other = await world.merchant();
    const [one, two, third] = [await paid('20.00'), await paid('30.00', other), await paid('5.00')];
    const early = await sent('bank', [BANK, '2026-11-24,48.82,USD,STRIPE PAYMENTS,PO-1']);
    expect(early.results).toMatchObject([{ status: 'set_aside', detail: 'provider_payout' }]);
    const report = [
      STRIPE,
      `txn_a,2026-11-20,usd,20.00,0.59,19.41,charge,${one.payment},po_first,,`,
      `txn_b,2026-11-20,usd,30.00,0.59,29.41,charge,${two.payment},po_first,,`,
      `txn_c,2026-11-22,usd,5.00,0.59,4.41,charge,${third.payment},po_second,,`,
    ];
    await sent('stripe', report);
    expect([await stands(PSP), await stands(BANK_ACCOUNT)]).toEqual(['-441', '-1941']);
    expect([await stands(PSP, 'USD', other), await stands(BANK_ACCOUNT, 'USD', other)]).toEqual(['0', '-2941']);
    const open = (await items()).filter(({ account }) => account === 'psp_clearing');
    expect(open).toMatchObject([
      { status: 'missing_there', why: 'provider_payout', text: 'po_second', ours: usd('4.41') },
    ]);
    const late = await sent('bank', [BANK, '2026-11-26,4.41,USD,TRANSFER PO_SECOND,PO-2']);
    expect(late.results).toMatchObject([{ status: 'imported', detail: 'The provider’s payout po_second.' }]);
    expect([await stands(PSP), await stands(BANK_ACCOUNT), await stands(FEES)]).toEqual(['0', '-2382', '-118']);
    expect((await items()).filter(({ account }) => account === 'psp_clearing')).toEqual([]);
    await sent('stripe', report);
    await sent('bank', [BANK, '2026-11-24,48.82,USD,STRIPE PAYMENTS,PO-1']);
    expect([await stands(PSP), await stands(BANK_ACCOUNT)]).toEqual(['0', '-2382']);
    await isSound();
  });

  it('in another currency: what it was turned into, less the fee in that currency, with a refund on the way', async () => {
    stripe.settles = { currency: 'eur', rate: 0.9 };
    const { topUp, payment } = await paid('100.00');
    expect([await stands(PSP), await stands(FX)]).toEqual(['0', '-10000']);
    expect([await stands(PSP, 'EUR'), await stands(FEES, 'EUR'), await stands(FX, 'EUR')]).toEqual([
      '-8941',
      '-59',
      '9000',
    ]);
    const wallet = expectStatus<{ balances: { currency: string }[] }>(await merchant.caller.get('/v1/wallet'), 200);
    expect(wallet.balances).toMatchObject([{ currency: 'USD', available: usd('100.00') }]);
    await hear('charge.refunded', stripeCharge(payment, 10_000, 4_000));
    await sent('stripe', [
      STRIPE,
      `txn_d,2026-11-20,eur,90.00,0.59,89.41,charge,${payment},po_eur,100.00,usd`,
      `txn_e,2026-11-21,eur,-36.40,0.00,-36.40,refund,${payment},po_eur,-40.00,usd`,
    ]);
    expect((await items()).filter(({ account }) => account === 'psp_clearing')).toEqual([]);
    await sent('bank', [BANK, '2026-11-24,53.01,EUR,Stripe,PO-3']);
    expect([await stands(PSP), await stands(PSP, 'EUR'), await stands(BANK_ACCOUNT, 'EUR')]).toEqual([
      '0',
      '0',
      '-5301',
    ]);
    expect(expectStatus(await merchant.caller.get(`/v1/top-ups/${topUp.id}`), 200)).toMatchObject({
      taken_back: usd('40.00'),
    });
    await isSound();
  });

  it('books a fee that the report is the first to tell, and one that comes back', async () => {
    const { payment } = await paid('20.00');
    await hear('charge.dispute.created', stripeDispute('dp_back', payment, 2000, 'needs_response'));
    expect(await stands(FEES)).toBe('-1559');
    await hear('charge.dispute.closed', stripeDispute('dp_back', payment, 2000, 'won'));
    await sent('stripe', [
      STRIPE,
      `txn_f,2026-11-20,usd,20.00,0.61,19.39,charge,${payment},po_fees,,`,
      `txn_g,2026-11-21,usd,-20.00,15.00,-35.00,dispute,${payment},po_fees,,`,
      `txn_h,2026-11-22,usd,20.00,-15.00,35.00,dispute_reversal,${payment},po_fees,,`,
    ]);
    expect([await stands(FEES), await stands(PSP)]).toEqual(['-61', '-1939']);
    await isSound();
  });
});

describe('what a wallet did not have when a top-up went back', () => {
  it.each([
    ['refunded', 'is taken from the money that comes next, and orders get what is left'],
    ['charged back', 'is taken the same way'],
  ])('%s: %s', async (how) => {
    const { topUp, payment } = await paid('20.00');
    const order = world.order(`GONE-${randomUUID()}`, [{ sku: 'SHADE', quantity: 1 }]); // 10 and 5 to ship
    expectStatus(await merchant.caller.post('/v1/orders', order), 201);
    if (how === 'refunded') await hear('charge.refunded', stripeCharge(payment, 2000, 2000));
    else await hear('charge.dispute.closed', stripeDispute(`dp_${payment}`, payment, 2000, 'lost'));
    const back = async (): Promise<unknown> => expectStatus(await merchant.caller.get(`/v1/top-ups/${topUp.id}`), 200);
    expect(await back()).toMatchObject({ taken_back: usd('5.00') });
    const waits = world.order(`WAITS-${randomUUID()}`, [{ sku: 'SHADE', quantity: 1 }]);
    const { id } = expectStatus<{ id: string }>(await merchant.caller.post('/v1/orders', waits), 201);
    await world.topUp(merchant, '10.00');
    await test.settle();
    expect(await back()).toMatchObject({ taken_back: usd('15.00') });
    await world.topUp(merchant, '21.00');
    await test.settle();
    expect(await back()).toMatchObject({ taken_back: usd('20.00') });
    expect(expectStatus(await merchant.caller.get(`/v1/orders/${id}`), 200)).toMatchObject({ status: 'paid' });
    const wallet = expectStatus(await merchant.caller.get('/v1/wallet'), 200);
    expect(wallet).toMatchObject({ balances: [{ available: usd('1.00') }] });
    await isSound();
  });
});
