import type { EventName } from '../../events/catalog.ts';
import type { Subject } from '../event-subjects.ts';
import { EXAMPLE_IDS } from './told-examples.ts';

type Shown = Readonly<Record<string, unknown>>;
type IdOut = (prefix: 'ord' | 'pkg' | 'clm' | 'dec' | 'ret' | 'jnl' | 'top' | 'pay' | 'mer', uuid: string) => string;

const { at, orderId, packageId, merchantId } = EXAMPLE_IDS;
const other = (n: number): string => `019a0b1c-0000-7000-8000-0000000000${String(n)}`;
const usd = (amount: string): Shown => ({ amount, currency: 'USD' });
const later = '2026-05-07T14:30:00.000Z';

function packageShown(idOut: IdOut): Shown {
  return {
    ...{
      id: idOut('pkg', packageId),
      order: idOut('ord', orderId),
      status: 'planned',
      courier_status: null,
      reason: null,
    },
    ...{ direction: 'forward', warehouse: 'AMS', items: [{ line: 1, sku: 'LAMP', quantity: 1 }] },
    ...{ why: ['everything fits into one package'], weight_g: 1500, courier: 'dhl', service: 'parcel' },
    ...{
      tracking_number: null,
      shipping_paid: usd('6.00'),
      handed_over_at: null,
      delivered_at: null,
      returned_at: null,
    },
    ...{ dispatch_due_at: later, dispatch_overdue: false, estimated_delivery: null },
    ...{ refunded: usd('0.00'), refund_clock: null, interception: null, disputed: false, settled_at: null },
  };
}

function orderShown(idOut: IdOut): Shown {
  const item = {
    ...{ line: 1, sku: 'LAMP', title: 'Brass lamp', quantity: 1, list_price: usd('40.00'), unit_price: usd('40.00') },
    ...{ paid: usd('40.00'), discounts: [] },
  };
  return {
    ...{ id: idOut('ord', orderId), reference: 'SHOP-1', status: 'paid', currency: 'USD', service: 'standard' },
    ...{
      items: [item],
      goods_paid: usd('40.00'),
      shipping_paid: usd('6.00'),
      discount: usd('0.00'),
      total: usd('46.00'),
    },
    ...{ policy: { id: 'courier-proof', version: 1 }, packages: [packageShown(idOut)], replaces: null },
    ...{ created_at: at, paid_at: at },
  };
}

const CLAUSE = {
  id: 'courier-proof/undelivered/rto',
  text: 'The courier brought the package back.',
  effect: 'refund 100% of the package with its shipping',
};

function decisionShown(): Shown {
  return {
    ...{ outcome: 'refund', refund: usd('40.00'), deductions: [], missing_evidence: [], next_step: null },
    ...{ reconsider_at: null, clauses: [CLAUSE] },
  };
}

function claimShown(idOut: IdOut): Shown {
  return {
    ...{ id: idOut('clm', other(10)), order: idOut('ord', orderId), package: idOut('pkg', packageId) },
    ...{ type: 'damaged', status: 'needs_evidence', items: [{ line: 1, quantity: 1, severity: 'major' }] },
    ...{ preferred_remedy: 'refund', fault: null, misuse: false, minor_variation: false, order_label_found: null },
    ...{ charge: null, decision: decisionShown(), decision_id: idOut('dec', other(11)), credited: null, reship: null },
    ...{
      return: null,
      evidence: [],
      policy: { id: 'retail-standard', version: 1 },
      reply_due_at: null,
      closes_at: later,
    },
    ...{ appealed_at: null, created_at: at, closed_at: null },
  };
}

function returnShown(idOut: IdOut): Shown {
  return {
    ...{ id: idOut('ret', other(12)), order: idOut('ord', orderId), package: idOut('pkg', packageId) },
    ...{ status: 'authorised', type: 'change_of_mind', items: [{ line: 1, sku: 'LAMP', quantity: 1 }], fault: null },
    ...{
      preferred_remedy: null,
      asked_by: 'return',
      return_code: 'R-7KQ2M-91XZD',
      expires_at: later,
      way_back: 'buyer',
    },
    ...{ return_to: { code: 'AMS', name: 'Amsterdam', country: 'NL' }, courier: null, tracking_number: null },
    ...{ decision: decisionShown(), inspection: null, refunded: usd('0.00'), created_at: at, authorised_at: at },
    ...{ received_at: null, process_by: null, ended_at: null, reship: null, evidence: [] },
  };
}

function transactionShown(idOut: IdOut): Shown {
  return {
    ...{ id: idOut('jnl', other(13)), type: 'refund', amount: usd('46.00'), balance_after: usd('200.00') },
    bucket_changes: [{ bucket: 'cash', amount: usd('46.00') }],
    cause: { type: 'decision', id: idOut('dec', other(11)) },
    explanation: [
      { text: 'Goods', amount: usd('40.00') },
      { text: 'Shipping', amount: usd('6.00') },
    ],
    created_at: at,
  };
}

function topUpShown(idOut: IdOut): Shown {
  return {
    ...{ id: idOut('top', other(14)), status: 'received', amount: usd('200.00'), received: usd('200.00') },
    ...{ method: 'bank_transfer', reference: 'WB7K2QXH9M', checkout_url: null, created_at: at, received_at: later },
    taken_back: usd('0.00'),
  };
}

function payoutShown(idOut: IdOut): Shown {
  return {
    ...{ id: idOut('pay', other(15)), merchant: idOut('mer', merchantId), status: 'requested', amount: usd('120.00') },
    ...{ approvals: 0, approvals_needed: 1, bank_reference: null, reason: null },
    ...{ created_at: at, approved_at: null, paid_at: null, rejected_at: null },
  };
}

const SHOWN: Readonly<Record<Exclude<Subject, 'facts'>, (idOut: IdOut) => Shown>> = {
  order: orderShown,
  package: packageShown,
  claim: claimShown,
  return: returnShown,
  transaction: transactionShown,
  top_up: topUpShown,
  payout: payoutShown,
};

const handedOver = {
  ...{ status: 'handed_over', tracking_number: 'JD0146000098', handed_over_at: at },
  estimated_delivery: { earliest: '2026-05-06', latest: '2026-05-11' },
};
const onItsWay = (status: string): Shown => ({ ...handedOver, status, courier_status: status });
const comingBack = (status: string): Shown => ({ ...onItsWay(status), direction: 'rto' });

/** A decision of another request than a claim. */
export function decisionExample(idOut: IdOut): Shown {
  return {
    ...{ id: idOut('dec', other(11)), order: idOut('ord', orderId), package: idOut('pkg', packageId) },
    ...{ cause: 'undelivered', policy: { id: 'courier-proof', version: 1 }, decision: decisionShown() },
    ...{ credited: usd('46.00'), decided_at: at },
  };
}

/** What differs from the example of the subject, after this event. */
const AFTER: { readonly [N in EventName]?: Shown } = {
  'order.awaiting_funds': { status: 'awaiting_funds', paid_at: null },
  'order.in_fulfilment': { status: 'in_fulfilment' },
  'order.shipped': { status: 'shipped' },
  'order.completed': { status: 'completed' },
  'order.cancelled': { status: 'cancelled' },
  'order.settled': { status: 'settled' },
  'order.erased': { status: 'settled' },
  'package.dispatch_overdue': { status: 'planned', dispatch_overdue: true },
  'package.picked': { status: 'picking' },
  'package.packed': { status: 'packed' },
  'package.labelled': { status: 'labelled', tracking_number: 'JD0146000098' },
  'package.handed_over': handedOver,
  'package.first_scan_missing': handedOver,
  'package.cancelled': { status: 'cancelled' },
  'package.delivered_though_cancelled': { status: 'cancelled', courier_status: 'delivered' },
  'package.in_transit': onItsWay('in_transit'),
  'package.late': onItsWay('in_transit'),
  'package.out_for_delivery': onItsWay('out_for_delivery'),
  'package.available_for_pickup': onItsWay('available_for_pickup'),
  'package.exception': { ...onItsWay('exception'), reason: 'customs' },
  'package.disputed': { ...onItsWay('delivered'), delivered_at: later, disputed: true },
  'package.delivery_attempt_failed': { ...onItsWay('attempt_failed'), reason: 'nobody_home' },
  'package.instructed': { ...onItsWay('attempt_failed'), reason: 'nobody_home' },
  'package.delivered': { ...onItsWay('delivered'), delivered_at: later },
  'package.settled': { ...onItsWay('delivered'), delivered_at: later, settled_at: later },
  'package.rto_initiated': comingBack('rto_initiated'),
  'package.rto_overdue': comingBack('rto_in_transit'),
  'package.rto_delivered': { ...comingBack('rto_delivered'), returned_at: later },
  'package.rto_confirmed': { ...comingBack('rto_delivered'), returned_at: later, refunded: usd('46.00') },
  'package.received_back': { ...comingBack('rto_delivered'), returned_at: later, refunded: usd('46.00') },
  'package.delivery_failed': onItsWay('delivery_failed'),
  'package.lost': onItsWay('lost'),
  'claim.opened': { status: 'in_review' },
  'claim.decided': { status: 'approved', credited: usd('40.00') },
  'claim.closed': { status: 'closed', closed_at: later, closes_at: null },
  'return.requested': { status: 'requested', return_code: null, expires_at: null, authorised_at: null },
  'return.sent': { status: 'in_transit', courier: 'dhl', tracking_number: 'JD0146000111' },
  'return.denied': { status: 'denied', return_code: null, expires_at: null, authorised_at: null, ended_at: at },
  'return.expired': { status: 'expired', ended_at: later },
  'return.received': { status: 'received', received_at: later },
  'return.refunded': { status: 'refunded', received_at: later, refunded: usd('40.00'), ended_at: later },
  'wallet.debited': { type: 'order_charge', amount: usd('-46.00'), balance_after: usd('154.00') },
  'topup.refunded': { taken_back: usd('50.00') },
  'topup.disputed': { taken_back: usd('200.00') },
  'topup.failed': { status: 'failed', received: null, received_at: null },
  'payout.paid': { status: 'paid', approvals: 1, bank_reference: 'SEPA-20260507', approved_at: later, paid_at: later },
  'payout.rejected': { status: 'rejected', reason: 'The account is not in your name.', rejected_at: later },
};

/** The object that an event shows, as it stands afterwards. */
export function shownExample(name: EventName, subject: Exclude<Subject, 'facts'>, idOut: IdOut): Shown {
  return { ...SHOWN[subject](idOut), ...AFTER[name] };
}
