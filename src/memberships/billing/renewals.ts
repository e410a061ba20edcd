import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountsService } from '../../accounts/accounts.service.ts';
import { Clock, instant } from '../../kernel/clock.ts';
import { Money } from '../../kernel/money.ts';
import { step } from '../../kernel/transitions.ts';
import { WalletService, type Charged } from '../../wallet/wallet.service.ts';
import { MEMBERSHIP } from '../membership.machine.ts';
import {
  endMembership,
  findOpen,
  insertPeriod,
  lockOpen,
  saveMembership,
  type EndReason,
  type Membership,
  type MembershipStatus,
  type PeriodKind,
} from '../membership.store.ts';
import { priceAfter } from '../membership.view.ts';
import { PlansService, type Plan } from '../plans.service.ts';
import { dunningFrom, owedAt, periodFrom, retryAt, type Period } from './period.policy.ts';
import { STARTER } from './plan-change.policy.ts';
import { MembershipTelling } from './telling.ts';

type Plans = ReadonlyMap<string, Plan>;

/** What is being collected, and when. */
interface Try {
  plans: Plans;
  now: Date;
  /** False: money has come in between; that it is not enough counts for nothing. */
  counts: boolean;
}

export type Collected = { status: 'paid'; membership: Membership } | { status: 'short'; available: Money };

/**
 * Collects what falls due, exactly once a period: the merchant's row is locked before the membership's and the wallet's
 * book last, and the charge's key is the period (product.md, Memberships; wallet.md, Shape).
 */
@Injectable()
export class Renewals {
  constructor(
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly wallet: WalletService,
    private readonly plans: PlansService,
    private readonly telling: MembershipTelling,
  ) {}

  /**
   * Does what the merchant's membership has fallen due for: renews it, changes it, tries again, gives it up.
   * @returns false: somebody else has done it
   */
  async advance(tx: EntityManager, merchantId: string, now: Date): Promise<boolean> {
    const { status } = await this.accounts.hold(tx, merchantId);
    const m = await lockOpen(tx, merchantId);
    if (m === null || m.nextAt === null || m.nextAt > now) return false;
    const plans = await this.plans.all(tx);
    if (status === 'closing' || status === 'closed') await this.leave(tx, m, { reason: 'closing', plans, now });
    else if (m.status === 'past_due') await this.tryAgain(tx, m, { status, plans, now });
    else if (m.scheduledPlan === STARTER) await this.leave(tx, m, { reason: 'asked', plans, now });
    else await this.fallDue(tx, m, { status, plans, now });
    return true;
  }

  /**
   * Money has come: pays what is owed, if there is enough. The rows are locked whatever they say: a renewal that found
   * too little a moment ago may not have committed yet.
   * @param came when the money did
   */
  async payDues(tx: EntityManager, of: { merchantId: string; currency: string; came: Date }): Promise<boolean> {
    if ((await findOpen(tx, of.merchantId)) === null) return false;
    const m = await this.lockOwed(tx, of.merchantId);
    if (m?.price.currency !== of.currency) return false;
    const { status } = await this.collect(tx, m, {
      ...{ plans: await this.plans.all(tx), counts: false },
      now: this.notBefore(of.came),
    });
    return status === 'paid';
  }

  /** The account is reinstated: what fell due meanwhile is collected now. */
  async resume(tx: EntityManager, merchantId: string, at: Date): Promise<void> {
    const m = await this.lockOwed(tx, merchantId);
    if (m === null || m.nextAt !== null) return;
    await this.collect(tx, m, { plans: await this.plans.all(tx), now: this.notBefore(at), counts: true });
  }

  /** The account closes: nothing more is asked for. What is paid stays until its period ends. */
  async stop(tx: EntityManager, merchantId: string, at: Date): Promise<void> {
    await this.accounts.hold(tx, merchantId);
    const m = await lockOpen(tx, merchantId);
    if (m?.status !== 'past_due') return;
    await this.leave(tx, m, { reason: 'closing', plans: await this.plans.all(tx), now: this.notBefore(at) });
  }

  /** The account is closed, and with it whatever is left of a paid period: nothing is paid back for it. */
  async close(tx: EntityManager, merchantId: string, at: Date): Promise<void> {
    await this.accounts.hold(tx, merchantId);
    const m = await lockOpen(tx, merchantId);
    if (m === null) return;
    await this.leave(tx, m, { reason: 'closing', plans: await this.plans.all(tx), now: this.notBefore(at) });
  }

  /** Takes the price of a period. Short: nothing was written, and the same period may be tried again. */
  async take(tx: EntityManager, m: Membership, of: { period: Period; plan: Plan; at: Date }): Promise<Charged> {
    const { period, plan, at } = of;
    const { merchantId, id, price: amount } = m;
    const [start, end] = [instant(period.start), instant(period.end)];
    const charged = await this.wallet.charge(tx, {
      ...{ merchantId, amount, at, type: 'membership_fee', contra: 'membership_revenue' },
      key: `membership:${id}:${start}`,
      cause: { type: 'membership', id: `${id}:${start.slice(0, 7)}` },
      explanation: [{ text: `${plan.name}, ${start.slice(0, 10)} to ${end.slice(0, 10)}`, amount }],
    });
    if (charged.status === 'charged') {
      const paid = { ...period, membershipId: id, kind: 'paid' as const, plan: plan.code, amount };
      await insertPeriod(tx, merchantId, { ...paid, journalId: charged.journalId, chargedAt: at });
    }
    return charged;
  }

  /** Ends it; what of a period went by unpaid is kept as that. */
  async end(tx: EntityManager, m: Membership, { at, reason }: { at: Date; reason: EndReason }): Promise<void> {
    if (m.status === 'past_due' && at > m.period.start) {
      await this.free(tx, m, 'unpaid', [{ start: m.period.start, end: at }]);
    }
    await endMembership(tx, m, { at, reason });
  }

  /** What an account that may be charged owes, locked. */
  private async lockOwed(tx: EntityManager, merchantId: string): Promise<Membership | null> {
    const { status } = await this.accounts.hold(tx, merchantId);
    const m = await lockOpen(tx, merchantId);
    return status === 'active' && m?.status === 'past_due' ? m : null;
  }

  /** Now; where the sandbox's clock has moved in another process a moment ago, the instant that is known of. */
  private notBefore(at: Date): Date {
    const now = this.clock.now();
    return now < at ? at : now;
  }

  private async fallDue(
    tx: EntityManager,
    m: Membership,
    on: { status: string; plans: Plans; now: Date },
  ): Promise<void> {
    const { plans, now } = on;
    const plan = planOf(plans, m.scheduledPlan ?? m.plan);
    const due: Membership = { ...m, plan: plan.code, price: priceAfter(m, plan), scheduledPlan: null };
    if (plan.code !== m.plan) {
      await this.accounts.setPlan(tx, m.merchantId, plan.code);
      this.telling.tell(
        tx,
        'membership.downgraded',
        { id: m, stands: due, plans, at: now },
        { from: m.plan, reason: 'asked' },
      );
    }
    const owed = { ...due, period: periodFrom(m.period.end, m.anchorDay) };
    if (on.status === 'suspended') await this.wait(tx, owed, plans, now);
    else await this.collect(tx, owed, { plans, now, counts: true });
  }

  private async tryAgain(
    tx: EntityManager,
    m: Membership,
    on: { status: string; plans: Plans; now: Date },
  ): Promise<void> {
    if (on.status === 'suspended') await this.wait(tx, m, on.plans, on.now);
    else await this.collect(tx, m, { plans: on.plans, now: on.now, counts: true });
  }

  /** A suspended account is not charged: the period stays owed until it is reinstated. */
  private async wait(tx: EntityManager, m: Membership, plans: Plans, now: Date): Promise<void> {
    const status = stepped(m, 'fall_short');
    const waiting: Membership = { ...m, status, failures: 0, dunningFrom: null, nextAt: null };
    await saveMembership(tx, waiting);
    this.tellOwed(tx, m, waiting, { plans, at: now });
  }

  /** @param m its period is the first one that is owed */
  async collect(tx: EntityManager, m: Membership, { plans, now, counts }: Try): Promise<Collected> {
    const { waived, current } = owedAt(m.period.start, m.anchorDay, now);
    await this.free(tx, m, 'waived', waived);
    const owed = { ...m, period: current };
    const plan = planOf(plans, m.plan);
    const at = now < current.start ? current.start : now; // this process's sandbox clock may be a moment behind
    const charged = await this.take(tx, owed, { period: current, plan, at });
    if (charged.status === 'short') {
      if (counts) await this.fail(tx, owed, plans, now);
      return charged;
    }
    const status = stepped(m, 'renew');
    const paid: Membership = { ...owed, status, failures: 0, dunningFrom: null, nextAt: current.end };
    await saveMembership(tx, paid);
    const about = { id: m, stands: paid, plans, at };
    this.telling.tell(tx, 'membership.renewed', about, { amount: m.price.toJSON() });
    return { status: 'paid', membership: paid };
  }

  private async fail(tx: EntityManager, m: Membership, plans: Plans, now: Date): Promise<void> {
    const failures = m.failures + 1;
    const from = m.dunningFrom ?? dunningFrom(m.period.start, now);
    const nextAt = retryAt(from, failures);
    if (nextAt === null) {
      await this.leave(tx, m, { reason: 'unpaid', plans, now });
      return;
    }
    const owing: Membership = { ...m, status: stepped(m, 'fall_short'), failures, dunningFrom: from, nextAt };
    await saveMembership(tx, owing);
    this.tellOwed(tx, m, owing, { plans, at: now });
  }

  /** Once for each period: not again when a further try fails. */
  private tellOwed(
    tx: EntityManager,
    before: Membership,
    stands: Membership,
    { plans, at }: { plans: Plans; at: Date },
  ): void {
    if (before.status === 'past_due') return;
    this.telling.tell(tx, 'membership.past_due', { id: before, stands, plans, at }, { amount: stands.price.toJSON() });
  }

  /** For the free plan, at once. */
  async leave(
    tx: EntityManager,
    m: Membership,
    { reason, plans, now }: { reason: 'asked' | 'unpaid' | 'closing'; plans: Plans; now: Date },
  ): Promise<void> {
    step(MEMBERSHIP, 'membership', m.status, reason === 'unpaid' ? 'give_up' : 'leave');
    await this.end(tx, m, { at: now, reason });
    await this.accounts.setPlan(tx, m.merchantId, STARTER);
    this.telling.tell(tx, 'membership.downgraded', { id: m, stands: null, plans, at: now }, { from: m.plan, reason });
  }

  /** Periods that cost nothing. */
  private async free(
    tx: EntityManager,
    { merchantId, id, plan, price }: Membership,
    kind: PeriodKind,
    periods: readonly Period[],
  ): Promise<void> {
    const nothing = {
      membershipId: id,
      kind,
      plan,
      amount: Money.zero(price.currency),
      journalId: null,
      chargedAt: null,
    };
    for (const period of periods) await insertPeriod(tx, merchantId, { ...period, ...nothing });
  }
}

/** The machine's next state, of a membership that goes on. */
function stepped(m: Membership, signal: 'renew' | 'fall_short'): MembershipStatus {
  const next = step(MEMBERSHIP, 'membership', m.status, signal);
  if (next === 'starter') throw new Error(`A membership ended by ${signal}.`);
  return next;
}

function planOf(plans: Plans, code: string): Plan {
  const plan = plans.get(code);
  if (plan === undefined) throw new Error(`There is no plan ${code}, and somebody is on it.`);
  return plan;
}
