import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../../events/outbox.ts';
import { Clock, instant, instantOrNull, plusDays } from '../../kernel/clock.ts';
import { invalidField } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { OrdersService, type OrderWithPackages } from '../../orders/orders.service.ts';
import { PoliciesService, type FactRequest, type Terms } from '../../policies/policies.service.ts';
import type { PackageRecord } from '../../fulfilment/fulfilment.service.ts';
import { PackageSettled, UnitsAlreadySettled } from '../aftersales.errors.ts';
import type { Caller } from '../caller.ts';
import { packageMeant } from '../claims/meaning.ts';
import { Deciding } from '../deciding.ts';
import { findDecision, type DecisionRecord } from '../decision.store.ts';
import { parcelOf } from '../order-parcel.ts';
import { unitsLeft } from '../settled-unit.store.ts';
import { causeOf, questionOf, ReturnCases, toldOf, type LockedReturn } from './return.case.ts';
import { newReturnCode } from './return-code.ts';
import { isOpenReturn, returnStep } from './return.machine.ts';
import { ReturnStory } from './return-story.ts';
import {
  insertReturn,
  returnsOf,
  routeCode,
  routeTracking,
  saveReturn,
  type ReturnItem,
  type ReturnKey,
  type ReturnRecord,
} from './return.store.ts';
import { freeUnits, sumByLine, tooMany } from '../units.policy.ts';

/** What a merchant asks to send back. */
export interface AskedReturn {
  orderId: string;
  /** Null: the order's only one. */
  packageId: string | null;
  type: string;
  /** Empty: everything that is left of the package. */
  items: readonly ReturnItem[];
  fault: FactRequest['fault'];
  preferredRemedy: FactRequest['preferred_remedy'];
  description: string | null;
}

/** Returns until the goods are on their way: asked for, allowed or not, with a code, sent, or out of time. */
@Injectable()
export class Returning {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly orders: OrdersService,
    private readonly policies: PoliciesService,
    private readonly deciding: Deciding,
    private readonly cases: ReturnCases,
    private readonly story: ReturnStory,
  ) {}

  /**
   * Asks the order's policy. Goods that a decision already wants back have their return: that one is answered.
   * @throws NotFound, PackageSettled, UnitsAlreadySettled
   * @throws InvalidFields items that the package does not hold
   */
  async ask(tx: EntityManager, asked: AskedReturn, caller: Caller): Promise<ReturnRecord> {
    const { merchantId } = (await this.orders.load(tx, caller.merchantId, asked.orderId)).order;
    const it = await this.orders.lock(tx, merchantId, asked.orderId);
    const parcel = packageMeant(it, asked);
    const earlier = await returnsOf(tx, merchantId, parcel.id);
    const wanted = earlier.find((r) => r.askedBy !== 'return' && r.type === asked.type && isOpenReturn(r.status));
    if (wanted !== undefined) return wanted;
    if (parcel.settledAt !== null) throw new PackageSettled(parcel.settledAt);
    const items = await this.itemsOf(tx, parcel, asked.items);
    const { type, fault, preferredRemedy, description } = asked;
    const made = this.newReturn(parcel, { type, items, fault, preferredRemedy, description, askedBy: 'return' });
    await insertReturn(tx, made);
    await this.cases.open(tx, made, made.requestedAt);
    this.outbox.tell(tx, 'return.requested', { ...toldOf(made), at: instant(made.requestedAt) });
    return this.decide(tx, { record: made, it, parcel }, caller.userId);
  }

  /** A claim or a cancellation was accepted on the goods' return: they may come, without another question. */
  async openFor(
    tx: EntityManager,
    { merchantId, decisionId }: { merchantId: string; decisionId: string },
  ): Promise<void> {
    const decision = await findDecision(tx, merchantId, decisionId);
    if (decision === null || decision.packageId === null) return;
    const it = await this.orders.lock(tx, merchantId, decision.orderId);
    if (wantsGoods(decision)) await this.openWanted(tx, it, decision, decision.packageId);
    const { packageId, cause } = decision;
    await this.cases.takeOver(tx, it, { merchantId, packageId, cause }, this.clock.now());
  }

  private async openWanted(
    tx: EntityManager,
    it: OrderWithPackages,
    decision: DecisionRecord,
    packageId: string,
  ): Promise<void> {
    const parcel = parcelOf(it, packageId);
    const earlier = await returnsOf(tx, decision.merchantId, parcel.id);
    if (parcel.settledAt !== null || earlier.some(({ askedBy }) => askedBy === decision.cause)) return;
    const { type, fault } = decision.facts.request;
    const items = freeUnits(decision.facts.affected, await unitsLeft(tx, parcel));
    if (items.length === 0) return;
    const made = this.newReturn(parcel, {
      ...{ type: type ?? 'change_of_mind', items, fault, askedBy: decision.cause },
      ...{ preferredRemedy: null, description: null },
    });
    await insertReturn(tx, made);
    await this.cases.open(tx, made, made.requestedAt);
    const record = { ...made, decisionId: decision.id };
    await this.authorise(tx, { record, it, parcel }, { note: null, byUser: null });
  }

  /** @throws NotFound, IllegalStep it is not waiting for an answer */
  async approve(
    tx: EntityManager,
    key: ReturnKey,
    { approved, note, byUser }: { approved: boolean; note: string | null; byUser: string },
  ): Promise<ReturnRecord> {
    const locked = await this.cases.lock(tx, key);
    if (approved) return this.authorise(tx, locked, { note, byUser });
    return this.deny(tx, locked, { note, byUser });
  }

  /** The buyer has sent the goods. @throws NotFound, IllegalStep */
  async sent(
    tx: EntityManager,
    key: ReturnKey,
    { courier, trackingNumber }: { courier: string; trackingNumber: string },
    caller: Caller,
  ): Promise<ReturnRecord> {
    const { record } = await this.cases.lock(tx, key);
    const at = this.clock.now();
    const status = returnStep(this.hasRunOut(record) ? 'expired' : record.status, 'send');
    const now = { ...record, status, courier, trackingNumber, sentAt: record.sentAt ?? at };
    await routeTracking(tx, key, trackingNumber);
    await saveReturn(tx, now);
    await this.story.sent(tx, now, caller);
    this.outbox.tell(tx, 'return.sent', { ...toldOf(now), courier, at: instant(at) });
    return now;
  }

  /** Its time is over; nothing where the goods were sent meanwhile. */
  async expire(tx: EntityManager, key: ReturnKey): Promise<ReturnRecord> {
    const { record, it } = await this.cases.lock(tx, key);
    return this.hasRunOut(record) ? this.expireLocked(tx, it, record) : record;
  }

  /** @param record of a locked order */
  async expireLocked(tx: EntityManager, it: OrderWithPackages, record: ReturnRecord): Promise<ReturnRecord> {
    const at = this.clock.now();
    const expired = { ...record, status: returnStep(record.status, 'expire') };
    await this.story.expired(tx, expired);
    this.outbox.tell(tx, 'return.expired', { ...toldOf(expired), at: instant(at) });
    return this.cases.end(tx, it, expired, at);
  }

  /** Strictly after its last instant, whether or not the sweep has been there. */
  hasRunOut({ status, expiresAt }: ReturnRecord): boolean {
    return status === 'authorised' && expiresAt !== null && expiresAt < this.clock.now();
  }

  /** The package needs no return any more: it was paid back in full meanwhile. What is on its way may still come. */
  async packageSettled(tx: EntityManager, merchantId: string, packageId: string): Promise<void> {
    const open = (await returnsOf(tx, merchantId, packageId)).filter(({ status }) => isOpenReturn(status));
    for (const { id } of open) {
      const { record, it } = await this.cases.lock(tx, { merchantId, returnId: id });
      if (record.status === 'authorised') await this.expireLocked(tx, it, record);
      else await this.cases.letGo(tx, record);
    }
  }

  private async decide(tx: EntityManager, locked: LockedReturn, byUser: string | null): Promise<ReturnRecord> {
    const { record, it } = locked;
    const question = questionOf(record, 'return', record.requestedAt);
    const verdict = await this.deciding.ask(it, question);
    const made = await this.deciding.carryOut(tx, it, { ...question, cause: causeOf(record.id), byUser }, verdict);
    const decided = { ...locked, record: { ...record, decisionId: made.id } };
    const { outcome } = verdict.decision;
    if (outcome === 'deny') return this.deny(tx, decided, { note: null, byUser: null });
    const { returns } = await this.termsOf(it);
    if (outcome === 'accept' && returns.authorisation === 'none') {
      return this.authorise(tx, decided, { note: null, byUser: null });
    }
    await saveReturn(tx, decided.record);
    return decided.record;
  }

  private async authorise(
    tx: EntityManager,
    { record, it, parcel }: LockedReturn,
    { note, byUser }: { note: string | null; byUser: string | null },
  ): Promise<ReturnRecord> {
    const at = this.clock.now();
    const { merchantId, id: returnId } = record;
    const status = returnStep(record.status, 'authorise');
    let code = newReturnCode();
    while (!(await routeCode(tx, { merchantId, returnId }, code))) code = newReturnCode();
    const expiresAt = lastInstant(await this.termsOf(it), parcel, at);
    const authorised = { ...record, status, code, note, approvedBy: byUser, authorisedAt: at, expiresAt };
    await saveReturn(tx, authorised);
    await this.story.authorised(tx, authorised);
    this.outbox.tell(tx, 'return.authorised', {
      ...toldOf(authorised),
      ...{ returnCode: code, expiresAt: instantOrNull(expiresAt), at: instant(at) },
    });
    return authorised;
  }

  private async deny(
    tx: EntityManager,
    { record, it }: LockedReturn,
    { note, byUser }: { note: string | null; byUser: string | null },
  ): Promise<ReturnRecord> {
    const at = this.clock.now();
    const denied = { ...record, status: returnStep(record.status, 'deny'), note, approvedBy: byUser };
    this.cases.tellDenied(tx, denied, at);
    return this.cases.end(tx, it, denied, at);
  }

  private async termsOf({ order }: OrderWithPackages): Promise<Terms> {
    return (await this.policies.load(order.policy.id, order.policy.version)).terms;
  }

  /** Units of the package that no earlier claim or return has taken. Lines that it does not hold count as no units. */
  private async itemsOf(tx: EntityManager, parcel: PackageRecord, asked: readonly ReturnItem[]): Promise<ReturnItem[]> {
    const left = [...(await unitsLeft(tx, parcel))].map(([line, quantity]) => ({ line, quantity }));
    const known = sumByLine(asked.filter(({ line }) => left.some((units) => units.line === line)));
    if (asked.length > 0 && known.length === 0)
      throw invalidField('/items', 'not_in_package', 'The package holds none of these lines.');
    const free = left.filter(({ quantity }) => quantity > 0);
    const wanted = asked.length === 0 ? free : known;
    const refused = wanted.length === 0 ? tooMany(sumByLine(parcel.items), free) : tooMany(wanted, free);
    if (refused.length > 0) throw new UnitsAlreadySettled(refused);
    return wanted;
  }

  private newReturn(
    { merchantId, orderId, id: packageId }: PackageRecord,
    asked: Pick<ReturnRecord, 'type' | 'items' | 'fault' | 'preferredRemedy' | 'description' | 'askedBy'>,
  ): ReturnRecord {
    return {
      ...{ merchantId, id: newId(), orderId, packageId, status: 'requested', ...asked },
      ...{ evidence: [], requestedAt: this.clock.now(), decisionId: null, note: null, approvedBy: null },
      ...{ code: null, authorisedAt: null, expiresAt: null, courier: null, trackingNumber: null, sentAt: null },
      ...{ receivedAt: null, inspection: null, endedAt: null },
    };
  }
}

/** Accepted on condition that the goods come back (policies.md, `return_goods`). */
function wantsGoods({ kind, decision }: DecisionRecord): boolean {
  const { outcome, next_step: next } = decision;
  return (kind === 'claim' || kind === 'cancellation') && outcome === 'accept' && next === 'return_goods';
}

/** Where a policy has no codes that end, an authorisation lasts at least so long. */
const LEAST_DAYS = 30;

/**
 * The last instant at which an authorisation holds: the code's days; without them the return window, and 30 days at the
 * least, so that none stays open for ever.
 */
function lastInstant({ returns, tracking }: Terms, { deliveredAt }: PackageRecord, at: Date): Date {
  if (returns.authorisation === 'code' && returns.code_valid_days !== null)
    return plusDays(at, returns.code_valid_days);
  const delivered = deliveredAt ?? plusDays(at, tracking.late_after_days ?? 0);
  const window = plusDays(delivered, returns.window_days);
  const least = plusDays(at, LEAST_DAYS);
  return window > least ? window : least;
}
