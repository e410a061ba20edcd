import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import { Outbox } from '../events/outbox.ts';
import { FulfilmentService, type PostalAddress } from '../fulfilment/fulfilment.service.ts';
import type { ShipTo } from '../kernel/address.ts';
import { Clock, instant } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import { PoliciesService } from '../policies/policies.service.ts';
import { PricingService, type Priced, type PricedItem } from '../pricing/pricing.service.ts';
import type { OrderLineRecord, OrderRecord, OrderWithPackages } from './order.store.ts';
import { insertOrder } from './order.writing.ts';
import { AddressErased } from './orders.errors.ts';
import { worthByLine } from './worth.policy.ts';

/** Units of one package of an order that go out again, free of charge. */
export interface Replacement {
  packageId: string;
  /** The case that asked: `claim:<id>` or `return:<id>`. */
  cause: string;
  units: readonly { line: number; quantity: number }[];
  /** What was paid for them, with their shipping. */
  worth: Money;
}

/** Places free orders for goods that are sent again; they are packed and sent as any other. */
@Injectable()
export class SendingAgain {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly catalogue: CatalogueService,
    private readonly pricing: PricingService,
    private readonly policies: PoliciesService,
    private readonly fulfilment: FulfilmentService,
  ) {}

  /**
   * @param of locked: its lock, then the stock's
   * @returns the free order's id
   * @throws AddressErased nobody knows any more where it went
   * @throws OutOfStock, NotDeliverable, InvalidFields as for an order of the goods at their price
   */
  async send(tx: EntityManager, of: OrderWithPackages, replacement: Replacement): Promise<string> {
    const { order } = of;
    const now = this.clock.now();
    const shipTo = await this.addressOf(tx, order, replacement.packageId);
    const items = replacement.units
      .filter(({ quantity }) => quantity > 0)
      .map(({ line, quantity }, i) => ({ line: i + 1, quantity, sku: skuOf(order, line) }));
    const stock = await this.catalogue.lockStock(
      tx,
      items.map(({ sku }) => sku),
    );
    const { merchantId, currency } = order;
    const priced = await this.pricing.price({ merchantId, currency, shipTo, items, stock, now });
    const id = newId();
    const promised = priced.packages.flatMap(({ warehouse, items: packed }) =>
      packed.map((item) => ({ ...item, warehouse, merchantId, orderId: id })),
    );
    await this.catalogue.reserve(tx, promised);
    const placed = await this.insert(tx, free(order, priced, { id, shipTo, now, replacement }));
    const values = await this.valuesOf(tx, of, replacement);
    await this.plan(tx, placed, priced, values);
    const fact = { merchantId, orderId: id, at: instant(now) };
    this.outbox.tell(tx, 'order.placed', fact);
    this.outbox.tell(tx, 'order.paid', fact);
    return id;
  }

  /** The reference is the first order's, and which time it is: `SHOP-1-R1`. A store may have taken the name itself. */
  private async insert(tx: EntityManager, draft: OrderRecord): Promise<OrderRecord> {
    for (let time = 1; ; time += 1) {
      const order = { ...draft, reference: `${draft.reference.slice(0, 90)}-R${time}` };
      if (await insertOrder(tx, order)) return order;
    }
  }

  /** What was paid for the goods that go out again, in the order of the free order's lines. */
  private async valuesOf(
    tx: EntityManager,
    of: OrderWithPackages,
    { packageId, units }: Replacement,
  ): Promise<Money[]> {
    const parcel = of.packages.find(({ id }) => id === packageId);
    const items = parcel === undefined ? [] : await this.fulfilment.declaredItems(tx, parcel);
    return units
      .filter(({ quantity }) => quantity > 0)
      .map(({ line, quantity }) => {
        const same = items.filter((item) => item.line === line);
        const all = Money.sum(
          same.map(({ paid }) => paid),
          of.order.currency,
        );
        const count = same.reduce((sum, item) => sum + item.quantity, 0);
        return Money.sum(all.splitEvenly(Math.max(count, quantity)).slice(0, quantity), of.order.currency);
      });
  }

  private async plan(tx: EntityManager, order: OrderRecord, priced: Priced, values: readonly Money[]): Promise<void> {
    const { merchantId, id: orderId, reference: orderReference, currency, lines, createdAt: at } = order;
    const { terms } = await this.policies.load(order.policy.id, order.policy.version);
    const shippingPaid = Money.zero(currency);
    const worth = worthByLine(order);
    const items = lines.map(({ line, quantity }) => ({ line, quantity, paid: worth.get(line) ?? shippingPaid }));
    const parcels = priced.packages.map((parcel) => ({ ...parcel, id: newId(), shippingPaid }));
    const shares = this.policies.shares({ currency, shippingPaid, items }, parcels);
    const packages = parcels.map((parcel) => ({ ...parcel, worth: shares.get(parcel.id)?.goods ?? shippingPaid }));
    await this.fulfilment.plan(tx, {
      ...{ merchantId, orderId, orderReference, currency, lines, packages, paid: true, at },
      lateAfterDays: terms.tracking.late_after_days,
    });
    const declared = lines.map((line, i) => ({ ...line, paid: values[i] ?? shippingPaid }));
    await this.fulfilment.declare(tx, merchantId, { currency, lines: declared, packages: parcels });
  }

  private async addressOf(tx: EntityManager, order: OrderRecord, packageId: string): Promise<ShipTo> {
    const address = await this.fulfilment.addressOf(tx, order.merchantId, packageId);
    if (address === null) throw new AddressErased();
    return shipToOf(address);
  }
}

function shipToOf({ postalCode, ...same }: PostalAddress): ShipTo {
  return { ...same, postal_code: postalCode };
}

function skuOf({ id, lines }: OrderRecord, line: number): string {
  const found = lines.find((l) => l.line === line);
  if (found === undefined) throw new Error(`The order ${id} has no line ${line}.`);
  return found.sku;
}

/** At no price: the list price, taken off whole. */
function freeLine(item: PricedItem, currency: string): OrderLineRecord {
  const { line, sku, title, quantity, listPrice } = item;
  const nothing = Money.zero(currency);
  const discounts = [{ kind: 'replacement', code: null, amount: listPrice.times(quantity) }];
  return { line, sku, title, quantity, listPrice, unitPrice: nothing, paid: nothing, discounts };
}

function free(
  of: OrderRecord,
  priced: Priced,
  given: { id: string; shipTo: ShipTo; now: Date; replacement: Replacement },
): OrderRecord {
  const { id, shipTo, now, replacement } = given;
  const { merchantId, reference, currency, policy } = of;
  const nothing = Money.zero(currency);
  const lines = priced.items.map((item) => freeLine(item, currency));
  const discounts = lines.flatMap((line) => line.discounts.map(({ amount }) => amount));
  return {
    ...{ merchantId, id, reference, status: 'paid', currency, service: priced.service, chosenService: null },
    ...{ goodsPaid: nothing, shippingPaid: nothing, shippingCost: priced.shippingCost, total: nothing },
    ...{ discount: Money.sum(discounts, currency), policy, discountCode: null, lines, shipTo },
    ...{ createdAt: now, paidAt: now, payBy: null },
    replaces: {
      ...{ orderId: of.id, packageId: replacement.packageId, cause: replacement.cause },
      ...{ rootOrderId: of.replaces?.rootOrderId ?? of.id, worth: replacement.worth.toJSON() },
    },
  };
}
