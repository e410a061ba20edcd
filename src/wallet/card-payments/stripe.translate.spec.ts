import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Money } from '../../kernel/money.ts';
import { fromStripe, readStripe, toStripe } from './stripe.translate.ts';

describe('an amount', () => {
  it.each([
    // ours,     currency, Stripe's
    ['12.34', 'USD', 1234],
    ['12', 'JPY', 12],
    ['1.234', 'KWD', 1234],
    ['12', 'ISK', 1200], // written with two digits
    ['12', 'UGX', 1200],
    ['999999.99', 'USD', 99_999_999],
    ['1000000.00', 'USD', null], // more than eight digits
  ])('%s %s is %s at Stripe', (amount, currency, theirs) => {
    const money = Money.parse(amount, currency);
    expect(toStripe(money)).toBe(theirs);
    if (theirs !== null) expect(fromStripe(theirs, currency.toLowerCase())?.compare(money)).toBe(0);
  });

  it('comes back as it went', () => {
    const currency = fc.constantFrom('USD', 'EUR', 'JPY', 'KWD', 'ISK', 'UGX', 'CLP', 'XOF');
    fc.assert(
      fc.property(fc.bigInt(1n, 999_999n), currency, (minor, code) => {
        const money = Money.ofMinor(minor, code);
        expect(fromStripe(toStripe(money), code.toLowerCase())?.minor).toBe(minor);
      }),
    );
  });

  it.each([[12.5], ['1200'], [null], [undefined], [Number.MAX_SAFE_INTEGER + 1]])('that is %s is none', (amount) => {
    expect(fromStripe(amount, 'usd')).toBeNull();
  });
});

describe('a message', () => {
  it.each([
    ['customer.created', { id: 'cus_1' }],
    ['charge.refunded', { id: 'ch_1', payment_intent: null, amount_refunded: 5, currency: 'usd' }],
    ['refund.created', { id: 're_1', payment_intent: 'pi_1', amount: '5', currency: 'usd' }],
    [
      'charge.dispute.created',
      { id: 'dp_1', payment_intent: 'pi_1', amount: 5, currency: 'usd', status: 'warning_closed' },
    ],
    ['checkout.session.completed', { payment_status: 'paid', amount_total: null }],
    ['checkout.session.completed', null],
    ['payment_intent.canceled', { id: 'pi_1' }],
  ])('%s that says nothing of a top-up is nothing', (type, object) => {
    const fact = readStripe(type, object);
    expect(fact?.kind === 'processing' ? null : fact).toBeNull();
  });

  it('names the payment whether it is an id or the object in its place', () => {
    const refund = { id: 're_1', amount: 5, currency: 'usd', status: 'succeeded' };
    for (const payment of ['pi_1', { id: 'pi_1', object: 'payment_intent' }])
      expect(readStripe('refund.created', { ...refund, payment_intent: payment })).toMatchObject({ payment: 'pi_1' });
  });
});
