import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountsService } from '../accounts/accounts.service.ts';
import { CatalogueService, type Shelf } from '../catalogue/catalogue.service.ts';
import { Outbox } from '../events/outbox.ts';
import { FulfilmentService } from '../fulfilment/fulfilment.service.ts';
import { Clock, plusDays } from '../kernel/clock.ts';
import { DomainError, invalidField } from '../kernel/errors.ts';
import { idIn, newId } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import { PoliciesService } from '../policies/policies.service.ts';
import { PricingService, type Priced } from '../pricing/pricing.service.ts';
import { WalletService, type Charged } from '../wallet/wallet.service.ts';
import { chargeKey, chargeOf } from './order-charge.ts';
import type { OrderRecord, OrderWithPackages } from './order.store.ts';
import { gatherOrder, storeOrders, takenReferences, type Reference } from './order.writing.ts';
import type { PlaceOrderBody } from './orders.dto.ts';
import { QuoteDiffers, ReferenceTaken } from './orders.errors.ts';

/** An order that somebody asks for. */
export interface Asked {
  merchantId: string;
  body: PlaceOrderBody;
}

/** An order that was placed, or why it was not. */
export type Verdict = OrderWithPackages | DomainError;

/** An order that will be placed, whether or not there is money for it. */
interface Draft {
  order: Unpaid;
  priced: Priced;
  lateAfterDays: number | null;
  /** How long it may wait for money. */
  waitsDays: number;
}

/** What the orders of one transaction find. */
interface Found {
  shelf: Shelf;
  references: Set<string>;
  now: Date;
}

/** Places orders: product.md, the main job, step 2. However many they are, the round trips are the same. */
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
   * Places each order as if it came alone after those before it: one that is refused changes nothing. Stock first, the
   * wallets' books last: the order in which every transaction takes its locks. What is written is written with COMMIT.
   * @returns a verdict for each; a refusal is ReferenceTaken, OutOfStock, NotDeliverable, QuoteExpired, QuoteDiffers,
   *   MerchantSuspended, MerchantClosing, DiscountCodeRefused, InvalidFields
   * @throws ReferenceTaken with COMMIT: another transaction took one of the references just now
   */
  async place(tx: EntityManager, asked: readonly Asked[]): Promise<Verdict[]> {
    const shelf = await this.catalogue.openShelf(
      tx,
      asked.flatMap(({ body }) => body.items.map(({ sku }) => sku)),
    );
    const taken = await takenReferences(
      tx,
      asked.map(({ merchantId, body: { reference } }) => ({ merchantId, reference })),
    );
    const found = { shelf, references: new Set(taken.map(nameOf)), now: this.clock.now() };
    const drafts: (Draft | DomainError)[] = [];
    for (const one of asked) drafts.push(await this.draft(tx, one, found));

    const sound = drafts.filter((draft): draft is Draft => !(draft instanceof DomainError));
    const charged = await this.wallet.charges(
      tx,
      sound.map(({ order }) => chargeOf(order, found.now)),
    );
    this.catalogue.keepShelf(tx, shelf);
    const outcomes = new Map(sound.map((draft, i) => [draft, charged[i]]));
    const verdicts: Verdict[] = [];
    for (const draft of drafts) {
      const outcome = draft instanceof DomainError ? undefined : outcomes.get(draft);
      verdicts.push(outcome === undefined ? (draft as DomainError) : await this.write(tx, draft as Draft, outcome));
    }
    return verdicts;
  }

  /** Places one order; whatever comes after it in the transaction sees it. @throws what `place` refuses */
  async placeNow(tx: EntityManager, asked: Asked): Promise<OrderWithPackages> {
    const [verdict] = await this.place(tx, [asked]);
    if (verdict === undefined || verdict instanceof DomainError) throw verdict ?? new Error('No verdict.');
    await this.catalogue.storeTaken(tx);
    await storeOrders(tx);
    await this.fulfilment.storePlanned(tx);
    return verdict;
  }

  /** What an order comes to, its units taken from the shelf; or why it is refused. */
  private async draft(tx: EntityManager, asked: Asked, found: Found): Promise<Draft | DomainError> {
    try {
      return await this.drafted(tx, asked, found);
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }

  private async drafted(tx: EntityManager, asked: Asked, { shelf, references, now }: Found): Promise<Draft> {
    const { merchantId, body } = asked;
    const { reference } = body;
    const merchant = await this.accounts.requireActive(merchantId, tx);
    const settings = await this.catalogue.settings();
    const policy = await this.policies.versionInForce(merchant.policy ?? settings.defaultPolicy);
    const name = nameOf({ merchantId, reference });
    const priced = await this.price(tx, asked, { shelf, now });
    if (references.has(name)) throw new ReferenceTaken(reference);
    const id = newId();
    const units = priced.packages.flatMap(({ warehouse, items }) =>
      items.map((item) => ({ ...item, warehouse, merchantId, orderId: id })),
    );
    shelf.check(units); // before the use of a code is counted: a refusal must leave nothing
    if (priced.discountCode !== null)
      await this.pricing.redeem(tx, { code: priced.discountCode, merchantId, orderId: id });
    shelf.take(units);
    references.add(name);
    const { id: policyId, version, terms } = policy;
    const order = { ...unpaid(asked, id, priced), policy: { id: policyId, version }, createdAt: now };
    return {
      ...{ order, priced },
      lateAfterDays: terms.tracking.late_after_days,
      waitsDays: settings.awaitingFundsDays,
    };
  }

  /** The order's price, held against the quote that it names. */
  private async price(
    tx: EntityManager,
    { merchantId, body }: Asked,
    { shelf, now }: { shelf: Shelf; now: Date },
  ): Promise<Priced> {
    const quote = body.quote === undefined ? null : await this.pricing.quoted(tx, merchantId, quoteId(body.quote), now);
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
      stock: shelf.of(body.items.map(({ sku }) => sku)),
      now,
    };
    const priced = await this.pricing.price(request, tx);
    if (quote !== null && (quote.total.currency !== priced.total.currency || quote.total.compare(priced.total) !== 0)) {
      throw new QuoteDiffers(quote.total, priced.total);
    }
    return priced;
  }

  private async write(tx: EntityManager, draft: Draft, charged: Charged): Promise<OrderWithPackages> {
    const { priced, waitsDays, lateAfterDays } = draft;
    const { createdAt: now, merchantId, id } = draft.order;
    const order: OrderRecord =
      charged.status === 'charged'
        ? { ...draft.order, status: 'paid', paidAt: now, payBy: null }
        : { ...draft.order, status: 'awaiting_funds', paidAt: null, payBy: plusDays(now, waitsDays) };
    gatherOrder(tx, order);
    if (order.payBy !== null)
      await this.wallet.block(tx, merchantId, { cause: chargeKey(id), since: now, until: order.payBy });
    const packages = await this.plan(tx, order, priced, lateAfterDays);
    this.tell(tx, order);
    return { order, packages };
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
    return this.fulfilment.planWithCommit(tx, {
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

const nameOf = ({ merchantId, reference }: Reference): string => `${merchantId} ${reference}`;

function quoteId(text: string): string {
  const id = idIn('quo', text);
  if (id === null) throw invalidField('/quote', 'id', 'There is no such quote.');
  return id;
}

type Unpaid = Omit<OrderRecord, 'status' | 'paidAt' | 'payBy'>;

function unpaid({ merchantId, body }: Asked, id: string, priced: Priced): Omit<Unpaid, 'policy' | 'createdAt'> {
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
