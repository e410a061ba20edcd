import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountsService, type MerchantRecord } from '../../accounts/accounts.service.ts';
import { Clock } from '../../kernel/clock.ts';
import { invalidField } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { Money } from '../../kernel/money.ts';
import { InsufficientFunds } from '../../wallet/wallet.errors.ts';
import {
  hasTried,
  insertMembership,
  insertPeriod,
  lockOpen,
  saveMembership,
  type Membership,
} from '../membership.store.ts';
import { NothingScheduled } from '../memberships.errors.ts';
import { monthly, PlansService, type Plan } from '../plans.service.ts';
import { anchorDayOf, periodFrom, trialFrom } from './period.policy.ts';
import { planChange, STARTER } from './plan-change.policy.ts';
import { Renewals } from './renewals.ts';
import { MembershipTelling } from './telling.ts';

/** What a merchant asks for, with all that is known when it does. */
interface Wanted {
  merchant: MerchantRecord;
  /** Null: it is on the free plan. */
  current: Membership | null;
  plan: Plan;
  price: Money;
  plans: ReadonlyMap<string, Plan>;
  now: Date;
}

/** A merchant chooses a plan (product.md, Memberships): dearer ones at once, cheaper ones at the end of what is paid. */
@Injectable()
export class Choosing {
  constructor(
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly plans: PlansService,
    private readonly renewals: Renewals,
    private readonly telling: MembershipTelling,
  ) {}

  /**
   * @returns when the plan begins
   * @throws InvalidFields no such plan, or it is not offered in the merchant's currency
   * @throws InsufficientFunds it begins at once and the wallet cannot pay it
   * @throws MerchantSuspended, MerchantClosing it costs something
   */
  async choose(tx: EntityManager, merchantId: string, code: string): Promise<Date> {
    const merchant = await this.accounts.hold(tx, merchantId);
    const current = await lockOpen(tx, merchantId);
    const plans = await this.plans.all(tx);
    const currency = current?.price.currency ?? merchant.currency;
    const { plan, price } = offered(plans, code, currency);
    const wanted: Wanted = { merchant, current, plan, price, plans, now: this.clock.now() };
    const standing = {
      ...{ state: current?.status ?? ('starter' as const), plan: current?.plan ?? STARTER },
      ...{ price: current?.price ?? Money.zero(currency), scheduledPlan: current?.scheduledPlan ?? null },
      hasTried: await hasTried(tx, merchantId),
    };
    return this.carryOut(tx, wanted, planChange(standing, { plan: code, price, trialDays: plan.trialDays }));
  }

  /** The scheduled change is off. @throws NothingScheduled */
  async withdraw(tx: EntityManager, merchantId: string): Promise<void> {
    await this.accounts.hold(tx, merchantId);
    const m = await lockOpen(tx, merchantId);
    if (m === null || m.scheduledPlan === null) throw new NothingScheduled();
    await this.schedule(tx, m, null, await this.plans.all(tx));
  }

  private async carryOut(tx: EntityManager, wanted: Wanted, change: ReturnType<typeof planChange>): Promise<Date> {
    const { merchant, current, plan, plans, now } = wanted;
    if (change === 'try' || change === 'join' || change === 'settle_for') this.accounts.refuseInactive(merchant);
    if (change === 'try') await this.begin(tx, wanted, 'trial');
    if (change === 'join') await this.begin(tx, wanted, 'active');
    if (current === null) return now;
    if (change === 'settle_for') await this.settleFor(tx, { ...wanted, current });
    if (change === 'leave') await this.renewals.leave(tx, current, { reason: 'asked', plans, now });
    if (change === 'stay') await this.schedule(tx, current, null, plans);
    if (change !== 'schedule') return now;
    await this.schedule(tx, current, plan.code, plans);
    return current.period.end;
  }

  /** A membership that begins now; the one that was is left where it stands, and nothing of it is paid back. */
  private async begin(tx: EntityManager, wanted: Wanted, status: 'trial' | 'active'): Promise<void> {
    const { merchant, current, plan, price, plans, now } = wanted;
    if (current !== null) await this.renewals.end(tx, current, { at: now, reason: 'replaced' });
    const period = status === 'trial' ? trialFrom(now, plan.trialDays) : periodFrom(now, anchorDayOf(now));
    const m: Membership = {
      ...{ merchantId: merchant.id, id: newId(), plan: plan.code, status, price, period, nextAt: period.end },
      anchorDay: anchorDayOf(status === 'trial' ? period.end : now), // a trial's end is the first day that is charged
      ...{ scheduledPlan: null, failures: 0, dunningFrom: null, tried: status === 'trial', createdAt: now },
    };
    await insertMembership(tx, m);
    await this.accounts.setPlan(tx, merchant.id, plan.code);
    if (status === 'active') await this.pay(tx, m, wanted);
    else await this.tryOut(tx, m);
    const change = status === 'trial' ? 'trial_started' : current === null ? 'joined' : 'upgraded';
    const about = { id: m, stands: m, plans, at: now };
    this.telling.tell(tx, 'membership.changed', about, { from: current?.plan ?? STARTER, change });
  }

  private async tryOut(tx: EntityManager, { merchantId, id, plan, period, price }: Membership): Promise<void> {
    const nothing = { amount: Money.zero(price.currency), journalId: null, chargedAt: null };
    await insertPeriod(tx, merchantId, { ...period, membershipId: id, kind: 'trial', plan, ...nothing });
  }

  /** @throws InsufficientFunds */
  private async pay(tx: EntityManager, m: Membership, { plan, now }: Pick<Wanted, 'plan' | 'now'>): Promise<void> {
    const charged = await this.renewals.take(tx, m, { period: m.period, plan, at: now });
    if (charged.status === 'short') throw new InsufficientFunds(m.price, charged.available);
  }

  /** The period that is owed is paid at the cheaper plan's price. @throws InsufficientFunds */
  private async settleFor(tx: EntityManager, wanted: Wanted & { current: Membership }): Promise<void> {
    const { merchant, current, plan, price, plans, now } = wanted;
    const cheaper = { ...current, plan: plan.code, price };
    await this.accounts.setPlan(tx, merchant.id, plan.code);
    const paid = await this.renewals.collect(tx, cheaper, { plans, now, counts: false });
    if (paid.status === 'short') throw new InsufficientFunds(price, paid.available);
    const about = { id: current, stands: paid.membership, plans, at: now };
    this.telling.tell(tx, 'membership.downgraded', about, { from: current.plan, reason: 'asked' });
  }

  private async schedule(
    tx: EntityManager,
    m: Membership,
    scheduledPlan: string | null,
    plans: ReadonlyMap<string, Plan>,
  ): Promise<void> {
    const stands = { ...m, scheduledPlan };
    await saveMembership(tx, stands);
    const change = scheduledPlan === null ? 'withdrawn' : 'scheduled';
    const about = { id: m, stands, plans, at: this.clock.now() };
    this.telling.tell(tx, 'membership.changed', about, { from: m.plan, change });
  }
}

/** @throws InvalidFields */
function offered(plans: ReadonlyMap<string, Plan>, code: string, currency: string): { plan: Plan; price: Money } {
  const plan = plans.get(code);
  if (plan === undefined)
    throw invalidField('/plan', 'unknown_plan', `There is no plan ${code}; GET /v1/plans lists them.`);
  const price = monthly(plan, currency);
  if (price === null) throw invalidField('/plan', 'no_price', `${plan.name} has no price in ${currency}.`);
  return { plan, price };
}
