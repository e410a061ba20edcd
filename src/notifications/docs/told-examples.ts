import type { EventCatalog, EventName } from '../../events/catalog.ts';
import { HOUSE_ID } from '../../kernel/ids.ts';

const at = '2026-05-04T09:00:00.000Z';
const merchantId = '019a0b1c-0000-7000-8000-000000000001';
const orderId = '019a0b1c-0000-7000-8000-000000000002';
const packageId = '019a0b1c-0000-7000-8000-000000000003';
const keyId = '019a0b1c-0000-7000-8000-000000000004';
const membershipId = '019a0b1c-0000-7000-8000-000000000005';

export const EXAMPLE_IDS = { merchantId, orderId, packageId, at };

const usd = (amount: string): { amount: string; currency: string } => ({ amount, currency: 'USD' });

const membership = {
  ...{ merchantId, membershipId, plan: 'growth', status: 'active', at },
  period: { start: at, end: '2026-06-04T09:00:00.000Z' },
  scheduledChange: null,
  nextCharge: { at: '2026-06-04T09:00:00.000Z', amount: usd('29.00') },
};

/** What events tell whose `data` is that alone. */
export const TOLD: { readonly [N in EventName]?: EventCatalog[N] } = {
  'merchant.registered': { merchantId, currency: 'USD', at },
  'merchant.suspended': { merchantId, at },
  'merchant.reinstated': { merchantId, at },
  'merchant.key_created': { merchantId, keyId, lastFour: 'x7Qa', at },
  'merchant.key_revoked': { merchantId, keyId, lastFour: 'x7Qa', at },
  'merchant.email_verified': { merchantId, at },
  'merchant.closing': { merchantId, at },
  'merchant.closed': { merchantId, at },
  'stock.received': { merchantId: HOUSE_ID, sku: 'LAMP', warehouse: 'AMS', quantity: 40, at },
  'stock.depleted': { merchantId: HOUSE_ID, sku: 'LAMP', at },
  'stock.restocked': { merchantId, sku: 'LAMP', at },
  'sourcing.answered': {
    ...{ merchantId, sourcingRequestId: '019a0b1c-0000-7000-8000-000000000006', name: 'Copper lamp, large' },
    ...{ status: 'found', sku: 'LAMP-COPPER', answer: 'In stock from Monday on.', at },
  },
  'package.delivered_after_refund': {
    ...{ merchantId, orderId, packageId, at },
    ...{ amount: usd('46.00'), action: 'take_back', takenBackAt: '2026-05-18T09:00:00.000Z' },
  },
  'package.refund_taken_back': { merchantId, orderId, packageId, amount: usd('46.00'), at },
  'package.sent_again': {
    ...{ merchantId, orderId, packageId, at },
    ...{
      replacementOrderId: '019a0b1c-0000-7000-8000-000000000007',
      cause: 'claim:clm_01k85hr0000r0800000000008g',
    },
  },
  'wallet.low_balance': {
    ...{ merchantId, currency: 'USD', at },
    ...{ available: usd('18.40'), limit: usd('50.00'), daysLeft: 2 },
  },
  'wallet.emptied': { merchantId, at },
  'membership.renewed': { ...membership, amount: usd('29.00') },
  'membership.past_due': { ...membership, status: 'past_due', amount: usd('29.00') },
  'membership.downgraded': {
    ...membership,
    ...{ plan: 'starter', period: null, nextCharge: null, from: 'growth', reason: 'unpaid' },
  },
  'membership.changed': { ...membership, from: 'starter', change: 'joined' },
  'policy.published': { merchantId: HOUSE_ID, policyId: 'courier-proof', version: 2, at },
};
