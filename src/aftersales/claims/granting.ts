import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { leftOf } from '../../fulfilment/fulfilment.service.ts';
import { Money, type MoneyJson } from '../../kernel/money.ts';
import { invalidField } from '../../kernel/errors.ts';
import { step } from '../../kernel/transitions.ts';
import type { Facts } from '../../policies/policies.service.ts';
import { MoreThanPaid } from '../aftersales.errors.ts';
import type { Caller } from '../caller.ts';
import { Deciding } from '../deciding.ts';
import { CLAIM, signalOf } from './claim.machine.ts';
import { ClaimsService, type WholeClaim } from './claims.service.ts';
import { Judging, type Matter } from './judging.ts';

/** What a person may decide of a claim. */
export const PERSONAL_OUTCOMES = ['refund', 'reship', 'store_credit', 'deny'] as const;
export type PersonalOutcome = (typeof PERSONAL_OUTCOMES)[number];

/** What a person has decided. */
export interface Ruled {
  outcome: PersonalOutcome;
  /** Of a refund or store credit; null: what the claim is worth. */
  amount: MoneyJson | null;
  note: string;
}

/** Decides open claims where a person looks, or goes before the policy (policies.md: review). */
@Injectable()
export class Granting {
  constructor(
    private readonly claims: ClaimsService,
    private readonly deciding: Deciding,
    private readonly judging: Judging,
  ) {}

  /**
   * @throws NotFound
   * @throws IllegalStep it was decided already
   * @throws MoreThanPaid more than is left of what was paid for the package
   * @throws CannotSendAgain
   */
  async decide(tx: EntityManager, claimId: string, ruled: Ruled, caller: Caller): Promise<WholeClaim> {
    const matter = await this.claims.lock(tx, caller.merchantId, claimId);
    step(CLAIM, 'claim', matter.claim.status, signalOf(ruled.outcome));
    const { facts } = await this.judging.known(tx, matter);
    const refund = await this.amount(matter, facts, ruled);
    const decision = await this.deciding.byPerson(matter.it, ruled.outcome, refund);
    const question = await this.judging.questionOf(tx, matter);
    const person = { userId: caller.userId, note: ruled.note };
    return this.claims.whole(tx, await this.judging.carryOut(tx, matter, question, { facts, decision }, person));
  }

  /** Within what was paid and is left of it. */
  private async amount(matter: Matter, facts: Facts, { outcome, amount }: Ruled): Promise<Money | null> {
    if (outcome !== 'refund' && outcome !== 'store_credit') {
      if (amount !== null) throw invalidField('/amount', 'not_allowed', `A decision to ${outcome} has no amount.`);
      return null;
    }
    if (amount === null) return this.judging.worth(matter, facts);
    const { currency } = matter.parcel;
    if (amount.currency !== currency) throw invalidField('/amount/currency', 'currency', `It was paid in ${currency}.`);
    const [asked, left] = [Money.fromJson(amount), leftOf(matter.parcel)];
    if (asked.compare(left) > 0) throw new MoreThanPaid(left);
    return asked;
  }
}
