import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Cache } from '../database/cache.ts';
import { Drops } from '../database/drops.ts';
import { asHouse } from '../database/scope.ts';
import { rows, type Db } from '../database/sql.ts';
import { Clock } from '../kernel/clock.ts';
import { InvalidFields, invalidField, NotFound, type FieldError } from '../kernel/errors.ts';
import { Money, NotMoney, type MoneyJson } from '../kernel/money.ts';
import { page, type Page, type PageRequest } from '../kernel/pages.ts';
import { STARTER } from './billing/plan-change.policy.ts';
import type { PlanView, PutPlanBody } from './memberships.dto.ts';

/** What merchants can be on. */
export interface Plan {
  code: string;
  name: string;
  /** A month, by currency. */
  prices: ReadonlyMap<string, Money>;
  orderDiscountPercent: string;
  shippingDiscountPercent: string;
  ordersPerMinute: number;
  trialDays: number;
}

interface PlanRow extends Omit<Plan, 'prices'> {
  prices: Record<string, string>;
}

const PLAN = `SELECT code, name, trim_scale(order_discount_percent)::text AS "orderDiscountPercent",
  trim_scale(shipping_discount_percent)::text AS "shippingDiscountPercent", orders_per_minute AS "ordersPerMinute",
  trial_days AS "trialDays",
  coalesce((SELECT jsonb_object_agg(r.currency, r.amount_minor::text) FROM plan_price r WHERE r.plan = p.code), '{}') AS prices
  FROM plan p`;
const CODE_FORM = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** The operator's plans: a few rows, read by every price and every limit. */
@Injectable()
export class PlansService {
  private readonly cache: Cache<ReadonlyMap<string, Plan>>;

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    drops: Drops,
  ) {
    this.cache = new Cache('plans', drops, () => this.all(asHouse(db)));
  }

  /** As they were 5 seconds ago at the most: for prices and limits, not for charges. */
  async known(code: string): Promise<Plan> {
    const plan = (await this.cache.get()).get(code);
    if (plan !== undefined) return plan;
    this.cache.drop(); // put by another process within the last 5 seconds
    return found(await this.cache.get(), code);
  }

  /** As they are, by code. */
  async all(db: Db): Promise<ReadonlyMap<string, Plan>> {
    const list = (await rows<PlanRow>(db, `${PLAN} ORDER BY code`)).map(toPlan);
    return new Map(list.map((plan) => [plan.code, plan]));
  }

  /** @throws NotFound */
  async read(code: string): Promise<PlanView> {
    return planView(found(await this.all(asHouse(this.db)), code));
  }

  async list({ limit, after }: PageRequest): Promise<Page<PlanView>> {
    const plans = [...(await this.all(asHouse(this.db))).values()].filter(({ code }) => code > (after?.[0] ?? ''));
    return page(plans, limit, planView, ({ code }) => [code]);
  }

  /**
   * Creates a plan or replaces what it says.
   * @returns the plan, and the currencies in which a month costs something else than before
   * @throws InvalidFields
   */
  async put(tx: EntityManager, code: string, body: PutPlanBody): Promise<{ plan: Plan; repriced: string[] }> {
    const prices = checkPlan(code, body);
    const before = (await this.all(tx)).get(code)?.prices ?? new Map<string, Money>();
    const { name, order_discount_percent: order, shipping_discount_percent: shipping } = body;
    await rows(
      tx,
      `INSERT INTO plan (code, name, order_discount_percent, shipping_discount_percent, orders_per_minute, trial_days, created_at, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
       ON CONFLICT (code) DO UPDATE SET name = $2, order_discount_percent = $3, shipping_discount_percent = $4,
         orders_per_minute = $5, trial_days = $6, changed_at = $7`,
      [code, name, order, shipping, body.orders_per_minute, body.trial_days ?? 0, this.clock.now()],
    );
    const currencies = prices.map((p) => p.currency);
    await rows(tx, 'DELETE FROM plan_price WHERE plan = $1 AND currency <> ALL ($2::text[])', [code, currencies]);
    await rows(
      tx,
      `INSERT INTO plan_price AS p (plan, currency, amount_minor) SELECT $1, * FROM unnest($2::text[], $3::bigint[])
       ON CONFLICT (plan, currency) DO UPDATE SET amount_minor = excluded.amount_minor WHERE p.amount_minor <> excluded.amount_minor`,
      [code, currencies, prices.map((p) => p.minor)],
    );
    this.cache.dropAfterCommit(tx);
    const repriced = prices.filter((p) => before.get(p.currency)?.compare(p) !== 0).map((p) => p.currency);
    return { plan: found(await this.all(tx), code), repriced };
  }
}

/**
 * What a month on the plan costs in the currency.
 * @returns null: the plan is not offered in it; the free plan costs nothing in any
 */
export function monthly(plan: Plan, currency: string): Money | null {
  return plan.prices.get(currency) ?? (plan.code === STARTER ? Money.zero(currency) : null);
}

export function planView(plan: Plan): PlanView {
  return {
    ...{ code: plan.code, name: plan.name, monthly_price: [...plan.prices.values()].map((price) => price.toJSON()) },
    order_discount_percent: plan.orderDiscountPercent,
    shipping_discount_percent: plan.shippingDiscountPercent,
    ...{ orders_per_minute: plan.ordersPerMinute, trial_days: plan.trialDays },
  };
}

function found(plans: ReadonlyMap<string, Plan>, code: string): Plan {
  const plan = plans.get(code);
  if (plan === undefined) throw new NotFound('plan');
  return plan;
}

function toPlan({ prices, ...plan }: PlanRow): Plan {
  const byCurrency = Object.entries(prices).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...plan,
    prices: new Map(byCurrency.map(([currency, minor]) => [currency, Money.ofMinor(minor, currency)])),
  };
}

/** @throws InvalidFields one entry a fault @returns the prices */
function checkPlan(code: string, body: PutPlanBody): Money[] {
  if (!CODE_FORM.test(code))
    throw invalidField('/code', 'format', 'A plan’s code has 1 to 64 small letters, digits and . _ -.');
  const faults: FieldError[] = [];
  const prices: Money[] = [];
  for (const [index, json] of body.monthly_price.entries()) {
    const price = priceOf(json);
    const fault = typeof price === 'string' ? price : faultOf(code, price, prices);
    if (fault !== null) faults.push({ pointer: `/monthly_price/${index}`, code: 'money', detail: fault });
    else if (typeof price !== 'string') prices.push(price);
  }
  if (code !== STARTER && body.monthly_price.length === 0)
    faults.push({
      pointer: '/monthly_price',
      code: 'required',
      detail: 'A plan has a price in one currency at least.',
    });
  if (code === STARTER && (body.trial_days ?? 0) > 0)
    faults.push({ pointer: '/trial_days', code: 'too_large', detail: 'The free plan has no trial.' });
  if (faults.length > 0) throw new InvalidFields(faults);
  return prices;
}

/** A sentence: what is wrong with it. */
function priceOf(json: MoneyJson): Money | string {
  try {
    return Money.fromJson(json);
  } catch (error) {
    if (error instanceof NotMoney) return error.message;
    throw error;
  }
}

function faultOf(code: string, price: Money, earlier: readonly Money[]): string | null {
  if (price.isNegative()) return 'A price is not below zero.';
  if (code === STARTER && price.isPositive()) return 'The free plan costs nothing.';
  return earlier.some((p) => p.currency === price.currency) ? `${price.currency} stands here twice.` : null;
}
