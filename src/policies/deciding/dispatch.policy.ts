import { accept, deny, intercept, passedDays, passedHours, review, type Case, type Ruling } from './case.policy.ts';
import { refundAll } from './amount.policy.ts';
import { isDispatched, progress } from './facts.policy.ts';
import { cancelledByReturnRules } from './terms.policy.ts';

/**
 * May the package be cancelled? Before the stage that the policy names at once; then by stopping it; after hand-over by
 * the policy's word. A package that was stopped is `cancelled`: what is left of it is refunded.
 * Source: policies.md, "Cancellation" of each preset.
 */
export function cancellation(it: Case): Ruling {
  const { until, intercept: stops, after_dispatch, advice } = it.terms.cancellation;
  const { status } = it.parcel;
  if (status === 'cancelled') return refundAll(it, 'cancellation', 'cancellation/stopped');
  if (isDispatched(status)) {
    const clause = 'cancellation/after_dispatch';
    if (isTooLateToReturn(it)) return { outcome: 'deny', clauses: ['returns/window', clause] };
    return after_dispatch === 'return' ? accept(clause, advice) : deny(clause, advice);
  }
  if (progress(status) < progress(until)) return refundAll(it, 'cancellation', 'cancellation/at_once');
  return stops ? intercept('cancellation/intercept') : deny('cancellation/too_late');
}

/** Goods that come back by the return rules come back within their window. */
function isTooLateToReturn({ terms, parcel, facts }: Case): boolean {
  const isOver = passedDays(parcel.delivered_at, terms.returns.window_days, facts.request.at);
  return cancelledByReturnRules(terms) && parcel.status === 'delivered' && isOver;
}

/** May the address be changed? Source: policies.md, "Address change" of each preset. */
export function addressChange(it: Case): Ruling {
  const { within_hours: hours, until, intercept: stops, after_dispatch } = it.terms.address_change;
  const { status } = it.parcel;
  if (status === 'cancelled') return accept('address_change/stopped');
  if (isDispatched(status)) return deny('address_change/after_dispatch', after_dispatch);
  if (hours !== null && passedHours(it.facts.order.placed_at, hours, it.facts.request.at)) {
    return review('address_change/after_hours');
  }
  if (progress(status) < progress(until)) return accept('address_change/at_once');
  return stops ? intercept('address_change/intercept') : deny('address_change/too_late');
}
