import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inTransaction } from '../../src/database/transaction.ts';
import { idIn, idOut } from '../../src/kernel/ids.ts';
import { Money } from '../../src/kernel/money.ts';
import { PaymentFacts } from '../../src/wallet/card-payments/payment-facts.ts';
import { readStripe } from '../../src/wallet/card-payments/stripe.translate.ts';
import { LedgerVerification } from '../../src/wallet/wallet.service.ts';
import { TopUpsService } from '../../src/wallet/top-ups.service.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { stripeCharge, stripeDispute, stripeRefund, stripeSession } from '../support/stripe-server.ts';
import { expectStatus, World, type Merchant } from '../support/world.ts';

type Told = readonly [type: string, object: object];

let test: TestApp;
let world: World;
beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
});
afterAll(() => test.close());

/** Everything that Stripe says of one payment of 20.00: 5.00 refunded, 3.00 whose refund fails, a dispute that ends. */
const life = (topUp: string, payment: string, ends: 'won' | 'lost'): Told[] => [
  ['checkout.session.completed', stripeSession(topUp, payment, 2000, false)],
  ['checkout.session.async_payment_succeeded', stripeSession(topUp, payment, 2000)],
  ['payment_intent.succeeded', { id: payment, amount_received: 2000, currency: 'usd', metadata: { top_up: topUp } }],
  ['charge.refunded', stripeCharge(payment, 2000, 500)],
  ['refund.created', stripeRefund(`re_a_${payment}`, payment, 500, 'pending')],
  ['refund.updated', stripeRefund(`re_a_${payment}`, payment, 500)],
  ['refund.created', stripeRefund(`re_b_${payment}`, payment, 300, 'pending')],
  ['refund.failed', stripeRefund(`re_b_${payment}`, payment, 300, 'failed')],
  ['charge.dispute.created', stripeDispute(`dp_${payment}`, payment, 700, 'needs_response')],
  ['charge.dispute.closed', stripeDispute(`dp_${payment}`, payment, 700, ends)],
];

async function opened(): Promise<{ merchant: Merchant; topUp: string; payment: string }> {
  const merchant = await world.merchant();
  const merchantId = idIn('mer', merchant.id) ?? '';
  const wish = { amount: Money.parse('20.00', 'USD'), method: 'card' as const };
  const { id } = await inTransaction(test.db, (tx) => test.app.get(TopUpsService).open(tx, merchantId, wish));
  return { merchant, topUp: idOut('top', id), payment: `pi_${randomUUID()}` };
}

const hear = ([type, object]: Told): Promise<boolean> =>
  test.app.get(PaymentFacts).receive({ id: `evt_${randomUUID()}`, type, fact: readStripe(type, object) });

async function balance({ caller }: Merchant): Promise<unknown> {
  const { balances } = expectStatus<{ balances: Record<string, { amount: string }>[] }>(
    await caller.get('/v1/wallet'),
    200,
  );
  return [balances[0]?.['available']?.amount, balances[0]?.['held']?.amount];
}

describe('what Stripe says of a payment', () => {
  it('comes to the same in whatever order it is heard', async () => {
    const ends = fc.constantFrom('won' as const, 'lost' as const);
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { minLength: 10 });
    await fc.assert(
      fc.asyncProperty(order, ends, async (places, end) => {
        const { merchant, topUp, payment } = await opened();
        const all = life(topUp, payment, end);
        for (const place of places) await hear(all[place] as Told);
        expect(await balance(merchant)).toEqual([end === 'won' ? '15.00' : '8.00', '0.00']);
      }),
      { numRuns: 15 },
    );
  });

  it('comes to the same when it is heard all at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { merchant, topUp, payment } = await opened();
      const all = life(topUp, payment, 'lost');
      await Promise.all([...all, ...all].map(hear));
      expect(await balance(merchant)).toEqual(['8.00', '0.00']);
    }
    expect((await test.app.get(LedgerVerification).run()).faults).toEqual([]);
  });
});
