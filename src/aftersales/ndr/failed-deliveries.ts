import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../../config.ts';
import type { Db } from '../../database/sql.ts';
import { Outbox } from '../../events/outbox.ts';
import { FulfilmentService, type PackageRecord } from '../../fulfilment/fulfilment.service.ts';
import { Clock, DAY_MS, instant, plusHours } from '../../kernel/clock.ts';
import { invalidField } from '../../kernel/errors.ts';
import { OrdersService } from '../../orders/orders.service.ts';
import {
  answerProof,
  askForProof,
  close,
  current,
  instruct,
  nameAttempt,
  newest,
  open,
  passOn,
  takeDefault,
  type FailedDelivery,
  type Instruction,
  type PackageKey,
} from './failed-delivery.store.ts';
import { InstructionPassedOn, InstructionTooLate, NoFailedAttempt, NoQuestion } from './ndr.errors.ts';

/** Who says it. */
export interface Sayer {
  /** Null: staff, across merchants. */
  merchantId: string | null;
  userId: string | null;
}

/** A package with the failed attempt that it is in. */
export interface Standing {
  parcel: PackageRecord;
  failure: FailedDelivery | null;
}

/** So far ahead a courier takes a date. */
const MAX_DAYS_AHEAD = 30;

/** What becomes of a parcel whose delivery failed: the merchant's word, else the default (product.md, NDR). */
@Injectable()
export class FailedDeliveries {
  constructor(
    private readonly fulfilment: FulfilmentService,
    private readonly orders: OrdersService,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly outbox: Outbox,
  ) {}

  /** The courier could not deliver: the merchant has until the deadline to say what is to be done. */
  async attempted(tx: EntityManager, key: PackageKey, about: { reason: string | null; at: Date }): Promise<void> {
    const parcel = await this.fulfilment.get(tx, key.merchantId, key.packageId, { lock: true });
    const known = await current(tx, key);
    if (known !== null && known.attemptedAt === null) {
      await nameAttempt(tx, known, { reason: about.reason, attemptedAt: about.at });
      return;
    }
    close(tx, key.merchantId, key.packageId, this.clock.now());
    if (parcel.status === 'attempt_failed') await this.open(tx, key, { reason: about.reason, attemptedAt: about.at });
  }

  /** The parcel went on, whatever was said or not. */
  wentOn(tx: EntityManager, key: PackageKey): void {
    close(tx, key.merchantId, key.packageId, this.clock.now());
  }

  /**
   * The merchant's answer; it may be changed until the courier was told.
   * @throws NotFound
   * @throws NoFailedAttempt the package is not in attempt_failed
   * @throws InstructionTooLate, InstructionPassedOn
   * @throws InvalidFields an address that its action does not go with, or that its courier does not reach; a date past
   */
  async instruct(tx: EntityManager, id: string, said: Instruction, by: Sayer): Promise<Standing> {
    const parcel = await this.fulfilment.get(tx, by.merchantId, id, { lock: true });
    if (parcel.status !== 'attempt_failed') throw new NoFailedAttempt(parcel.status);
    await this.check(tx, parcel, said);
    const failure = await this.currentOf(tx, parcel);
    if (failure.state === 'defaulted') throw new InstructionTooLate(failure.dueAt);
    if (failure.passedOnAt !== null) throw new InstructionPassedOn(failure.passedOnAt);
    const at = this.clock.now();
    await instruct(tx, failure, said, { at, userId: by.userId });
    this.outbox.tell(tx, 'package.instructed', { ...keyOf(parcel), action: said.action, at: instant(at) });
    return { parcel, failure: await current(tx, keyOf(parcel)) };
  }

  /** Staff told the courier. @throws NoFailedAttempt; @throws NoQuestion nothing waits to be told */
  async passOn(tx: EntityManager, id: string, by: Sayer): Promise<Standing> {
    const parcel = await this.fulfilment.get(tx, by.merchantId, id, { lock: true });
    const failure = await current(tx, keyOf(parcel));
    if (failure === null) throw new NoFailedAttempt(parcel.status);
    if (failure.action === null) throw new NoQuestion('There is no instruction to pass on.');
    await passOn(tx, failure, { at: this.clock.now(), userId: by.userId });
    return { parcel, failure: await current(tx, keyOf(parcel)) };
  }

  /** The merchant wants to see that somebody was at the door. Asked once an attempt. @throws NoFailedAttempt */
  async askForProof(tx: EntityManager, id: string, question: string | null, by: Sayer): Promise<Standing> {
    const parcel = await this.fulfilment.get(tx, by.merchantId, id, { lock: true });
    const failure =
      parcel.status === 'attempt_failed' ? await this.currentOf(tx, parcel) : await newest(tx, keyOf(parcel));
    if (failure === null) throw new NoFailedAttempt(parcel.status);
    await askForProof(tx, failure, question, this.clock.now());
    return this.standing(tx, parcel);
  }

  /** What the courier could show. @throws NoQuestion */
  async answerProof(
    tx: EntityManager,
    id: string,
    answer: { given: boolean; text: string | null },
    by: Sayer,
  ): Promise<Standing> {
    const parcel = await this.fulfilment.get(tx, by.merchantId, id, { lock: true });
    const failure = await newest(tx, keyOf(parcel));
    if (failure === null || failure.proofAskedAt === null || failure.proofAnsweredAt !== null)
      throw new NoQuestion('Nobody waits for a proof of this attempt.');
    await answerProof(tx, failure, { ...answer, at: this.clock.now() });
    return this.standing(tx, parcel);
  }

  /** @throws NotFound */
  async of(db: Db, id: string, merchantId: string | null): Promise<Standing> {
    return this.standing(db, await this.fulfilment.get(db, merchantId, id));
  }

  /** Nobody answered in time: the default counts. @returns false: somebody did, or the parcel went on */
  async expire(tx: EntityManager, failure: FailedDelivery): Promise<boolean> {
    await this.fulfilment.get(tx, failure.merchantId, failure.packageId, { lock: true });
    return takeDefault(tx, failure, this.config.ndrDefaultAction);
  }

  private async standing(db: Db, parcel: PackageRecord): Promise<Standing> {
    return { parcel, failure: await newest(db, keyOf(parcel)) };
  }

  /** A merchant may be quicker than the listener that opens it. */
  private async currentOf(tx: EntityManager, parcel: PackageRecord): Promise<FailedDelivery> {
    const known = await current(tx, keyOf(parcel));
    if (known !== null) return known;
    await this.open(tx, keyOf(parcel), { reason: parcel.reason, attemptedAt: null });
    const opened = await current(tx, keyOf(parcel));
    if (opened === null) throw new Error('A failed delivery was opened and is not there.');
    return opened;
  }

  private async open(
    tx: EntityManager,
    key: PackageKey,
    about: { reason: string | null; attemptedAt: Date | null },
  ): Promise<void> {
    const openedAt = this.clock.now();
    await open(tx, key, { ...about, openedAt, dueAt: plusHours(openedAt, this.config.ndrWindowHours) });
  }

  private async check(tx: EntityManager, parcel: PackageRecord, said: Instruction): Promise<void> {
    const { action, onDate, shipTo } = said;
    if (action !== 'change_address' && shipTo !== null)
      throw invalidField('/ship_to', 'not_allowed', 'Only change_address goes with an address.');
    if (action === 'return_to_origin' && onDate !== null)
      throw invalidField('/on', 'not_allowed', 'A return has no date of its own.');
    const ahead = onDate === null ? 0 : (Date.parse(onDate) - this.clock.now().getTime()) / DAY_MS;
    if (ahead < -1 || ahead > MAX_DAYS_AHEAD)
      throw invalidField('/on', 'out_of_range', `on must be a date from today to ${MAX_DAYS_AHEAD} days ahead.`);
    if (action !== 'change_address') return;
    if (shipTo === null) throw invalidField('/ship_to', 'required', 'change_address needs the new address.');
    const was = await this.fulfilment.addressOf(tx, parcel.merchantId, parcel.id);
    if (was !== null && was.country !== shipTo.country)
      throw invalidField('/ship_to/country', 'not_allowed', 'An address changes within its country.');
    await this.orders.checkAddress(shipTo, '/ship_to', [parcel]);
  }
}

function keyOf({ merchantId, id, orderId }: PackageRecord): PackageKey {
  return { merchantId, packageId: id, orderId };
}
