import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountsService } from '../accounts/accounts.service.ts';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import { Outbox } from '../events/outbox.ts';
import { FulfilmentService } from '../fulfilment/fulfilment.service.ts';
import { Clock, plusDays } from '../kernel/clock.ts';
import { invalidField } from '../kernel/errors.ts';
import { idIn, newId } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import { PoliciesService } from '../policies/policies.service.ts';
import { PricingService, type Priced } from '../pricing/pricing.service.ts';
import { WalletService } from '../wallet/wallet.service.ts';
import { chargeKey, chargeOf } from './order-charge.ts';
import { insertOrder, type OrderRecord, type OrderWithPackages } from './order.store.ts';
import type { PlaceOrderBody } from './orders.dto.ts';
import { QuoteDiffers, ReferenceTaken } from './orders.errors.ts';

/** Places an order: product.md, the main job, step 2. At most eight round trips (performance.md). */
@Injectable()
export class Placing {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly accounts: AccountsService,
    private readonly catalogue: CatalogueService,
    private readonly pricing: PricingService,
    private readonly policies: PoliciesService,
    private readonly fulfilment: FulfilmentService,
    private readonly wallet: WalletService,
  ) {}

  /**
   * Stock first, the wallet's book last: the order in which every transaction takes its locks.
   * @throws ReferenceTaken, OutOfStock, NotDeliverable, QuoteExpired, QuoteDiffers, MerchantSuspended
   */
  async place(tx: EntityManager, merchantId: string, body: PlaceOrderBody): Promise<OrderWithPackages> {
    const now = this.clock.now();
    const merchant = await this.accounts.requireActive(merchantId, tx);
    const settings = await this.catalogue.settings();
    const policy = await this.policies.versionInForce(merchant.policy ?? settings.defaultPolicy);
    const priced = await this.price(tx, merchantId, body, now);
    const id = newId();
    await this.catalogue.reserve(
      tx,
      priced.packages.flatMap(({ warehouse, items }) =>
        items.map((item) => ({ ...item, warehouse, merchantId, orderId: id })),
      ),
    );

    if (priced.discountCode !== null)
      await this.pricing.redeem(tx, { code: priced.discountCode, merchantId, orderId: id });
    const draft = {
      ...unpaid(merchantId, id, body, priced),
      policy: { id: policy.id, version: policy.version },
      createdAt: now,
    };
    const charged = await this.wallet.charge(tx, chargeOf(draft, now));
    const order: OrderRecord =
      charged.status === 'charged'
        ? { ...draft, status: 'paid', paidAt: now, payBy: null }
        : { ...draft, status: 'awaiting_funds', paidAt: null, payBy: plusDays(now, settings.awaitingFundsDays) };
    if (!(await insertOrder(tx, order))) throw new ReferenceTaken(order.reference);
    if (order.payBy !== null)
      await this.wallet.block(tx, merchantId, { cause: chargeKey(order.id), since: now, until: order.payBy });
    const packages = await this.plan(tx, order, priced, policy.terms.tracking.late_after_days);
    this.tell(tx, order);
    return { order, packages };
  }

  /** The order's price with the stock rows locked, held against the quote that it names. */
  private async price(tx: EntityManager, merchantId: string, body: PlaceOrderBody, now: Date): Promise<Priced> {
    const quote = body.quote === undefined ? null : await this.pricing.quoted(tx, merchantId, quoteId(body.quote), now);
    const stock = await this.catalogue.lockStock(tx, [...new Set(body.items.map(({ sku }) => sku))]);
    const request = {
      merchantId,
      currency: body.currency,
      shipTo: body.ship_to,
      items: body.items.map((item, index) => ({
        line: index + 1,
        sku: item.sku,
        quantity: item.quantity,
        shipTo: item.ship_to ?? null,
      })),
      service: body.service ?? null,
      discountCode: body.discount_code ?? null,
      stock,
      now,
    };
    const priced = await this.pricing.price(request, tx);
    if (quote !== null && (quote.total.currency !== priced.total.currency || quote.total.compare(priced.total) !== 0)) {
      throw new QuoteDiffers(quote.total, priced.total);
    }
    return priced;
  }

  /** The packages with what was paid for each: shares of goods and shipping by policies.md, "The amount". */
  private async plan(
    tx: EntityManager,
    order: OrderRecord,
    priced: Priced,
    lateAfterDays: number | null,
  ): Promise<OrderWithPackages['packages']> {
    const { merchantId, id: orderId, reference: orderReference, currency, lines, createdAt: at } = order;
    const parcels = priced.packages.map((parcel) => ({ ...parcel, id: newId() }));
    const shares = this.policies.shares({ ...order, items: lines }, parcels);
    const nothing = Money.zero(currency);
    const packages = parcels.map((parcel) => ({ ...parcel, shippingPaid: shares.get(parcel.id)?.shipping ?? nothing }));
    const paid = order.status === 'paid';
    return this.fulfilment.plan(tx, {
      merchantId,
      orderId,
      orderReference,
      currency,
      lines,
      packages,
      paid,
      lateAfterDays,
      at,
    });
  }

  private tell(tx: EntityManager, order: OrderRecord): void {
    const fact = { merchantId: order.merchantId, orderId: order.id, at: order.createdAt.toISOString() };
    this.outbox.tell(tx, 'order.placed', fact);
    if (order.status === 'paid') this.outbox.tell(tx, 'order.paid', fact);
    else this.outbox.tell(tx, 'order.awaiting_funds', { ...fact, total: order.total.toJSON() });
  }
}

function quoteId(text: string): string {
  const id = idIn('quo', text);
  if (id === null) throw invalidField('/quote', 'id', 'There is no such quote.');
  return id;
}

type Unpaid = Omit<OrderRecord, 'status' | 'paidAt' | 'payBy' | 'policy' | 'createdAt'>;

function unpaid(merchantId: string, id: string, body: PlaceOrderBody, priced: Priced): Unpaid {
  return {
    merchantId,
    id,
    reference: body.reference,
    currency: body.currency,
    service: priced.service,
    chosenService: body.service ?? null,
    goodsPaid: priced.goodsPaid,
    shippingPaid: priced.shippingPaid,
    shippingCost: priced.shippingCost,
    discount: priced.discount,
    total: priced.total,
    discountCode: priced.discountCode,
    lines: priced.items.map((item) => ({ ...item })),
    shipTo: body.ship_to,
    replaces: null,
  };
}
