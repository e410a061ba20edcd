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
import type { Caller, PackageKey } from './caller.ts';
import { Deciding } from './deciding.ts';
import type { DecisionRecord } from './decision.store.ts';
import { endReviews, openReviews, type OpenReview, type ReviewKind } from './open-review.store.ts';
import { parcelOf } from './order-parcel.ts';
import { Settling } from './settling.ts';
import { AfterRefund } from './watching/after-refund.ts';

/** What a person may decide of a package: a refund or none; of an address, or money that may be taken back, yes or no. */
export const REVIEW_OUTCOMES = ['refund', 'deny', 'accept'] as const;
type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number];

interface Answers {
  outcomes: readonly ReviewOutcome[];
  says: string;
}

const OF_PARCEL: Answers = { outcomes: ['refund', 'deny'], says: 'A parcel is refunded or not.' };

const ANSWERS: Readonly<Record<ReviewKind, Answers>> = {
  tracking: OF_PARCEL,
  receipt: OF_PARCEL,
  cancellation: OF_PARCEL,
  address_change: { outcomes: ['accept', 'deny'], says: 'An address is accepted or denied.' },
  delivered_after_refund: {
    outcomes: ['accept', 'deny'],
    says: 'The refund of a delivered parcel is accepted, or denied and taken back after notice.',
  },
};

/** What a person has decided. */
export interface Reviewed {
  outcome: ReviewOutcome;
  /** Of a refund; null: all that is left of what was paid. */
  amount: MoneyJson | null;
  note: string;
}

/** A question, and who answers it how. */
interface Answered {
  review: OpenReview;
  said: Reviewed;
  caller: Caller;
}

/**
 * Ends what the policy left to a person: a disputed parcel, one that came back opened, an address that came late, a
 * delivery after its refund.
 */
@Injectable()
export class Reviewing {
  constructor(
    private readonly clock: Clock,
    private readonly orders: OrdersService,
    private readonly fulfilment: FulfilmentService,
    private readonly deciding: Deciding,
    private readonly settling: Settling,
    private readonly afterRefund: AfterRefund,
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
    const { outcomes, says } = ANSWERS[review.kind];
    if (!outcomes.includes(said.outcome)) throw invalidField('/outcome', 'not_allowed', says);
    const parcel = parcelOf(it, packageId);
    const answered = { review, said, caller };
    switch (review.kind) {
      case 'delivered_after_refund':
        return this.afterDelivery(tx, it, parcel, answered);
      case 'address_change':
        return this.redirect(tx, it, parcel, answered);
      default:
        return this.conclude(tx, it, parcel, answered);
    }
  }

  /** A package is with its courier: an address that waited for a person came too late, as the policy says then. */
  async overtaken(tx: EntityManager, { merchantId, packageId, orderId }: PackageKey): Promise<void> {
    const open = await openReviews(tx, merchantId, packageId);
    const review = open.find(({ kind }) => kind === 'address_change');
    if (review === undefined) return;
    const it = await this.orders.lock(tx, merchantId, orderId);
    const question = { kind: 'address_change' as const, packageId, at: this.clock.now() };
    const { cause, id: follows } = review.decision;
    await this.deciding.carryOut(tx, it, { ...question, cause, follows }, await this.deciding.ask(it, question));
    await takeAddress(tx, merchantId, packageId);
  }

  /** Nothing is left to ask of a settled package; what comes after its refund stays open. */
  async settled(tx: EntityManager, { merchantId, packageId }: PackageKey): Promise<void> {
    const open = (await openReviews(tx, merchantId, packageId)).map(({ kind }) => kind);
    const needless = open.filter((kind) => kind !== 'delivered_after_refund');
    if (needless.length === 0) return;
    await endReviews(tx, merchantId, packageId, needless);
    await takeAddress(tx, merchantId, packageId);
  }

  private async answer(
    tx: EntityManager,
    it: OrderWithPackages,
    parcel: PackageRecord,
    { review, said, caller }: Answered,
  ): Promise<DecisionRecord> {
    const { kind, cause, facts, id: follows } = review.decision;
    const decision = await this.deciding.byPerson(it, said.outcome, refundOf(parcel, said));
    const question = { kind, packageId: parcel.id, at: this.clock.now() };
    const asked = { ...question, cause, follows, note: said.note, byUser: caller.userId };
    return this.deciding.carryOut(tx, it, asked, { facts, decision });
  }

  private async redirect(
    tx: EntityManager,
    it: OrderWithPackages,
    parcel: PackageRecord,
    answered: Answered,
  ): Promise<DecisionRecord> {
    const { merchantId, id: orderId } = it.order;
    const made = await this.answer(tx, it, parcel, answered);
    const shipTo = await takeAddress(tx, merchantId, parcel.id);
    if (answered.said.outcome === 'accept' && shipTo !== null) {
      await this.orders.changeAddress(tx, merchantId, orderId, shipTo, [parcel.id]);
    }
    return made;
  }

  /** The merchant keeps what was paid back, or it is taken back after the notice that begins now. */
  private async afterDelivery(
    tx: EntityManager,
    it: OrderWithPackages,
    parcel: PackageRecord,
    { review, said, caller }: Answered,
  ): Promise<DecisionRecord> {
    if (said.amount !== null) throw invalidField('/amount', 'not_allowed', 'All of the refund is kept, or none.');
    const question = { kind: 'tracking' as const, packageId: parcel.id, at: this.clock.now() };
    const { facts } = await this.deciding.ask(it, question);
    const decision = await this.deciding.byPerson(it, said.outcome, null);
    const asked = { ...question, cause: 'delivered_after_refund', follows: review.decision.id };
    const by = { note: said.note, byUser: caller.userId };
    const made = await this.deciding.carryOut(tx, it, { ...asked, ...by }, { facts, decision });
    await endReviews(tx, it.order.merchantId, parcel.id, ['delivered_after_refund']);
    if (said.outcome === 'deny') await this.afterRefund.giveNotice(tx, parcel, question.at);
    return made;
  }

  /** A parcel that has ended undelivered is settled with the person's word; a delivered one when its window is over. */
  private async conclude(
    tx: EntityManager,
    it: OrderWithPackages,
    parcel: PackageRecord,
    answered: Answered,
  ): Promise<DecisionRecord> {
    const made = await this.answer(tx, it, parcel, answered);
    const at = this.clock.now();
    const { status, id } = parcel;
    if (isEnded(status) && status !== 'delivered') await this.settling.close(tx, it, id, at);
    else await this.settling.afterCase(tx, it, id, at);
    return made;
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
