import type { TransitionTable } from '../kernel/transitions.ts';

/** `starter`: no paid plan. The API shows it as the plan starter, active. */
export type MembershipState = 'starter' | 'trial' | 'active' | 'past_due';

/**
 * `join`: a plan is paid and begins now; `renew`: a period that fell due is paid; `fall_short`: the wallet could not pay
 * it; `give_up`: not at the last try either; `leave`: for the free plan.
 */
export type MembershipSignal = 'try' | 'join' | 'renew' | 'fall_short' | 'give_up' | 'leave';

/** product.md, State machines: membership. A plan that is joined from another one begins anew. */
export const MEMBERSHIP: TransitionTable<MembershipState, MembershipSignal> = {
  starter: { try: 'trial', join: 'active' },
  trial: { join: 'active', renew: 'active', fall_short: 'past_due', leave: 'starter' },
  active: { join: 'active', renew: 'active', fall_short: 'past_due', leave: 'starter' },
  past_due: { join: 'active', renew: 'active', fall_short: 'past_due', give_up: 'starter', leave: 'starter' },
};
