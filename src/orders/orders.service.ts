import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asCaller, asHouse } from '../database/scope.ts';
import { atOnce, type Db } from '../database/sql.ts';
import { EventLog } from '../events/event-log.ts';
import { Outbox } from '../events/outbox.ts';
import { FulfilmentService, type PackageRecord } from '../fulfilment/fulfilment.service.ts';
import type { ShipTo } from '../kernel/address.ts';
import { Clock, instant } from '../kernel/clock.ts';
import { DomainError, NotFound } from '../kernel/errors.ts';
import type { Page, PageRequest } from '../kernel/pages.ts';
import { page } from '../kernel/pages.ts';
import { Money } from '../kernel/money.ts';
import { step } from '../kernel/transitions.ts';
import { MembershipsService } from '../memberships/memberships.service.ts';
import { PricingService } from '../pricing/pricing.service.ts';
import { WalletService } from '../wallet/wallet.service.ts';
import { statusFrom, stepsTo } from './order-status.policy.ts';
import { ORDER } from './order.machine.ts';
import {
  findOrder,
  listOrders,
  findByReference,
  lockOrder,
  lockWaiting,
  nextUnpaid,
  replacementsOf,
  setAddress,
  setStatus,
  type OrderFilter,
  type OrderRecord,
  type OrderWithPackages,
} from './order.store.ts';
import { chargeKey, chargeOfRest } from './order-charge.ts';
import { orderView } from './order.view.ts';
import type { OrderView, PlaceOrderBody, TimelineEntryView } from './orders.dto.ts';
import { OrderNotOpen } from './orders.errors.ts';
import { Placing, type Asked } from './placing.ts';
import { SendingAgain, type Replacement } from './sending-again.ts';
import { timelineEntry } from './timeline.ts';

export { ShipToBody } from '../pricing/pricing.service.ts';
export { OrderView, PlaceOrderBody } from './orders.dto.ts';
export { ReferenceTaken } from './orders.errors.ts';
export { Erasures } from './erasures.ts';
export type { OrderRecord, OrderWithPackages } from './order.store.ts';
export { chargeKey, refundedCharge } from './order-charge.ts';
export { worthByLine } from './worth.policy.ts';

const WAITING_AT_ONCE = 100;

/** The merchants' orders: placed whole or not at all, paid when money is there, ended by what their packages do. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly log: EventLog,
    private readonly placing: Placing,
    private readonly sendingAgain: SendingAgain,
    private readonly fulfilment: FulfilmentService,
    private readonly pricing: PricingService,
    private readonly wallet: WalletService,
    private readonly memberships: MembershipsService,
  ) {}

  /**
   * Prices the order, reserves its stock, takes its money, splits it into packages: one transaction, or nothing. Not
   * enough money: it waits as `awaiting_funds` (product.md, the main job).
   * @throws ReferenceTaken, OutOfStock, NotDeliverable, QuoteExpired, QuoteDiffers, MerchantSuspended
   */
  async place(tx: EntityManager, merchantId: string, body: PlaceOrderBody): Promise<OrderView> {
    const { order, packages } = await this.placing.placeNow(tx, { merchantId, body });
    return orderView(order, packages);
  }

  /**
   * Places orders of one merchant or of several, each as if it came alone after those before it; they are written with
   * COMMIT.
   * @returns for each the order, or why it was refused: see `place`
   * @throws ReferenceTaken with COMMIT: another transaction took one of the references just now
   */
  async placeAll(tx: EntityManager, asked: readonly Asked[]): Promise<(OrderView | DomainError)[]> {
    const verdicts = await this.placing.place(tx, asked);
    return verdicts.map((verdict) =>
      verdict instanceof DomainError ? verdict : orderView(verdict.order, verdict.packages),
    );
  }

  /**
   * Goods that are sent again: a free order, packed and sent as any other.
   * @param of locked
   * @returns the free order's id
   * @throws AddressErased, OutOfStock, NotDeliverable, InvalidFields
   */
  sendAgain(tx: EntityManager, of: OrderWithPackages, replacement: Replacement): Promise<string> {
    return this.sendingAgain.send(tx, of, replacement);
  }

  /** @param merchantId null: staff @throws NotFound */
  async get(merchantId: string | null, id: string): Promise<OrderView> {
    return this.view(asCaller(this.db, merchantId), merchantId, id);
  }

  /** @param merchantId null: staff @throws NotFound */
  async load(tx: Db, merchantId: string | null, id: string): Promise<OrderWithPackages> {
    const packagesOf = (owner: string): Promise<PackageRecord[]> => this.fulfilment.packagesOf(tx, owner, id);
    const [order, packages] = await atOnce(tx, [
      () => findOrder(tx, merchantId, id),
      () => (merchantId === null ? Promise.resolve(null) : packagesOf(merchantId)),
    ]);
    if (order === null) throw new NotFound('order');
    return { order, packages: packages ?? (await packagesOf(order.merchantId)) };
  }

  /**
   * The order and its packages, locked until the transaction ends, the order first.
   * @throws NotFound
   */
  async lock(tx: EntityManager, merchantId: string, id: string): Promise<OrderWithPackages> {
    const [order, packages] = await atOnce(tx, [
      () => lockOrder(tx, merchantId, id),
      () => this.fulfilment.packagesOf(tx, merchantId, id, { lock: true }),
    ]);
    if (order === null) throw new NotFound('order');
    return { order, packages };
  }

  /** How the API shows it, read inside the transaction. */
  async view(tx: Db, merchantId: string | null, id: string): Promise<OrderView> {
    return this.viewOf(await this.load(tx, merchantId, id));
  }

  /** How the API shows one that was loaded. */
  viewOf({ order, packages }: OrderWithPackages): OrderView {
    return orderView(order, packages);
  }

  /** The merchant's order of that reference; null: there is none. */
  byReference(tx: EntityManager, merchantId: string, reference: string): Promise<OrderRecord | null> {
    return findByReference(tx, merchantId, reference);
  }

  async list(filter: OrderFilter, request: PageRequest): Promise<Page<OrderView>> {
    const found = await listOrders(asCaller(this.db, filter.merchantId), filter, request);
    const packages = await this.fulfilment.packagesOfOrders(
      asCaller(this.db, filter.merchantId),
      found.map(({ merchantId, id }) => ({ merchantId, orderId: id })),
    );
    return page(
      found,
      request.limit,
      (order) => orderView(order, packages.get(order.id) ?? []),
      (order) => [order.id],
    );
  }

  /** Every fact of the order that was told, oldest first. @throws NotFound */
  async timeline(merchantId: string | null, id: string, request: PageRequest): Promise<Page<TimelineEntryView>> {
    const order = await findOrder(asCaller(this.db, merchantId), merchantId, id);
    if (order === null) throw new NotFound('order');
    const told = await this.log.ofAggregate(order.merchantId, id, request);
    return page(
      told,
      request.limit,
      (event) => timelineEntry(event, order),
      (event) => [instant(event.happenedAt), event.position],
    );
  }

  /**
   * Money has come: pays the membership's dues, what is missing of top-ups that went back or are disputed, then what
   * waits, oldest first, skipping what it cannot pay in full (product.md, Waiting for money).
   * @param of.came when the money did
   * @returns how many orders were paid
   */
  async payWaiting(tx: EntityManager, of: { merchantId: string; currency: string; came: Date }): Promise<number> {
    const waiting = await lockWaiting(tx, of.merchantId, of.currency, WAITING_AT_ONCE); // locked before the book
    const missing = await this.wallet.lockShortfalls(tx, of.merchantId, of.currency);
    await this.memberships.payDues(tx, of);
    await this.wallet.collect(tx, missing, this.clock.now());
    const keys = waiting.map(({ merchantId, id }) => ({ merchantId, orderId: id }));
    const packages = await this.fulfilment.packagesOfOrders(tx, keys);
    let paid = 0;
    for (const order of waiting) {
      const charge = chargeOfRest(order, packages.get(order.id) ?? [], this.clock.now());
      const charged = await this.wallet.charge(tx, charge);
      if (charged.status === 'short') continue;
      await this.markPaid(tx, order, charge.amount);
      paid += 1;
    }
    return paid;
  }

  /** An order past its limit of waiting for money is cancelled; no money moves. @returns true when it was */
  async expire(tx: EntityManager, merchantId: string, id: string, now: Date): Promise<boolean> {
    const { order, packages } = await this.lock(tx, merchantId, id);
    if (order.payBy === null || order.payBy > now) return false;
    await this.fulfilment.cancel(
      tx,
      merchantId,
      packages.filter((p) => p.status !== 'cancelled').map((p) => p.id),
      now,
    );
    await this.follow(tx, merchantId, id);
    return true;
  }

  /** The first order whose time to be paid ends. */
  nextUnpaid(): ReturnType<typeof nextUnpaid> {
    return nextUnpaid(asHouse(this.db));
  }

  /**
   * Brings the stored status after its packages have moved, and tells of it. An order that waits for money ends when
   * every package of it is cancelled.
   */
  async follow(tx: EntityManager, merchantId: string, id: string): Promise<void> {
    const order = await lockOrder(tx, merchantId, id);
    if (order === null) throw new NotFound('order');
    const packages = await this.fulfilment.packagesOf(tx, merchantId, id);
    const allCancelled = packages.every((p) => p.status === 'cancelled');
    const status = allCancelled && order.status === 'awaiting_funds' ? 'cancelled' : statusFrom(order.status, packages);
    if (status === order.status) return;
    const now = this.clock.now();
    await setStatus(tx, { merchantId, id, status, ...(status === 'cancelled' ? { endedAt: now } : {}) });
    if (status === 'cancelled') await this.wallet.unblock(tx, merchantId, chargeKey(id));
    const at = now.toISOString();
    for (const step of stepsTo(order.status, status)) {
      if (step === 'in_fulfilment' || step === 'shipped' || step === 'completed' || step === 'cancelled')
        this.outbox.tell(tx, `order.${step}`, { merchantId, orderId: id, at });
    }
  }

  /**
   * Can the couriers of these packages go there?
   * @param pointer where the address stands in the request
   * @throws InvalidFields
   */
  async checkAddress(shipTo: ShipTo, pointer: string, packages: readonly PackageRecord[]): Promise<void> {
    const carriers = packages.flatMap(({ courier, service }) =>
      courier === null || service === null ? [] : [{ courier, service }],
    );
    await this.pricing.checkAddress(shipTo, pointer, carriers);
  }

  /**
   * Another address for the order and the packages named. The caller has asked the policy.
   * @throws OrderNotOpen the order has ended
   */
  async changeAddress(
    tx: EntityManager,
    merchantId: string,
    id: string,
    shipTo: ShipTo,
    packageIds: readonly string[],
  ): Promise<void> {
    const { order } = await this.lock(tx, merchantId, id);
    if (order.status === 'cancelled' || order.status === 'settled') throw new OrderNotOpen(order.status);
    await setAddress(tx, merchantId, id, shipTo);
    await this.fulfilment.changeAddress(tx, merchantId, packageIds, shipTo, this.clock.now());
    this.outbox.tell(tx, 'order.address_changed', { merchantId, orderId: id, at: this.clock.now().toISOString() });
  }

  /**
   * Nothing can be claimed any more: what was not given back becomes revenue. Refunds count against a package's goods
   * first, then against its shipping.
   * @throws IllegalStep it is not completed
   */
  async settle(tx: EntityManager, merchantId: string, id: string): Promise<void> {
    const { order, packages } = await this.lock(tx, merchantId, id);
    const status = step(ORDER, 'order', order.status, 'settle');
    const at = this.clock.now();
    if (order.total.isPositive()) {
      await this.wallet.settle(tx, {
        ...{ merchantId, charge: chargeKey(id), key: `settle:${id}`, cause: { type: 'order', id }, at },
        ...earned(order, packages, await this.refundedAgain(tx, order)),
        unblocks: chargeKey(id),
      });
    }
    await setStatus(tx, { merchantId, id, status, endedAt: at });
    this.outbox.tell(tx, 'order.settled', { merchantId, orderId: id, at: at.toISOString() });
  }

  /** What was given back for goods that were sent again: out of this order's money too. */
  private async refundedAgain(tx: EntityManager, { merchantId, id, currency }: OrderRecord): Promise<Money> {
    const free = await replacementsOf(tx, merchantId, id);
    const packages = await this.fulfilment.packagesOfOrders(
      tx,
      free.map((orderId) => ({ merchantId, orderId })),
    );
    return Money.sum(
      [...packages.values()].flat().map(({ refunded }) => refunded),
      currency,
    );
  }

  private async markPaid(tx: EntityManager, { merchantId, id }: OrderRecord, taken: Money): Promise<void> {
    const now = this.clock.now();
    await setStatus(tx, { merchantId, id, status: 'paid', paidAt: now });
    await this.fulfilment.markPaid(tx, merchantId, id);
    await this.wallet.expectUnblock(tx, merchantId, chargeKey(id), null); // no longer by its limit of waiting
    this.outbox.tell(tx, 'order.paid', { merchantId, orderId: id, amount: taken.toJSON(), at: now.toISOString() });
  }
}

/** @param again what was given back for goods that were sent again, of the goods first */
function earned(
  { currency }: OrderRecord,
  packages: readonly PackageRecord[],
  again: Money,
): { goods: Money; shipping: Money } {
  const kept = packages.map(({ goodsPaid, shippingPaid, refunded }) => {
    const fromGoods = refunded.atMost(goodsPaid);
    return { goods: goodsPaid.minus(fromGoods), shipping: shippingPaid.minus(refunded.minus(fromGoods)) };
  });
  const sum = (part: 'goods' | 'shipping'): Money =>
    Money.sum(
      kept.map((k) => k[part]),
      currency,
    );
  const ofGoods = again.atMost(sum('goods'));
  return { goods: sum('goods').minus(ofGoods), shipping: sum('shipping').minus(again.minus(ofGoods)) };
}
