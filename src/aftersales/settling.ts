import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { FulfilmentService, leftOf, paidFor, type PackageRecord } from '../fulfilment/fulfilment.service.ts';
import { plusDays } from '../kernel/clock.ts';
import { chargeKey, OrdersService, type OrderWithPackages } from '../orders/orders.service.ts';
import { isEnded, PoliciesService } from '../policies/policies.service.ts';
import { WalletService } from '../wallet/wallet.service.ts';
import { decisionsOf } from './decision.store.ts';
import { clearDue, setDue } from './due.store.ts';
import { casesOpen } from './open-case.store.ts';

/** The moment after which nothing can be asked any more, of packages and then of their order (product.md, Settlement). */
@Injectable()
export class Settling {
  constructor(
    private readonly fulfilment: FulfilmentService,
    private readonly orders: OrdersService,
    private readonly policies: PoliciesService,
    private readonly wallet: WalletService,
  ) {}

  /** A delivered package is settled when its claim window is over: strictly later than its edge. */
  async waitForWindow(tx: EntityManager, it: OrderWithPackages, parcel: PackageRecord): Promise<void> {
    const { merchantId, id: packageId, orderId } = parcel;
    const windowDays = await this.windowDays(it);
    setDue(tx, { merchantId, packageId, orderId, kind: 'settle' }, windowEnd(parcel, windowDays));
    await this.forecast(tx, merchantId, orderId, windowDays);
  }

  /** Tells the wallet when payouts will be free of this order, once all of its packages have ended. */
  private async forecast(tx: EntityManager, merchantId: string, orderId: string, windowDays: number): Promise<void> {
    const open = (await this.fulfilment.packagesOf(tx, merchantId, orderId)).filter((p) => p.settledAt === null);
    const edges = open.flatMap(({ deliveredAt }) => (deliveredAt === null ? [] : [plusDays(deliveredAt, windowDays)]));
    if (open.length === 0 || edges.length < open.length) return; // a parcel on its way has no date yet
    const last = new Date(Math.max(...edges.map((edge) => edge.getTime())));
    await this.wallet.expectUnblock(tx, merchantId, chargeKey(orderId), last);
  }

  /** The window of a delivered package is over. One that is disputed, or has a case open, waits for its end. */
  async windowOver(tx: EntityManager, { order }: OrderWithPackages, parcel: PackageRecord, at: Date): Promise<void> {
    if (parcel.status !== 'delivered') return;
    if (parcel.disputed && (await isUnanswered(tx, order.merchantId, parcel.id))) return;
    if (await casesOpen(tx, order.merchantId, parcel.id)) return;
    await this.fulfilment.settle(tx, order.merchantId, [parcel.id], at);
    await this.settleOrder(tx, order.merchantId, order.id);
  }

  /** A case has ended that may have been all that its package waited for. @param it as it is after the case's end */
  async afterCase(tx: EntityManager, it: OrderWithPackages, packageId: string, at: Date): Promise<void> {
    const { merchantId, id: orderId } = it.order;
    await this.settleEnded(tx, merchantId, orderId, at);
    const [parcel] = (await this.fulfilment.packagesOf(tx, merchantId, orderId)).filter(({ id }) => id === packageId);
    if (parcel === undefined || parcel.settledAt !== null) return;
    const end = windowEnd(parcel, await this.windowDays(it));
    if (end !== null && end <= at) await this.windowOver(tx, it, parcel, at);
  }

  /**
   * Settles what is cancelled, refunded in full, or ended without delivery and decided; then the order, when all of it is.
   */
  async settleEnded(tx: EntityManager, merchantId: string, orderId: string, at: Date): Promise<void> {
    const packages = await this.fulfilment.packagesOf(tx, merchantId, orderId);
    const ended: string[] = [];
    for (const parcel of packages.filter(({ settledAt }) => settledAt === null)) {
      // What was sent again settles with its replacement, which is open as a case is.
      if (isOver(parcel) || (isMadeGood(parcel) && !(await casesOpen(tx, merchantId, parcel.id))))
        ended.push(parcel.id);
    }
    if (ended.length === 0) return;
    await this.fulfilment.settle(tx, merchantId, ended, at);
    clearDue(tx, merchantId, ended, ['late', 'settle', 'first_scan', 'silent', 'rto_overdue']);
    await this.settleOrder(tx, merchantId, orderId);
  }

  /** A person has ended what was left of a package that was not delivered. A case that is open still holds it. */
  async close(tx: EntityManager, it: OrderWithPackages, packageId: string, at: Date): Promise<void> {
    const { merchantId, id: orderId } = it.order;
    if (await casesOpen(tx, merchantId, packageId)) return;
    await this.fulfilment.settle(tx, merchantId, [packageId], at);
    await this.settleOrder(tx, merchantId, orderId);
  }

  private async windowDays({ order }: OrderWithPackages): Promise<number> {
    const { terms } = await this.policies.load(order.policy.id, order.policy.version);
    return this.policies.settlementDays(terms);
  }

  private async settleOrder(tx: EntityManager, merchantId: string, orderId: string): Promise<void> {
    const packages = await this.fulfilment.packagesOf(tx, merchantId, orderId);
    if (packages.some((parcel) => parcel.settledAt === null)) return;
    await this.orders.follow(tx, merchantId, orderId);
    const { order } = await this.orders.load(tx, merchantId, orderId);
    if (order.status === 'completed') await this.orders.settle(tx, merchantId, orderId);
  }
}

/** Disputed, and no person has said what is true. */
async function isUnanswered(tx: EntityManager, merchantId: string, packageId: string): Promise<boolean> {
  const made = await decisionsOf(tx, merchantId, packageId);
  const review = made.find(({ kind, decision }) => kind === 'tracking' && decision.outcome === 'review');
  return review === undefined || !made.some(({ follows }) => follows === review.id);
}

/** A package that cost nothing has nothing to refund: it is over when it has ended undelivered. */
function isOver(parcel: PackageRecord): boolean {
  const { status, refunded } = parcel;
  if (status === 'cancelled') return true;
  const paid = paidFor(parcel);
  if (paid.isZero()) return isEnded(status) && status !== 'delivered';
  return refunded.compare(paid) >= 0;
}

/** Nothing is left to give back: money, goods sent again and store credit make up what was paid. */
function isMadeGood(parcel: PackageRecord): boolean {
  return parcel.madeGood.isPositive() && !leftOf(parcel).isPositive();
}

/** The first instant at which nothing new can be asked of a delivered package. */
function windowEnd({ deliveredAt }: PackageRecord, windowDays: number): Date | null {
  return deliveredAt === null ? null : new Date(plusDays(deliveredAt, windowDays).getTime() + 1);
}
