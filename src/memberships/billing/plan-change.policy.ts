import type { Money } from '../../kernel/money.ts';
import type { MembershipState } from '../membership.machine.ts';

/** The free plan, always there. */
export const STARTER = 'starter';

export interface Standing {
  state: MembershipState;
  plan: string;
  /** A month on the plan as the merchant has it now; zero on the free plan. */
  price: Money;
  scheduledPlan: string | null;
  /** A merchant tries once, whatever the plan. */
  hasTried: boolean;
}

export interface Wish {
  plan: string;
  /** A month on it, as it is offered now. */
  price: Money;
  trialDays: number;
}

/**
 * `same`: it is on the plan, nothing to do; `stay`: so it is, and the change that was scheduled is withdrawn;
 * `try`: a trial begins; `join`: charged at once, a new period begins; `schedule`: at the end of the paid period;
 * `settle_for`: the period that is due is paid at the cheaper plan's price; `leave`: for the free plan at once.
 */
export type PlanChange = 'same' | 'stay' | 'try' | 'join' | 'schedule' | 'settle_for' | 'leave';

/**
 * What a merchant's wish for a plan means. Dearer ones begin at once; cheaper ones, and those that cost as much, at the
 * end of what is paid; where nothing is paid any more that end is now (product.md, Memberships).
 */
export function planChange(now: Standing, wish: Wish): PlanChange {
  if (wish.plan === now.plan) return now.scheduledPlan === null ? 'same' : 'stay';
  if (now.state === 'starter') return wish.trialDays > 0 && !now.hasTried ? 'try' : 'join';
  if (wish.plan === STARTER) return now.state === 'past_due' ? 'leave' : 'schedule';
  if (wish.price.compare(now.price) > 0) return 'join';
  return now.state === 'past_due' ? 'settle_for' : 'schedule';
}
