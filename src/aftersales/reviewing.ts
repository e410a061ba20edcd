import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { FulfilmentService, leftOf, type PackageRecord } from '../fulfilment/fulfilment.service.ts';
import { Clock } from '../kernel/clock.ts';
import { invalidField } from '../kernel/errors.ts';
import { Money, type MoneyJson } from '../kernel/money.ts';
import { OrdersService, type OrderWithPackages } from '../orders/orders.service.ts';
import { isEnded } from '../policies/policies.service.ts';
import { takeAddress } from './address-request.store.ts';
import { MoreThanPaid, NothingToDecide } from './aftersales.errors.ts';
import type { Caller } from './caller.ts';
import { Deciding } from './deciding.ts';
import { openReviews, type DecisionRecord } from './decision.store.ts';
import { Settling } from './settling.ts';

/** What a person may decide of a package: a refund or none; of an address, yes or no. */
export const REVIEW_OUTCOMES = ['refund', 'deny', 'accept'] as const;

/** What a person has decided. */
export interface Reviewed {
  outcome: (typeof REVIEW_OUTCOMES)[number];
  /** Of a refund; null: all that is left of what was paid. */
  amount: MoneyJson | null;
  note: string;
}

/** Ends what the policy left to a person: a disputed parcel, one that came back opened, an address that came late. */
@Injectable()
export class Reviewing {
  constructor(
    private readonly clock: Clock,
    private readonly orders: OrdersService,
    private readonly fulfilment: FulfilmentService,
    private readonly deciding: Deciding,
    private readonly settling: Settling,
  ) {}

  /**
   * @throws NotFound
   * @throws NothingToDecide no decision about the package is left to a person
   * @throws MoreThanPaid more than is left of what was paid for it
   * @throws InvalidFields an outcome that does not answer the question
   */
  async decide(tx: EntityManager, packageId: string, said: Reviewed, caller: Caller): Promise<DecisionRecord> {
    const { merchantId, orderId } = await this.fulfilment.get(tx, caller.merchantId, packageId);
    const it = await this.orders.lock(tx, merchantId, orderId);
    const [review] = await openReviews(tx, merchantId, packageId);
    if (review === undefined) throw new NothingToDecide();
    const parcel = it.packages.find(({ id }) => id === packageId);
    if (parcel === undefined) throw new Error(`The order does not have the package ${packageId}.`);
    const isAddress = review.kind === 'address_change';
    if (said.outcome === (isAddress ? 'refund' : 'accept')) {
      const detail = isAddress ? 'An address is accepted or denied.' : 'A parcel is refunded or not.';
      throw invalidField('/outcome', 'not_allowed', detail);
    }
    const made = await this.answer(tx, it, parcel, { review, said, caller });
    if (isAddress) await this.redirect(tx, it, parcel, said);
    else await this.conclude(tx, it, parcel);
    return made;
  }

  private async answer(
    tx: EntityManager,
    it: OrderWithPackages,
    parcel: PackageRecord,
    { review, said, caller }: { review: DecisionRecord; said: Reviewed; caller: Caller },
  ): Promise<DecisionRecord> {
    const { kind, cause, facts, id: follows } = review;
    const decision = await this.deciding.byPerson(it, said.outcome, refundOf(parcel, said));
    const question = { kind, packageId: parcel.id, at: this.clock.now() };
    const asked = { ...question, cause, follows, note: said.note, byUser: caller.userId };
    return this.deciding.carryOut(tx, it, asked, { facts, decision });
  }

  private async redirect(
    tx: EntityManager,
    { order }: OrderWithPackages,
    { id: packageId }: PackageRecord,
    { outcome }: Reviewed,
  ): Promise<void> {
    const shipTo = await takeAddress(tx, order.merchantId, packageId);
    if (outcome === 'accept' && shipTo !== null) {
      await this.orders.changeAddress(tx, order.merchantId, order.id, shipTo, [packageId]);
    }
  }

  /** A parcel that has ended undelivered is settled with the person's word; a delivered one when its window is over. */
  private async conclude(tx: EntityManager, it: OrderWithPackages, parcel: PackageRecord): Promise<void> {
    const at = this.clock.now();
    const { status, id } = parcel;
    if (isEnded(status) && status !== 'delivered') await this.settling.close(tx, it, id, at);
    else await this.settling.afterCase(tx, it, id, at);
  }
}

/** @throws MoreThanPaid, InvalidFields */
function refundOf(parcel: PackageRecord, { outcome, amount }: Reviewed): Money | null {
  const { currency } = parcel;
  const left = leftOf(parcel);
  if (outcome !== 'refund') {
    if (amount !== null) throw invalidField('/amount', 'not_allowed', `A decision to ${outcome} has no amount.`);
    return null;
  }
  if (amount === null) return left;
  if (amount.currency !== currency) throw invalidField('/amount/currency', 'currency', `It was paid in ${currency}.`);
  const asked = Money.fromJson(amount);
  if (asked.compare(left) > 0) throw new MoreThanPaid(left);
  return asked;
}
