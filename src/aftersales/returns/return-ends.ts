import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../../events/outbox.ts';
import { Clock, instant } from '../../kernel/clock.ts';
import { Money } from '../../kernel/money.ts';
import { PoliciesService, type Facts, type Terms } from '../../policies/policies.service.ts';
import type { Question } from '../case-facts.ts';
import { Deciding, type Verdict } from '../deciding.ts';
import { Reshipping } from '../reshipping.ts';
import { causeOf, ReturnCases, toldOf, type LockedReturn } from './return.case.ts';
import { returnStep } from './return.machine.ts';
import { ReturnStory } from './return-story.ts';
import { saveReturn, type ReturnRecord } from './return.store.ts';

/** What was decided about goods that are there. */
export interface Settlement {
  question: Question;
  verdict: Verdict;
  note: string | null;
  byUser: string | null;
}

/** What becomes of received goods: paid, exchanged, refused, or left to whoever has what is missing. */
@Injectable()
export class ReturnEnds {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly policies: PoliciesService,
    private readonly deciding: Deciding,
    private readonly reshipping: Reshipping,
    private readonly cases: ReturnCases,
    private readonly story: ReturnStory,
  ) {}

  /** Does what was decided. Goods that cannot be sent again are paid. @param locked its record as it is to be kept */
  async settle(tx: EntityManager, locked: LockedReturn, settlement: Settlement): Promise<ReturnRecord> {
    const { record, it } = locked;
    const { question, verdict, note } = await this.exchanged(tx, locked, settlement);
    const asked = { ...question, cause: causeOf(record.id), note, byUser: settlement.byUser };
    const made = await this.deciding.carryOut(tx, it, asked, verdict);
    const decided = { ...record, decisionId: made.id };
    await saveReturn(tx, decided);
    await this.story.decided(tx, decided, made);
    return record.status === 'received'
      ? this.conclude(tx, locked, decided, { verdict, credited: made.credited })
      : decided;
  }

  /** The same settlement when the new goods are on their way, or the one that pays where there are none. */
  private async exchanged(tx: EntityManager, locked: LockedReturn, settlement: Settlement): Promise<Settlement> {
    const { record, it, parcel } = locked;
    const { verdict } = settlement;
    if (verdict.decision.outcome !== 'reship') return settlement;
    const { terms } = await this.policies.load(it.order.policy.id, it.order.policy.version);
    const sent = await this.reshipping.send(tx, it, {
      ...{ parcel, cause: causeOf(record.id), units: record.items, isFinal: false },
      worth: this.worth(terms, verdict.facts),
    });
    if (sent.orderId !== null) return settlement;
    const facts = { ...verdict.facts, can_send_again: false };
    const decision = this.policies.decide(terms, facts);
    return { ...settlement, verdict: { facts, decision }, note: `Cannot be sent again: ${sent.why}` };
  }

  /** What was paid for the units, with their shipping: it counts as given back when they are sent again. */
  private worth(terms: Terms, facts: Facts): Money {
    const { returns } = terms;
    const type = (facts.request.type ?? 'quality') as keyof typeof returns.settle;
    const inFull = {
      ...{ way_back: 'operator' as const, evidence: [], refund_shipping: true },
      ...{ deduct_return_shipping: false, deduct_postage_if_free_shipping: false },
    };
    const { refund } = this.policies.decide(
      {
        ...terms,
        all_claims: { ...terms.all_claims, review_above: [] },
        returns: {
          ...{ ...returns, exchange: false, administration_fee: null, buyer_at_fault: null, condition: 'any' },
          settle: { ...returns.settle, [type]: inFull },
        },
      },
      facts,
    );
    return refund === null ? Money.zero(facts.order.currency) : Money.fromJson(refund);
  }

  /** The end that the decision is; where evidence or a person is missing it stays received. */
  private async conclude(
    tx: EntityManager,
    { it }: LockedReturn,
    record: ReturnRecord,
    { verdict, credited }: { verdict: Verdict; credited: Money },
  ): Promise<ReturnRecord> {
    const at = this.clock.now();
    if (isPaid(verdict)) {
      const refunded = { ...record, status: returnStep(record.status, 'refund') };
      this.outbox.tell(tx, 'return.refunded', { ...toldOf(refunded), refunded: credited.toJSON(), at: instant(at) });
      return this.cases.end(tx, it, refunded, at);
    }
    if (verdict.decision.outcome !== 'deny') return record;
    const rejected = { ...record, status: returnStep(record.status, 'reject') };
    this.cases.tellDenied(tx, rejected, at);
    return this.cases.end(tx, it, rejected, at);
  }
}

/** The goods are the operator's again. */
export function isPaid({ decision }: Verdict): boolean {
  return decision.outcome === 'refund' || decision.outcome === 'reship';
}
