import { refundAll } from './amount.policy.ts';
import { deny, isLate, lateEdge, review, wait, type Case, type Ruling } from './case.policy.ts';
import { isDispatched, isRtoUnderWay } from './facts.policy.ts';

/**
 * What the package's status says by itself, after an event or at the sweep's instant.
 * Source: policies.md, courier-proof "Tracking", and "Exact readings".
 */
export function tracking(it: Case): Ruling {
  const { parcel, terms, facts } = it;
  const { status } = parcel;
  if (parcel.disputed) return review('tracking/disputed');
  if (status === 'delivered') return deny('tracking/delivered');
  if (status === 'cancelled') return deny('tracking/cancelled');
  if (!isDispatched(status)) return wait('tracking/before_hand_over', 'wait_for_courier');
  if (terms.tracking.refund_on.includes(status)) return refundAll(it, 'undelivered', `tracking/${status}`);
  if (isRtoUnderWay(status)) return wait('tracking/rto_under_way', 'wait_for_rto_delivered');
  if (isLate(it, facts.request.at)) return refundAll(it, 'undelivered', 'tracking/late');
  return wait('tracking/under_way', 'wait_for_courier', lateEdge(it));
}
