import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccountsService } from '../accounts/accounts.service.ts';
import { asHouse, asMerchant } from '../database/scope.ts';
import type { Db } from '../database/sql.ts';
import { PlanLimits } from '../http/plan-limits.ts';
import { Clock, instant } from '../kernel/clock.ts';
import { idIn } from '../kernel/ids.ts';
import { page, type Page, type PageRequest } from '../kernel/pages.ts';
import { WalletService } from '../wallet/wallet.service.ts';
import { Choosing } from './billing/choosing.ts';
import { periodFrom, retriesLeft } from './billing/period.policy.ts';
import { Renewals } from './billing/renewals.ts';
import { STARTER } from './billing/plan-change.policy.ts';
import { findOpen, listOpen, listPeriods, type Membership } from './membership.store.ts';
import { membershipView, merchantMembershipView, nextCharge, periodView, type NextCharge } from './membership.view.ts';
import type {
  ChargePreviewView,
  ChosenView,
  IfShortView,
  MembershipsQuery,
  MembershipView,
  MerchantMembershipView,
  NextChargePreviewView,
  PaidPeriodView,
  PlanView,
  PutPlanBody,
} from './memberships.dto.ts';
import { planView, PlansService } from './plans.service.ts';
import { PriceNotices } from './price-notices.ts';

/** What a merchant's plan takes off its orders. */
export interface PlanTerms {
  plan: string;
  orderDiscountPercent: string;
  shippingDiscountPercent: string;
}

/** Who is on which plan, what that means for prices and limits, and what it costs next. */
@Injectable()
export class MembershipsService extends PlanLimits {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly wallet: WalletService,
    private readonly plans: PlansService,
    private readonly renewals: Renewals,
    private readonly choosing: Choosing,
    private readonly notices: PriceNotices,
  ) {
    super();
  }

  /**
   * What the merchant's plan takes off.
   * @param db the caller's transaction, where there is one
   */
  async termsOf(merchantId: string, db: Db = asMerchant(this.db, merchantId)): Promise<PlanTerms> {
    const { plan } = await this.accounts.merchant(merchantId, db);
    const { orderDiscountPercent, shippingDiscountPercent } = await this.plans.known(plan);
    return { plan, orderDiscountPercent, shippingDiscountPercent };
  }

  async ordersPerMinute(merchantId: string): Promise<number> {
    const { plan } = await this.accounts.merchant(merchantId);
    return (await this.plans.known(plan)).ordersPerMinute;
  }

  /**
   * Money has come: pays what is owed of the merchant's membership, if there is enough (product.md, Waiting for money:
   * dues before orders).
   * @param of.came when the money did
   * @returns true when something was paid
   */
  payDues(tx: EntityManager, of: { merchantId: string; currency: string; came: Date }): Promise<boolean> {
    return this.renewals.payDues(tx, of);
  }

  async get(merchantId: string): Promise<MembershipView> {
    const { status } = await this.accounts.merchant(merchantId);
    return membershipView(
      await findOpen(asMerchant(this.db, merchantId), merchantId),
      await this.plans.all(asMerchant(this.db, merchantId)),
      status,
    );
  }

  /**
   * A merchant's wish for a plan.
   * @throws InvalidFields, InsufficientFunds, MerchantSuspended, MerchantClosing as Choosing.choose says
   */
  async choose(tx: EntityManager, merchantId: string, plan: string): Promise<ChosenView> {
    const effectiveAt = await this.choosing.choose(tx, merchantId, plan);
    const { status } = await this.accounts.hold(tx, merchantId);
    const membership = membershipView(await findOpen(tx, merchantId), await this.plans.all(tx), status);
    return { membership, effective_at: instant(effectiveAt) };
  }

  /** @throws NothingScheduled */
  withdraw(tx: EntityManager, merchantId: string): Promise<void> {
    return this.choosing.withdraw(tx, merchantId);
  }

  /** Date, amount, and what happens if the wallet is short. */
  async preview(merchantId: string): Promise<NextChargePreviewView> {
    const { status } = await this.accounts.merchant(merchantId);
    const m = await findOpen(asMerchant(this.db, merchantId), merchantId);
    const next = nextCharge(m, await this.plans.all(asMerchant(this.db, merchantId)), status);
    return { next_charge: m === null || next === null ? null : await this.chargePreview(m, next) };
  }

  async periods(merchantId: string, request: PageRequest): Promise<Page<PaidPeriodView>> {
    return page(
      await listPeriods(asMerchant(this.db, merchantId), merchantId, request),
      request.limit,
      periodView,
      ({ id }) => [id],
    );
  }

  /** Paid plans of every merchant, for staff. */
  async list(query: MembershipsQuery, request: PageRequest): Promise<Page<MerchantMembershipView>> {
    const plans = await this.plans.all(asHouse(this.db));
    const { merchant, plan, status: wanted } = query;
    const filter = { merchantId: merchant === undefined ? null : idIn('mer', merchant), plan, status: wanted };
    const found = await listOpen(asHouse(this.db), filter, request);
    const status = new Map<string, string>();
    for (const { merchantId } of found) status.set(merchantId, (await this.accounts.merchant(merchantId)).status);
    return page(
      found,
      request.limit,
      (m) => merchantMembershipView(m, plans, status.get(m.merchantId) ?? 'active'),
      ({ id }) => [id],
    );
  }

  /** Creates or changes a plan; who will pay another price from the next period on is told. */
  async putPlan(tx: EntityManager, code: string, body: PutPlanBody): Promise<PlanView> {
    const { plan, repriced } = await this.plans.put(tx, code, body);
    if (code !== STARTER) await this.notices.begin(tx, code, repriced);
    return planView(plan);
  }

  private async chargePreview(m: Membership, { at, amount, plan }: NextCharge): Promise<ChargePreviewView> {
    const { currency } = amount;
    const use = 'membership_fee' as const;
    const of = { merchantId: m.merchantId, currency, use, at: this.clock.now() };
    const available = await this.wallet.spendable(asHouse(this.db), of);
    const missing = amount.minus(available).atLeastZero();
    const owed = m.status === 'past_due';
    const period = owed ? m.period : periodFrom(m.period.end, m.anchorDay);
    return {
      ...{ at: instant(at), amount: amount.toJSON(), plan: plan.code },
      period: { start: instant(period.start), end: instant(period.end) },
      ...{ available: available.toJSON(), missing: missing.toJSON(), sufficient: missing.isZero() },
      if_short: ifShort(owed ? (m.dunningFrom ?? at) : at, m.failures, at),
    };
  }
}

/**
 * What follows if the next try fails.
 * @param next when that is
 * @param failures so far
 */
function ifShort(from: Date, failures: number, next: Date): IfShortView[] {
  const tries = retriesLeft(from, failures + 1);
  const downgrade = { at: instant(tries.at(-1) ?? next), then: 'downgrade' as const };
  return [...tries.map((at) => ({ at: instant(at), then: 'retry' as const })), downgrade];
}
