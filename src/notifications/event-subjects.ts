import type { EventName } from '../events/catalog.ts';

/** Whose state an event shows: the object of the API that `data` is; `facts`: what the event itself told. */
export type Subject = 'order' | 'package' | 'transaction' | 'top_up' | 'payout' | 'facts';

/** Events of product.md whose modules are still to come; a name that the catalogue has is simply there twice. */
type Coming =
  | 'claim.opened'
  | 'claim.needs_evidence'
  | 'claim.decided'
  | 'claim.closed'
  | 'return.authorised'
  | 'return.denied'
  | 'return.expired'
  | 'return.received'
  | 'return.refunded';

/** Every event that merchants can hear of, and what its `data` shows. The type demands a line for each name. */
export const SUBJECTS: Readonly<Record<EventName | Coming, Subject>> = {
  'merchant.registered': 'facts',
  'merchant.suspended': 'facts',
  'merchant.reinstated': 'facts',
  'merchant.email_verified': 'facts',
  'merchant.closing': 'facts',
  'merchant.closed': 'facts',
  'stock.received': 'facts',
  'stock.depleted': 'facts',
  'stock.restocked': 'facts',
  'order.placed': 'order',
  'order.awaiting_funds': 'order',
  'order.paid': 'order',
  'order.address_changed': 'order',
  'order.in_fulfilment': 'order',
  'order.shipped': 'order',
  'order.completed': 'order',
  'order.cancelled': 'order',
  'order.settled': 'order',
  'order.erased': 'order',
  'package.packed': 'package',
  'package.labelled': 'package',
  'package.handed_over': 'package',
  'package.intercepted': 'package',
  'package.cancelled': 'package',
  'package.received_back': 'package',
  'package.settled': 'package',
  'package.in_transit': 'package',
  'package.out_for_delivery': 'package',
  'package.available_for_pickup': 'package',
  'package.exception': 'package',
  'package.disputed': 'package',
  'package.delivery_attempt_failed': 'package',
  'package.delivered': 'package',
  'package.rto_initiated': 'package',
  'package.rto_delivered': 'package',
  'package.rto_confirmed': 'package',
  'package.delivery_failed': 'package',
  'package.lost': 'package',
  'package.late': 'package',
  'package.first_scan_missing': 'package',
  'package.rto_overdue': 'package',
  'package.delivered_after_refund': 'facts',
  'claim.opened': 'facts',
  'claim.needs_evidence': 'facts',
  'claim.decided': 'facts',
  'claim.closing_soon': 'facts',
  'claim.closed': 'facts',
  'return.authorised': 'facts',
  'return.denied': 'facts',
  'return.expired': 'facts',
  'return.received': 'facts',
  'return.refunded': 'facts',
  'wallet.credited': 'transaction',
  'wallet.debited': 'transaction',
  'wallet.low_balance': 'facts',
  'wallet.emptied': 'facts',
  'topup.received': 'top_up',
  'topup.failed': 'top_up',
  'payout.requested': 'payout',
  'payout.paid': 'payout',
  'payout.rejected': 'payout',
  'membership.renewed': 'facts',
  'membership.past_due': 'facts',
  'membership.downgraded': 'facts',
  'membership.changed': 'facts',
  'policy.published': 'facts',
};

/** In the catalogue or coming: a listener of a name that nobody tells hears nothing. */
export const EVENT_NAMES = Object.keys(SUBJECTS) as EventName[];

/** What an endpoint may ask for: every event, every event of a noun, one event. */
export const EVENT_FILTERS: readonly string[] = [
  '*',
  ...new Set(EVENT_NAMES.map((name) => `${name.split('.')[0] ?? name}.*`)),
  ...EVENT_NAMES,
];
