import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../../events/outbox.ts';
import { AlreadyReceived } from '../../fulfilment/fulfilment.errors.ts';
import { FulfilmentService, leftOf, type PackageRecord } from '../../fulfilment/fulfilment.service.ts';
import { Clock, instant } from '../../kernel/clock.ts';
import { invalidField, NotFound } from '../../kernel/errors.ts';
import { idIn } from '../../kernel/ids.ts';
import { Money } from '../../kernel/money.ts';
import { IllegalStep, legalSteps } from '../../kernel/transitions.ts';
import { OrdersService, type OrderWithPackages } from '../../orders/orders.service.ts';
import { PoliciesService, type Evidence, type Inspection } from '../../policies/policies.service.ts';
import type { Caller } from '../caller.ts';
import type { Question } from '../case-facts.ts';
import { Deciding, type Verdict } from '../deciding.ts';
import { causeOf, questionOf, ReturnCases, toldOf, type LockedReturn } from './return.case.ts';
import { isPaid, ReturnEnds, type Settlement } from './return-ends.ts';
import { ReturnStory } from './return-story.ts';
import { isAwaited, isOpenReturn, RETURN, returnStep } from './return.machine.ts';
import {
  getReturn,
  returnBehind,
  returnsOf,
  routeTracking,
  saveReturn,
  type ReturnItem,
  type ReturnKey,
  type ReturnRecord,
} from './return.store.ts';
import { Returning } from './returning.ts';
import { sumByLine, tooMany } from '../units.policy.ts';

/** Goods at the warehouse's door, with what the warehouse saw. */
export interface ReturnArrival {
  unopened: boolean;
  originalLabel: boolean | null;
  condition: NonNullable<Inspection['condition']>;
  /** What lay in the parcel or is in its papers. */
  evidence: readonly Evidence[];
  /** Null: everything that was announced. */
  items: readonly ReturnItem[] | null;
  note: string | null;
}

/** What a person found where the policy could not decide. */
export interface PersonsWord {
  outcome: 'refund' | 'deny';
  /** Null: what the policy pays for goods in order. */
  amount: Money | null;
  note: string;
  byUser: string;
}

/** Returns from the warehouse's door to their end: inspected, decided by the policy or a person, paid. */
@Injectable()
export class Arriving {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly orders: OrdersService,
    private readonly fulfilment: FulfilmentService,
    private readonly policies: PoliciesService,
    private readonly deciding: Deciding,
    private readonly cases: ReturnCases,
    private readonly returning: Returning,
    private readonly ends: ReturnEnds,
    private readonly story: ReturnStory,
  ) {}

  /**
   * The goods are there: received, decided, paid. A parcel whose code has run out is recorded and refused.
   * @param scanned a return code, the buyer's tracking number or the return's id
   * @throws NotFound, AlreadyReceived, IllegalStep it was never allowed, InvalidFields
   */
  async receive(tx: EntityManager, scanned: string, arrival: ReturnArrival, byUser: string): Promise<ReturnRecord> {
    const { record: found, it, parcel } = await this.cases.lock(tx, await this.find(tx, scanned));
    if (found.receivedAt !== null) throw new AlreadyReceived(found.receivedAt);
    const at = this.clock.now();
    const current = this.returning.hasRunOut(found) ? await this.returning.expireLocked(tx, it, found) : found;
    const isInTime = isAwaited(current.status);
    if (current.status !== 'expired') returnStep(current.status, 'receive');
    const here = {
      ...current,
      ...{ items: itemsThatCame(current, arrival.items), evidence: [...current.evidence, ...arrival.evidence] },
      ...{ receivedAt: at, inspection: inspectionOf(arrival, isInTime) },
    };
    const question = { ...questionOf(here, 'receipt', at), inspection: here.inspection };
    const verdict = await this.deciding.ask(it, isInTime ? question : await this.tooLate(it, question));
    await this.takeIn(tx, parcel, here, { arrival, verdict, byUser });
    await this.story.received(tx, here, byUser);
    const { condition, unopened } = arrival;
    const status = isInTime ? returnStep(current.status, 'receive') : current.status;
    this.outbox.tell(tx, 'return.received', { ...toldOf({ ...here, status }), condition, unopened, at: instant(at) });
    const received = { it, parcel, record: { ...here, status } };
    return this.ends.settle(tx, received, { question, verdict, note: arrival.note, byUser });
  }

  /** What was missing is there; where the policy missed it, it decides again. @throws NotFound, IllegalStep it has ended */
  async addEvidence(
    tx: EntityManager,
    key: ReturnKey,
    kinds: readonly Evidence[],
    byUser: string | null,
  ): Promise<ReturnRecord> {
    const locked = await this.cases.lock(tx, key);
    const { status } = locked.record;
    if (!isOpenReturn(status)) throw new IllegalStep('return', status, 'show', legalSteps(RETURN, status));
    const more = { ...locked.record, evidence: [...new Set([...locked.record.evidence, ...kinds])] };
    if (more.status === 'received') return this.complete(tx, { ...locked, record: more }, byUser);
    await saveReturn(tx, more);
    return more;
  }

  /** The buyer's tracking number, before the goods or after them. @throws NotFound, IllegalStep */
  async track(
    tx: EntityManager,
    key: ReturnKey,
    sent: { courier: string; trackingNumber: string },
    caller: Caller,
  ): Promise<ReturnRecord> {
    const locked = await this.cases.lock(tx, key);
    if (locked.record.status !== 'received') return this.returning.sent(tx, key, sent, caller);
    await routeTracking(tx, key, sent.trackingNumber);
    return this.complete(tx, { ...locked, record: { ...locked.record, ...sent } }, caller.userId);
  }

  /**
   * A parcel that was scanned by its package, not by a return code: the return that is awaited for it is received.
   * @returns null where none is, or where the policy takes nothing without its code
   */
  async receiveByPackage(
    tx: EntityManager,
    packageId: string,
    arrival: ReturnArrival,
    byUser: string,
  ): Promise<ReturnRecord | null> {
    const { merchantId, orderId, status } = await this.fulfilment.get(tx, null, packageId);
    const [awaited] = (await returnsOf(tx, merchantId, packageId)).filter((r) => isAwaited(r.status));
    if (awaited === undefined || status !== 'delivered') return null;
    const { order } = await this.orders.load(tx, merchantId, orderId);
    const { terms } = await this.policies.load(order.policy.id, order.policy.version);
    if (terms.returns.authorisation === 'code') return null;
    return this.receive(tx, awaited.code ?? '', arrival, byUser);
  }

  /**
   * A person ends what the policy left to one.
   * @throws NotFound, IllegalStep it is not received, or has ended
   * @throws InvalidFields an amount in another currency, or above what was paid for the package
   */
  async decideByPerson(tx: EntityManager, key: ReturnKey, said: PersonsWord): Promise<ReturnRecord> {
    const locked = await this.cases.lock(tx, key);
    const { record, it, parcel } = locked;
    const { outcome, note, byUser } = said;
    returnStep(record.status, outcome === 'refund' ? 'refund' : 'reject');
    const seen = { ...(record.inspection ?? nothingSeen), condition: 'original' as const };
    const evidence: Evidence[] = ['receipt', 'shipping_receipt', 'return_tracking'];
    const question = { ...questionOf({ ...record, evidence }, 'receipt', this.clock.now()), inspection: seen };
    const { facts, decision } = await this.deciding.ask(it, {
      ...question,
      said: { ...question.said, preferred_remedy: null },
    });
    const amount = outcome === 'deny' ? null : amountOf(said, parcel, decision);
    const verdict = { facts, decision: await this.deciding.byPerson(it, outcome, amount) };
    return this.decideAgain(tx, { ...locked, record: { ...record, note } }, { question, verdict, note, byUser });
  }

  /** @throws NotFound */
  async find(tx: EntityManager, scanned: string): Promise<ReturnKey> {
    const behind = await returnBehind(tx, scanned);
    if (behind !== null) return behind;
    const id = idIn('ret', scanned);
    if (id === null) throw new NotFound('return');
    const { merchantId } = await getReturn(tx, null, id);
    return { merchantId, returnId: id };
  }

  private async complete(tx: EntityManager, locked: LockedReturn, byUser: string | null): Promise<ReturnRecord> {
    const { record, it } = locked;
    const inspection = record.inspection ?? nothingSeen;
    const question = { ...questionOf(record, 'receipt', this.clock.now()), inspection };
    const verdict = await this.deciding.ask(it, question);
    return this.decideAgain(tx, locked, { question, verdict, byUser, note: null });
  }

  /** Goods that are paid for now go on the shelf now; all locks of stock come before the wallet's. */
  private async decideAgain(tx: EntityManager, locked: LockedReturn, settlement: Settlement): Promise<ReturnRecord> {
    const { merchantId, packageId, id, items } = locked.record;
    if (isPaid(settlement.verdict)) {
      const units = unitsIn(locked.parcel, items);
      await this.fulfilment.releaseToStock(tx, { merchantId, packageId, cause: causeOf(id), items: units });
    }
    return this.ends.settle(tx, locked, settlement);
  }

  /** Recorded whatever comes of it; on the shelf only when it is paid for. All locks of stock come before the wallet's. */
  private async takeIn(
    tx: EntityManager,
    parcel: PackageRecord,
    record: ReturnRecord,
    { arrival, verdict, byUser }: { arrival: ReturnArrival; verdict: Verdict; byUser: string },
  ): Promise<void> {
    const { merchantId, packageId } = record;
    await this.fulfilment.receive(tx, {
      ...{ merchantId, packageId, cause: causeOf(record.id), byUser, note: arrival.note },
      ...{ unopened: arrival.unopened, originalLabel: arrival.originalLabel ?? false, condition: arrival.condition },
      ...{ at: this.clock.now(), items: unitsIn(parcel, record.items), sellable: isPaid(verdict) },
    });
  }

  /** Out of time: with codes the code has expired, without them it came unauthorised. */
  private async tooLate({ order }: OrderWithPackages, question: Question): Promise<Question> {
    const { terms } = await this.policies.load(order.policy.id, order.policy.version);
    if (terms.returns.authorisation === 'code') return question;
    return { ...question, said: { ...question.said, type: null } };
  }
}

const nothingSeen: Inspection = { unopened: null, original_label: null, condition: null, return_code: 'valid' };

function inspectionOf({ unopened, originalLabel, condition }: ReturnArrival, isInTime: boolean): Inspection {
  return { unopened, original_label: originalLabel, condition, return_code: isInTime ? 'valid' : 'expired' };
}

/** @throws InvalidFields more than was announced */
function itemsThatCame({ items }: ReturnRecord, came: readonly ReturnItem[] | null): ReturnItem[] {
  if (came === null) return items;
  const [more] = tooMany(came, items);
  if (more === undefined) return sumByLine(came);
  const at = `/items/${came.findIndex(({ line }) => line === more.line)}/quantity`;
  throw invalidField(at, 'too_large', `The return announces ${more.left} units of line ${more.line}.`);
}

/** The goods of these lines, as stock counts them. */
function unitsIn({ items }: PackageRecord, wanted: readonly ReturnItem[]): { sku: string; quantity: number }[] {
  return wanted.flatMap(({ line, quantity }) => {
    const sku = items.find((item) => item.line === line)?.sku;
    return sku === undefined ? [] : [{ sku, quantity }];
  });
}

/** @throws InvalidFields another currency, or more than is left of what was paid for the package */
function amountOf({ amount }: PersonsWord, parcel: PackageRecord, { refund }: Verdict['decision']): Money {
  const { currency } = parcel;
  if (amount === null) return refund === null ? Money.zero(currency) : Money.fromJson(refund);
  if (amount.currency !== currency) throw invalidField('/amount/currency', 'currency', `It was paid in ${currency}.`);
  const left = leftOf(parcel);
  if (amount.compare(left) <= 0) return amount;
  throw invalidField('/amount', 'too_large', `Of what was paid for the package, ${left.toString()} are left.`);
}
