import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asCaller, asMerchant } from '../database/scope.ts';
import type { Db } from '../database/sql.ts';
import { Outbox } from '../events/outbox.ts';
import { FulfilmentService, refundClock, type PackageRecord } from '../fulfilment/fulfilment.service.ts';
import type { ShipTo } from '../kernel/address.ts';
import { Clock, instant } from '../kernel/clock.ts';
import { OrdersService, type OrderWithPackages } from '../orders/orders.service.ts';
import { PoliciesService, type Decision, type Inspection, type Terms } from '../policies/policies.service.ts';
import { TrackingService } from '../tracking/tracking.service.ts';
import type { Caller, PackageKey } from './caller.ts';
import { ClaimsService } from './claims/claims.service.ts';
import { Deciding, type Verdict } from './deciding.ts';
import { decisionsOf, type DecisionRecord } from './decision.store.ts';
import { setDue, takeDue, type Due } from './due.store.ts';
import { parcelOf } from './order-parcel.ts';
import { Reviewing, type Reviewed } from './reviewing.ts';
import { Settling } from './settling.ts';
import { standingOf } from './standing.ts';
import { Stopping, type Answered, type PackageDecision } from './stopping.ts';
import { AfterRefund } from './watching/after-refund.ts';
import { Watching } from './watching/watching.ts';

export type { Caller, PackageKey } from './caller.ts';
export type { DecisionRecord } from './decision.store.ts';
export type { PackageDecision } from './stopping.ts';

/** A parcel at the warehouse's door. */
export interface Arrival {
  unopened: boolean;
  originalLabel: boolean;
  condition: NonNullable<Inspection['condition']>;
  note: string | null;
}

/** What holds for a package now: the decision that was made, or what would be decided at this instant. */
export interface Standing {
  parcel: PackageRecord;
  policy: { id: string; version: number };
  /** Null: decided just now, nothing stored. */
  made: DecisionRecord | null;
  verdict: Verdict;
  refundClock: ReturnType<typeof refundClock>;
}

/** The doors of everything that goes wrong with an order: each asks the order's own policy and does what it says. */
@Injectable()
export class AftersalesService {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly orders: OrdersService,
    private readonly fulfilment: FulfilmentService,
    private readonly tracking: TrackingService,
    private readonly deciding: Deciding,
    private readonly stopping: Stopping,
    private readonly settling: Settling,
    private readonly claims: ClaimsService,
    private readonly reviewing: Reviewing,
    private readonly policies: PoliciesService,
    private readonly watching: Watching,
    private readonly afterRefund: AfterRefund,
  ) {}

  /**
   * A package's status has changed: refunds what the policy refunds by itself, and sets when to look again.
   * Source: policies.md, "Tracking".
   */
  async decideOnTracking(tx: EntityManager, key: PackageKey & { at: string }): Promise<void> {
    const it = await this.orders.lock(tx, key.merchantId, key.orderId);
    const parcel = parcelOf(it, key.packageId);
    const terms = await this.termsOf(it);
    await this.afterRefund.delivered(tx, parcel, terms, this.clock.now());
    if (parcel.settledAt === null) this.watching.follow(tx, parcel, terms, new Date(key.at));
    await this.track(tx, await this.afterClaims(tx, it), key.packageId);
  }

  /** Stopped and paid back, and then the courier delivered it. */
  async deliveredThoughCancelled(tx: EntityManager, key: PackageKey): Promise<void> {
    const it = await this.orders.lock(tx, key.merchantId, key.orderId);
    const parcel = parcelOf(it, key.packageId);
    await this.afterRefund.delivered(tx, parcel, await this.termsOf(it), this.clock.now());
  }

  /** Does what fell due for a package; nothing where somebody else has, or an event has moved it. */
  async decideOnDue(tx: EntityManager, due: Due): Promise<void> {
    const it = await this.orders.lock(tx, due.merchantId, due.orderId);
    if (!(await takeDue(tx, due))) return;
    const [parcel, now] = [parcelOf(it, due.packageId), this.clock.now()];
    switch (due.kind) {
      case 'late':
        return this.track(tx, await this.afterClaims(tx, it), due.packageId);
      case 'settle':
        return this.settling.windowOver(tx, it, parcel, now);
      case 'first_scan':
        return this.watching.firstScanDue(tx, parcel, await this.termsOf(it), now);
      case 'silent':
        return this.watching.silenceDue(tx, parcel, now);
      case 'rto_overdue':
        return this.watching.rtoDue(tx, parcel, await this.termsOf(it), now);
      case 'take_back':
        return this.afterRefund.takeBack(tx, parcel, now);
    }
  }

  /**
   * A parcel came back to the warehouse without a return: RTO, or unauthorised. Recorded, decided, credited once,
   * whichever of tracking and receipt came first.
   * @throws NotFound, AlreadyReceived, PackageCancelled, IllegalStep
   */
  async receive(tx: EntityManager, packageId: string, arrival: Arrival, caller: Caller): Promise<Standing> {
    const it = await this.lockByPackage(tx, packageId, caller);
    const { merchantId } = it.order;
    const at = this.clock.now();
    const isRto = parcelOf(it, packageId).status !== 'delivered';
    const { unopened, originalLabel, condition } = arrival;
    const cause = isRto ? 'rto' : 'unannounced';
    await this.fulfilment.receive(tx, { ...arrival, merchantId, packageId, cause, at, byUser: caller.userId });
    const inspection = { unopened, original_label: originalLabel, condition, return_code: null };
    const question = { kind: 'receipt' as const, packageId, at, inspection };
    const verdict = await this.deciding.ask(it, question);
    const asked = { ...question, cause: 'undelivered', note: arrival.note, byUser: caller.userId };
    const made = await this.deciding.carryOut(tx, it, asked, verdict);
    await this.settling.settleEnded(tx, merchantId, it.order.id, at);
    return this.standing(tx, merchantId, packageId, made);
  }

  /** @throws NotFound, NoInterception */
  async answerInterception(tx: EntityManager, packageId: string, stopped: boolean, caller: Caller): Promise<Standing> {
    const it = await this.lockByPackage(tx, packageId, caller);
    const { merchantId, id: orderId } = it.order;
    const { interception } = parcelOf(it, packageId);
    const [at, byUser] = [this.clock.now(), caller.userId];
    await this.fulfilment.answerInterception(tx, { merchantId, packageId, stopped, at, byUser });
    const after = await this.orders.load(tx, merchantId, orderId);
    const { cause, causeId } = { cause: 'cancellation' as const, causeId: null, ...interception };
    const decision = await this.stopping.afterAnswer(tx, after, { packageId, cause, causeId, stopped, at, byUser });
    const standing = await this.standing(tx, merchantId, packageId);
    return decision === null ? standing : { ...standing, verdict: { ...standing.verdict, decision } };
  }

  /** A request to stop a package was answered, by a scan perhaps: decides what was asked, unless the door has. */
  async decideOnAnswer(tx: EntityManager, key: PackageKey, answer: Omit<Answered, 'at' | 'byUser'>): Promise<void> {
    const it = await this.orders.lock(tx, key.merchantId, key.orderId);
    await this.stopping.afterAnswer(tx, it, { ...answer, at: this.clock.now(), byUser: null });
  }

  /** Packages that were cancelled without a question: an order that waited for money too long. */
  async settleEnded(tx: EntityManager, { merchantId, orderId }: PackageKey): Promise<void> {
    await this.orders.lock(tx, merchantId, orderId);
    await this.settling.settleEnded(tx, merchantId, orderId, this.clock.now());
  }

  /**
   * @param asked.packageIds null: every package of the order
   * @throws NotFound
   */
  async cancel(
    tx: EntityManager,
    orderId: string,
    asked: { packageIds: readonly string[] | null; reason: string | null },
    caller: Caller,
  ): Promise<PackageDecision[]> {
    const it = await this.lockOrder(tx, orderId, caller);
    const request = { at: this.clock.now(), byUser: caller.userId, note: asked.reason };
    return this.stopping.cancel(tx, it, asked.packageIds, request);
  }

  /** @throws NotFound, OrderNotOpen, AddressChangeDenied */
  async changeAddress(tx: EntityManager, orderId: string, shipTo: ShipTo, caller: Caller): Promise<PackageDecision[]> {
    const it = await this.lockOrder(tx, orderId, caller);
    return this.stopping.changeAddress(tx, it, shipTo, { at: this.clock.now(), byUser: caller.userId });
  }

  /** The decision that holds for a package, explained. @throws NotFound */
  async decisionOf(packageId: string, caller: Caller): Promise<Standing> {
    const { merchantId } = await this.fulfilment.get(
      asCaller(this.db, caller.merchantId),
      caller.merchantId,
      packageId,
    );
    return this.standing(asMerchant(this.db, merchantId), merchantId, packageId);
  }

  /** A person decides what the policy has left to one. @throws NotFound, NothingToDecide, MoreThanPaid, InvalidFields */
  async review(tx: EntityManager, packageId: string, said: Reviewed, caller: Caller): Promise<Standing> {
    const made = await this.reviewing.decide(tx, packageId, said, caller);
    return this.standing(tx, made.merchantId, packageId, made);
  }

  /** Claims go before what tracking does by itself: their merchant may have asked for another remedy. */
  private async afterClaims(tx: EntityManager, it: OrderWithPackages): Promise<OrderWithPackages> {
    const { merchantId, id } = it.order;
    return (await this.claims.reconsider(tx, it)) ? this.orders.load(tx, merchantId, id) : it;
  }

  private async track(tx: EntityManager, it: OrderWithPackages, packageId: string): Promise<void> {
    const { merchantId, id: orderId } = it.order;
    const parcel = parcelOf(it, packageId);
    if (parcel.settledAt !== null || (await this.isReceiptAlone(tx, parcel))) return;
    if (await this.watching.waitsForProof(tx, parcel, this.clock.now())) return;
    const question = { kind: 'tracking' as const, packageId, at: this.clock.now() };
    const verdict = await this.deciding.ask(it, question);
    const { outcome, refund, reconsider_at } = verdict.decision;
    setDue(tx, { merchantId, packageId, orderId, kind: 'late' }, justAfter(outcome === 'wait' ? reconsider_at : null));
    if (parcel.status === 'delivered') await this.settling.waitForWindow(tx, it, parcel);
    if (outcome === 'refund' && refund !== null && !isNothing(refund.amount)) {
      if (isLate(verdict.decision)) this.tellLate(tx, it, packageId);
      await this.deciding.carryOut(tx, it, { ...question, cause: 'undelivered' }, verdict);
    }
    if (outcome === 'review' && !(await this.isKnown(tx, merchantId, packageId, verdict))) {
      await this.deciding.carryOut(tx, it, { ...question, cause: 'undelivered' }, verdict);
    }
    await this.settling.settleEnded(tx, merchantId, orderId, question.at);
  }

  private async termsOf({ order }: OrderWithPackages): Promise<Terms> {
    return (await this.policies.load(order.policy.id, order.policy.version)).terms;
  }

  /** It is back by the warehouse's word alone: then the receipt has decided, until the courier says so too. */
  private async isReceiptAlone(tx: EntityManager, parcel: PackageRecord): Promise<boolean> {
    const { merchantId, id, status, receivedAt } = parcel;
    if (receivedAt === null || status !== 'rto_delivered') return false;
    return !(await this.tracking.courierSaysReturned(tx, merchantId, id));
  }

  /** The same review, asked for again by another scan, is one review; one for another reason is another. */
  private async isKnown(
    tx: EntityManager,
    merchantId: string,
    packageId: string,
    { decision }: Verdict,
  ): Promise<boolean> {
    const made = await decisionsOf(tx, merchantId, packageId);
    const last = made.find(({ kind, follows }) => kind === 'tracking' && follows === null);
    return last?.decision.outcome === 'review' && ruleOf(last.decision) === ruleOf(decision);
  }

  private tellLate(tx: EntityManager, { order }: OrderWithPackages, packageId: string): void {
    const at = instant(this.clock.now());
    const { merchantId, id: orderId } = order;
    this.outbox.tell(tx, 'package.late', { merchantId, orderId, packageId, reason: null, evidence: null, at });
  }

  private async standing(db: Db, merchantId: string, packageId: string, made?: DecisionRecord): Promise<Standing> {
    const { orderId } = await this.fulfilment.get(db, merchantId, packageId);
    const it = await this.orders.load(db, merchantId, orderId);
    const parcel = parcelOf(it, packageId);
    const now = this.clock.now();
    const holds = made ?? standingOf(parcel, await decisionsOf(db, merchantId, packageId));
    const verdict = holds ?? (await this.deciding.ask(it, { kind: 'tracking', packageId, at: now }));
    return { parcel, policy: it.order.policy, made: holds, verdict, refundClock: refundClock(parcel, now) };
  }

  private async lockOrder(tx: EntityManager, orderId: string, { merchantId }: Caller): Promise<OrderWithPackages> {
    const owner = merchantId ?? (await this.orders.load(tx, null, orderId)).order.merchantId;
    return this.orders.lock(tx, owner, orderId);
  }

  private async lockByPackage(
    tx: EntityManager,
    packageId: string,
    { merchantId }: Caller,
  ): Promise<OrderWithPackages> {
    const parcel = await this.fulfilment.get(tx, merchantId, packageId);
    return this.orders.lock(tx, parcel.merchantId, parcel.orderId);
  }
}

/** The first instant at which more than the limit has passed. */
function justAfter(edge: string | null): Date | null {
  return edge === null ? null : new Date(Date.parse(edge) + 1);
}

function ruleOf({ clauses }: Decision): string {
  return clauses.map(({ id }) => id).join(' ');
}

function isNothing(amount: string): boolean {
  return /^0(\.0+)?$/.test(amount);
}

function isLate({ clauses }: Decision): boolean {
  return clauses[0]?.id.endsWith('/tracking/late') ?? false;
}
