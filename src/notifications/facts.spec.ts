import { expect, it } from '@jest/globals';
import { factsOf } from './facts.translate.ts';

const MERCHANT = '01890000-0000-7000-8000-000000000001';
const OTHER = '01890000-0000-7000-8000-000000000002';
const idOut = (prefix: string, uuid: string): string => `${prefix}_${uuid.at(-1) ?? ''}`;

it.each([
  ['merchant.registered', { merchantId: MERCHANT, currency: 'USD' }, { id: 'mer_1', currency: 'USD' }],
  ['claim.opened', { merchantId: MERCHANT, orderId: OTHER, claimId: OTHER }, { id: 'clm_2', order: 'ord_2' }],
  ['claim.decided', { merchantId: MERCHANT, packageId: null }, { package: null }],
  ['wallet.low_balance', { merchantId: MERCHANT, daysLeft: 3 }, { days_left: 3 }],
  [
    'membership.changed',
    { merchantId: MERCHANT, nextCharge: { dueAt: 'x', amount: { amount: '1.00', currency: 'USD' } } },
    { next_charge: { due_at: 'x', amount: { amount: '1.00', currency: 'USD' } } },
  ],
  ['policy.published', { merchantId: MERCHANT, policyId: 'courier-proof' }, { policy_id: 'courier-proof' }],
])("%s is told in the API's words", (name, payload, data) => {
  expect(factsOf(name, payload, idOut)).toEqual(data);
});
