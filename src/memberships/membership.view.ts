import { instant, instantOrNull } from '../kernel/clock.ts';
import { idOut, idOutOrNull } from '../kernel/ids.ts';
import type { Money } from '../kernel/money.ts';
import { STARTER } from './billing/plan-change.policy.ts';
import type { Membership, PeriodRecord } from './membership.store.ts';
import type { MembershipView, MerchantMembershipView, PaidPeriodView } from './memberships.dto.ts';
import { monthly, type Plan } from './plans.service.ts';

export interface NextCharge {
  at: Date;
  amount: Money;
  plan: Plan;
}

/**
 * What will be charged next, at the prices of now; null where nothing will be. Nothing is charged while an account is
 * suspended or closing.
 */
export function nextCharge(
  m: Membership | null,
  plans: ReadonlyMap<string, Plan>,
  merchantStatus: string,
): NextCharge | null {
  if (m === null || m.nextAt === null || merchantStatus !== 'active') return null;
  const plan = plans.get(m.status === 'past_due' ? m.plan : (m.scheduledPlan ?? m.plan));
  if (plan === undefined || plan.code === STARTER) return null;
  const amount = m.status === 'past_due' ? m.price : priceAfter(m, plan);
  return { at: m.nextAt, amount, plan };
}

/** Of the next period: the plan's price as it is now. One that is offered in the currency no longer stays as it was. */
export function priceAfter(m: Membership, plan: Plan): Money {
  return monthly(plan, m.price.currency) ?? m.price;
}

/** As the API shows it; null: the free plan. */
export function membershipView(
  m: Membership | null,
  plans: ReadonlyMap<string, Plan>,
  merchantStatus: string,
): MembershipView {
  if (m === null) return { plan: STARTER, status: 'active', period: null, scheduled_change: null, next_charge: null };
  const next = nextCharge(m, plans, merchantStatus);
  return {
    ...{ plan: m.plan, status: m.status },
    period: { start: instant(m.period.start), end: instant(m.period.end) },
    scheduled_change: m.scheduledPlan === null ? null : { plan: m.scheduledPlan, effective_at: instant(m.period.end) },
    next_charge: next === null ? null : { at: instant(next.at), amount: next.amount.toJSON() },
  };
}

/** For staff. */
export function merchantMembershipView(
  m: Membership,
  plans: ReadonlyMap<string, Plan>,
  merchantStatus: string,
): MerchantMembershipView {
  return Object.assign(membershipView(m, plans, merchantStatus), {
    ...{ id: idOut('mbr', m.id), merchant: idOut('mer', m.merchantId), currency: m.price.currency },
    created_at: instant(m.createdAt),
  });
}

export function periodView(period: PeriodRecord): PaidPeriodView {
  return {
    ...{ start: instant(period.start), end: instant(period.end), plan: period.plan, kind: period.kind },
    amount: period.amount.toJSON(),
    ...{ transaction: idOutOrNull('jnl', period.journalId), charged_at: instantOrNull(period.chargedAt) },
  };
}
