import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CatalogueService, type Variant } from '../catalogue/catalogue.service.ts';
import type { Db } from '../database/sql.ts';
import type { ShipTo } from '../kernel/address.ts';
import { InvalidFields } from '../kernel/errors.ts';
import { Money } from '../kernel/money.ts';
import { MembershipsService, type PlanTerms } from '../memberships/memberships.service.ts';
import { addressFaults } from './address.policy.ts';
import {
  discounted,
  refusalOf,
  tierFor,
  type Discounted,
  type DiscountCode,
  type Reduction,
} from './discount.policy.ts';
import { packagesOf, serviceClass } from './parcelling.ts';
import type { Priced, PricedItem, PricedPackage, PriceRequest } from './priced.ts';
import { DiscountCodeRefused } from './pricing.errors.ts';
import { PromotionsService } from './promotions.service.ts';
import { holdingQuote, type Quote } from './quote.store.ts';
import { addressesOf, listPrice, serviceFaults, servicesOf, variantsOf } from './reading.ts';

export { ShipToBody } from './pricing.dto.ts';
export type { Priced, PricedItem, PricedPackage, PriceRequest } from './priced.ts';
export type { Quote } from './quote.store.ts';

/** What an order costs and how it travels. */
@Injectable()
export class PricingService {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly promotions: PromotionsService,
    private readonly memberships: MembershipsService,
  ) {}

  /**
   * Prices goods and their shipping and splits them into packages; nothing is stored and nothing reserved.
   * @param db the caller's transaction, where there is one
   * @throws InvalidFields an unknown SKU, discount code or service, no price in the currency, an address that the courier cannot use
   * @throws OutOfStock, NotDeliverable, DiscountCodeRefused
   */
  async price(request: PriceRequest, db?: Db): Promise<Priced> {
    const catalogue = await this.catalogue.snapshot();
    const services = catalogue.couriers.flatMap(servicesOf);
    const { variants, faults } = variantsOf(request, catalogue);
    faults.push(...serviceFaults(request, services));
    for (const { to, pointer } of addressesOf(request)) faults.push(...addressFaults(to, pointer));
    if (faults.length > 0) throw new InvalidFields(faults);

    const { currency } = request;
    const plan = await this.memberships.termsOf(request.merchantId, db);
    const goods = await this.goods(request, variants, plan);
    const listed = packagesOf(request, { variants, services, warehouses: catalogue.warehouses });
    const packages = listed.map((p) => shippedCheaper(p, plan.shippingDiscountPercent));
    const postage = (list: readonly PricedPackage[]): Money =>
      Money.sum(
        list.map((p) => p.price),
        currency,
      );
    const shipping = postage(packages);
    const discounts = goods.discounts.map((d) => d.amount);
    return {
      ...{ currency, items: pricedItems(request, variants, goods), discounts: goods.discounts, packages },
      service: serviceClass(request.service ?? null, packages),
      ...{ goodsPaid: goods.goodsPaid, shippingPaid: shipping, shippingCost: postage(listed) },
      ...{ discount: Money.sum(discounts, currency), total: goods.goodsPaid.plus(shipping) },
      discountCode: request.discountCode ?? null,
    };
  }

  /**
   * Counts a use of a discount code for a placed order.
   * @throws DiscountCodeRefused it has been used up
   */
  redeem(tx: EntityManager, use: { code: string; merchantId: string; orderId: string }): Promise<void> {
    return this.promotions.redeem(tx, use);
  }

  /**
   * A quote that still holds.
   * @throws QuoteExpired
   * @throws InvalidFields there is no such quote of this merchant
   */
  quoted(tx: EntityManager, merchantId: string, quoteId: string, now: Date): Promise<Quote> {
    return holdingQuote(tx, merchantId, quoteId, now);
  }

  /**
   * Before an address takes the place of another.
   * @param carriers the services that its packages go by
   * @throws InvalidFields the couriers cannot use it
   */
  async checkAddress(
    shipTo: ShipTo,
    pointer: string,
    carriers: readonly { courier: string; service: string }[] = [],
  ): Promise<void> {
    const { couriers } = await this.catalogue.snapshot();
    const used = couriers
      .flatMap(servicesOf)
      .filter((s) => carriers.some((c) => c.courier === s.courier && c.service === s.service));
    const faults = addressFaults(shipTo, pointer, [...new Set(used.flatMap((s) => s.needs))]);
    if (faults.length > 0) throw new InvalidFields(faults);
  }

  /** @throws DiscountCodeRefused, InvalidFields */
  private async goods(request: PriceRequest, variants: readonly Variant[], plan: PlanTerms): Promise<Discounted> {
    const { currency, items } = request;
    const lines = variants.map((variant, index) => ({
      quantity: items[index]?.quantity ?? 0,
      listPrice: listPrice(variant, currency),
    }));
    const listed = Money.sum(
      lines.map((l) => l.listPrice.times(l.quantity)),
      currency,
    );
    const units = lines.reduce((sum, l) => sum + l.quantity, 0);
    const reductions: Reduction[] = [];
    const tier = tierFor(await this.promotions.tiers(), units, listed);
    if (tier !== null) reductions.push(tier);
    if (request.discountCode) reductions.push(asReduction(await this.validCode(request, request.discountCode, listed)));
    reductions.push({ kind: 'plan', code: plan.plan, percent: plan.orderDiscountPercent, amount: null });
    return discounted(lines, currency, reductions);
  }

  private async validCode({ now }: PriceRequest, name: string, listed: Money): Promise<DiscountCode> {
    const code = await this.promotions.code(name);
    const refusal = refusalOf(code, listed, now);
    if (refusal !== null) throw new DiscountCodeRefused(name, refusal);
    return code;
  }
}

/** The plan takes its share off each way a package can go: the order of the options stays. */
function shippedCheaper(p: PricedPackage, percent: string): PricedPackage {
  const reduced = (price: Money): Money => price.minus(price.percentHalfUp(percent));
  return { ...p, price: reduced(p.price), options: p.options.map((o) => ({ ...o, price: reduced(o.price) })) };
}

function asReduction({ code, percent, amount }: DiscountCode): Reduction {
  if (percent !== null) return { kind: 'discount_code', code, percent, amount: null };
  if (amount !== null) return { kind: 'discount_code', code, percent: null, amount };
  throw new Error(`The discount code ${code} has neither a percent nor an amount.`);
}

function pricedItems({ items, currency }: PriceRequest, variants: readonly Variant[], goods: Discounted): PricedItem[] {
  return items.flatMap(({ line, sku, quantity }, index) => {
    const [variant, priced] = [variants[index], goods.lines[index]];
    if (variant === undefined || priced === undefined) return [];
    return [{ line, sku, title: variant.title, quantity, listPrice: listPrice(variant, currency), ...priced }];
  });
}
