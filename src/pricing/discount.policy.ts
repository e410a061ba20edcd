import { Money } from '../kernel/money.ts';

/** From this many units in the order on, this percent off. */
export interface QuantityTier {
  /** null: any currency that has no tiers of its own. */
  currency: string | null;
  from: number;
  percent: string;
}

/** Goods worth more than this at list price (strictly), this percent off. */
export interface OrderValueTier {
  over: Money;
  percent: string;
}

export interface PriceTiers {
  quantity: readonly QuantityTier[];
  orderValue: readonly OrderValueTier[];
}

export type DiscountKind = 'quantity_tier' | 'order_value_tier' | 'discount_code' | 'plan';

/** A discount on the goods of an order, before it is worked out: a percent or an amount. */
export type Reduction = { kind: DiscountKind; code: string | null } & (
  { percent: string; amount: null } | { percent: null; amount: Money }
);

/** A discount code as the operator set it. */
export interface DiscountCode {
  code: string;
  percent: string | null;
  amount: Money | null;
  from: Date | null;
  until: Date | null;
  /** Goods at list price must be worth at least this much. */
  minimumOrder: Money | null;
  maxUses: number | null;
  maxUsesPerMerchant: number | null;
}

export interface ListedLine {
  quantity: number;
  /** Of one unit. */
  listPrice: Money;
}

export interface LineDiscount {
  kind: DiscountKind;
  code: string | null;
  amount: Money;
}

export interface DiscountedLine {
  /** For the whole line, after every discount: what refunds pay back. */
  paid: Money;
  /** `paid` over the units, half up to the minor unit; for reading only, `paid` is exact. */
  unitPrice: Money;
  discounts: LineDiscount[];
}

export interface AppliedDiscount extends LineDiscount {
  percent: string | null;
}

export interface Discounted {
  lines: DiscountedLine[];
  /** One entry a discount, over the whole order. */
  discounts: AppliedDiscount[];
  goodsPaid: Money;
}

/**
 * The tier that counts: the better of the quantity tier and the order-value tier; they do not add up (product.md,
 * Pricing). Equal ones: the quantity tier.
 * @param units of the whole order
 * @param goods at list price
 */
export function tierFor(tiers: PriceTiers, units: number, goods: Money): Reduction | null {
  const byQuantity = quantityPercent(tiers.quantity, units, goods.currency);
  const byValue = valuePercent(tiers.orderValue, goods);
  if (byQuantity === null && byValue === null) return null;
  if (byValue === null || (byQuantity !== null && comparePercents(byQuantity, byValue) >= 0)) {
    return { kind: 'quantity_tier', code: null, percent: byQuantity ?? '0', amount: null };
  }
  return { kind: 'order_value_tier', code: null, percent: byValue, amount: null };
}

function quantityPercent(tiers: readonly QuantityTier[], units: number, currency: string): string | null {
  const own = tiers.filter((t) => t.currency === currency);
  const valid = own.length > 0 ? own : tiers.filter((t) => t.currency === null);
  let reached: QuantityTier | null = null;
  for (const tier of valid) if (units >= tier.from && tier.from > (reached?.from ?? 0)) reached = tier;
  return reached?.percent ?? null;
}

function valuePercent(tiers: readonly OrderValueTier[], goods: Money): string | null {
  let reached: OrderValueTier | null = null;
  for (const tier of tiers) {
    if (tier.over.currency !== goods.currency || goods.compare(tier.over) <= 0) continue;
    if (reached === null || tier.over.compare(reached.over) > 0) reached = tier;
  }
  return reached?.percent ?? null;
}

/** Percents are decimal strings; compared exactly, by what they make of a number without decimals left. */
function comparePercents(a: string, b: string): number {
  const scale = Money.ofMinor(10n ** 12n, 'USD');
  return scale.percentHalfUp(a).compare(scale.percentHalfUp(b));
}

export type CodeRefusal = 'not_yet_valid' | 'expired' | 'below_minimum_order' | 'other_currency';

/**
 * Why a code does not count for this order, or null where it does. Uses are counted by the database, not here.
 * @param goods at list price
 */
export function refusalOf(code: DiscountCode, goods: Money, now: Date): CodeRefusal | null {
  if (code.from !== null && now < code.from) return 'not_yet_valid';
  if (code.until !== null && now > code.until) return 'expired';
  if (code.amount !== null && code.amount.currency !== goods.currency) return 'other_currency';
  if (code.minimumOrder === null) return null;
  if (code.minimumOrder.currency !== goods.currency) return 'other_currency';
  return goods.compare(code.minimumOrder) < 0 ? 'below_minimum_order' : null;
}

/**
 * Works the discounts out one after the other, each on what the ones before it left, rounded half up on the order and
 * spread over the lines by largest remainder: so the lines' `paid` add up to what the order pays for goods, exactly.
 * @param lines at least one; all in one currency
 */
export function discounted(
  lines: readonly ListedLine[],
  currency: string,
  reductions: readonly Reduction[],
): Discounted {
  const done = lines.map((l) => ({ paid: l.listPrice.times(l.quantity), discounts: [] as LineDiscount[] }));
  const discounts: AppliedDiscount[] = [];
  for (const { kind, code, percent, amount } of reductions) {
    const left = Money.sum(
      done.map((l) => l.paid),
      currency,
    );
    const off = (percent === null ? amount : left.percentHalfUp(percent)).atMost(left);
    if (!off.isPositive()) continue;
    discounts.push({ kind, code, percent, amount: off });
    const shares = off.split(done.map((l) => l.paid.minor));
    done.forEach((line, index) => {
      const share = shares[index] ?? Money.zero(currency);
      if (!share.isPositive()) return;
      line.paid = line.paid.minus(share);
      line.discounts.push({ kind, code, amount: share });
    });
  }
  return {
    lines: done.map((l, index) => ({ ...l, unitPrice: perUnit(l.paid, lines[index]?.quantity ?? 1) })),
    discounts,
    goodsPaid: Money.sum(
      done.map((l) => l.paid),
      currency,
    ),
  };
}

function perUnit(paid: Money, quantity: number): Money {
  const units = BigInt(quantity);
  return Money.ofMinor((2n * paid.minor + units) / (2n * units), paid.currency);
}
