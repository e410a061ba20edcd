import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asMerchant } from '../database/scope.ts';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import { Clock, instant } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import { idOut, newId } from '../kernel/ids.ts';
import type { LineDiscount } from './discount.policy.ts';
import type { Priced, PricedPackage } from './priced.ts';
import type {
  DiscountView,
  LineDiscountView,
  OptionView,
  QuoteBody,
  QuotePackageView,
  QuoteView,
} from './pricing.dto.ts';
import { PricingService } from './pricing.service.ts';
import { PromotionsService } from './promotions.service.ts';
import { insertQuote, quoteAnswer } from './quote.store.ts';
import type { ShippingOption } from './splitting/shipping.policy.ts';

/** So long a quote holds (product.md, Quotes). */
const HOLDS_MS = 30 * 60_000;

/** Quotes: an order's price, split and options before it is placed. */
@Injectable()
export class QuotesService {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
    private readonly promotions: PromotionsService,
    private readonly pricing: PricingService,
  ) {}

  /** @throws whatever PricingService.price throws */
  async make(tx: EntityManager, merchantId: string, body: QuoteBody): Promise<QuoteView> {
    const now = this.clock.now();
    const stock = await this.catalogue.stockLevels(tx, [...new Set(body.items.map((i) => i.sku))]);
    const request = {
      ...{ merchantId, currency: body.currency, shipTo: body.ship_to, stock, now },
      items: body.items.map((i, index) => ({
        line: index + 1,
        sku: i.sku,
        quantity: i.quantity,
        shipTo: i.ship_to ?? null,
      })),
      ...{ service: body.service ?? null, discountCode: body.discount_code ?? null },
    };
    const priced = await this.pricing.price(request, tx);
    if (priced.discountCode !== null) {
      await this.promotions.checkUses(tx, await this.promotions.code(priced.discountCode), merchantId);
    }
    const id = newId();
    const expiresAt = new Date(now.getTime() + HOLDS_MS);
    const answer = quoteView(priced, { id, createdAt: now, expiresAt });
    await insertQuote(tx, { merchantId, id, total: priced.total, createdAt: now, expiresAt, answer });
    return answer;
  }

  /** @throws NotFound */
  async get(merchantId: string, id: string): Promise<QuoteView> {
    const answer = await quoteAnswer(asMerchant(this.db, merchantId), merchantId, id);
    if (answer === null) throw new NotFound('quote');
    return answer;
  }
}

function quoteView(priced: Priced, quote: { id: string; createdAt: Date; expiresAt: Date }): QuoteView {
  return {
    ...{ id: idOut('quo', quote.id), currency: priced.currency, service: priced.service },
    items: priced.items.map((item) => ({
      ...{ line: item.line, sku: item.sku, title: item.title, quantity: item.quantity },
      ...{ list_price: item.listPrice.toJSON(), unit_price: item.unitPrice.toJSON(), paid: item.paid.toJSON() },
      discounts: item.discounts.map(discountView),
    })),
    discounts: priced.discounts.map(({ percent, ...d }): DiscountView => ({
      ...discountView(d),
      ...(percent === null ? {} : { percent }),
    })),
    packages: priced.packages.map(packageView),
    shipping_options: priced.packages.flatMap((p, index) =>
      p.options.map((option, rank) => ({ ...optionView(option), package: index + 1, chosen: rank === 0 })),
    ),
    ...{ goods_paid: priced.goodsPaid.toJSON(), shipping_paid: priced.shippingPaid.toJSON() },
    ...{ discount: priced.discount.toJSON(), total: priced.total.toJSON() },
    ...{ created_at: instant(quote.createdAt), expires_at: instant(quote.expiresAt) },
  };
}

function packageView(p: PricedPackage, index: number): QuotePackageView {
  return {
    ...{ package: index + 1, warehouse: p.warehouse, items: p.items, why: p.why, weight_g: p.weightG },
    ...{ courier: p.courier, service: p.service, shipping: p.price.toJSON(), options: p.options.map(optionView) },
  };
}

function optionView({
  courier,
  service,
  class: kind,
  days,
  price,
}: ShippingOption): Pick<OptionView, keyof OptionView> {
  return { courier, service, class: kind, days, price: price.toJSON() };
}

function discountView({ kind, code, amount }: LineDiscount): Pick<LineDiscountView, keyof LineDiscountView> {
  return { kind, ...(code === null ? {} : { code }), amount: amount.toJSON() };
}
