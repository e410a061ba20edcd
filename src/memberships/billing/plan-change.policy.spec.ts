import { Money } from '../../kernel/money.ts';
import { IllegalStep, step } from '../../kernel/transitions.ts';
import { MEMBERSHIP, type MembershipSignal, type MembershipState } from '../membership.machine.ts';
import { planChange, type PlanChange } from './plan-change.policy.ts';

const PRICES: Readonly<Record<string, string>> = { starter: '0.00', growth: '29.00', grown: '29.00', pro: '99.00' };
const priceOf = (plan: string): Money => Money.parse(PRICES[plan] ?? '0.00', 'USD');

describe('a wish for a plan', () => {
  it.each<[MembershipState, string, string | null, boolean, string, number, PlanChange]>([
    // state, on, scheduled, has tried, wants, its trial days, then
    ['starter', 'starter', null, false, 'starter', 0, 'same'],
    ['starter', 'starter', null, false, 'growth', 0, 'join'],
    ['starter', 'starter', null, false, 'growth', 14, 'try'],
    ['starter', 'starter', null, true, 'growth', 14, 'join'],
    ['trial', 'growth', null, true, 'growth', 14, 'same'],
    ['trial', 'growth', null, true, 'pro', 14, 'join'],
    ['trial', 'growth', null, true, 'starter', 0, 'schedule'],
    ['active', 'growth', null, false, 'growth', 0, 'same'],
    ['active', 'growth', 'starter', false, 'growth', 0, 'stay'],
    ['active', 'growth', null, false, 'pro', 0, 'join'],
    ['active', 'growth', null, false, 'pro', 14, 'join'],
    ['active', 'growth', 'starter', false, 'pro', 0, 'join'],
    ['active', 'growth', null, false, 'grown', 0, 'schedule'],
    ['active', 'growth', null, false, 'starter', 0, 'schedule'],
    ['active', 'pro', 'starter', false, 'growth', 0, 'schedule'],
    ['past_due', 'growth', null, false, 'growth', 0, 'same'],
    ['past_due', 'growth', null, false, 'pro', 0, 'join'],
    ['past_due', 'pro', null, false, 'growth', 0, 'settle_for'],
    ['past_due', 'pro', null, false, 'starter', 0, 'leave'],
  ])('%s on %s (scheduled: %s, tried: %s) for %s with %s trial days: %s', (...row) => {
    const [state, plan, scheduledPlan, hasTried, wanted, trialDays, change] = row;
    const standing = { state, plan, price: priceOf(plan), scheduledPlan, hasTried };
    expect(planChange(standing, { plan: wanted, price: priceOf(wanted), trialDays })).toBe(change);
  });
});

describe('the machine', () => {
  it.each<[MembershipState, MembershipSignal]>([
    ['starter', 'renew'],
    ['starter', 'give_up'],
    ['starter', 'leave'],
    ['trial', 'try'],
    ['trial', 'give_up'],
    ['active', 'give_up'],
    ['past_due', 'try'],
  ])('%s does not %s', (state, signal) => {
    expect(() => step(MEMBERSHIP, 'membership', state, signal)).toThrow(IllegalStep);
  });
});
