import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../../events/outbox.ts';
import type { PackageRecord } from '../../fulfilment/fulfilment.service.ts';
import { Clock } from '../../kernel/clock.ts';
import { Money } from '../../kernel/money.ts';
import type { OrderWithPackages } from '../../orders/orders.service.ts';
import {
  isEnded,
  PoliciesService,
  type ClaimType,
  type Decision,
  type Evidence,
  type Facts,
} from '../../policies/policies.service.ts';
import type { Question } from '../case-facts.ts';
import { Deciding, type Verdict } from '../deciding.ts';
import { findDecision } from '../decision.store.ts';
import { settleUnits, unitsLeft, unitsSettled } from '../settled-unit.store.ts';
import { evidenceOf } from './claim-log.store.ts';
import { granted, isAboutUnits, isNonDelivery } from './claim-terms.ts';
import type { ClaimRecord } from './claim.store.ts';
import { signalOf } from './claim.machine.ts';
import { about, Fates } from './fates.ts';
import { Reshipping } from '../reshipping.ts';
import { freeUnits } from '../units.policy.ts';

/** Who decides beside the policy, and in which words. */
export interface Person {
  userId: string | null;
  note: string;
}

/** A claim, its order and package, locked. */
export interface Matter {
  it: OrderWithPackages;
  parcel: PackageRecord;
  claim: ClaimRecord;
}

/** Asks about claims, and does what the answer says: money, goods sent again, the next wait. */
@Injectable()
export class Judging {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly policies: PoliciesService,
    private readonly deciding: Deciding,
    private readonly reshipping: Reshipping,
    private readonly fates: Fates,
  ) {}

  /**
   * Asks the order's policy about an open claim. The same answer as before changes nothing.
   * @returns the claim as it stands then
   */
  async judge(tx: EntityManager, matter: Matter): Promise<ClaimRecord> {
    const question = await this.questionOf(tx, matter);
    const verdict = await this.ask(matter, question);
    if (await isSame(tx, matter.claim, verdict.decision)) return matter.claim;
    return this.carryOut(tx, matter, question, verdict, null);
  }

  /**
   * Does what was decided about a claim, by the policy or by a person. Goods that cannot be sent again are refunded; a
   * person is told so instead.
   * @throws CannotSendAgain
   */
  async carryOut(
    tx: EntityManager,
    matter: Matter,
    question: Question,
    verdict: Verdict,
    person: Person | null,
  ): Promise<ClaimRecord> {
    const { it, claim, parcel } = matter;
    let given = verdict;
    let note = person?.note ?? null;
    let reshipId: string | null = null;
    if (verdict.decision.outcome === 'reship') {
      const sent = await this.reshipping.send(tx, it, {
        ...{ parcel, cause: causeOf(claim), units: freeUnits(claim.items, await unitsLeft(tx, parcel)) },
        ...{ worth: await this.worth(matter, verdict.facts), isFinal: person !== null },
      });
      reshipId = sent.orderId;
      if (sent.orderId === null) {
        const { terms } = await this.policies.load(it.order.policy.id, it.order.policy.version);
        const facts = { ...verdict.facts, can_send_again: false };
        given = { facts, decision: this.policies.decide(terms, facts) };
        note = `Cannot be sent again: ${sent.why}`;
      }
    }
    const { outcome } = given.decision;
    const isGiven = outcome === 'refund' || outcome === 'reship' || outcome === 'store_credit';
    if (isGiven && isAboutUnits(typeOf(claim))) {
      await settleUnits(tx, parcel, causeOf(claim), freeUnits(claim.items, await unitsLeft(tx, parcel)));
    }
    const cause = isNonDelivery(typeOf(claim)) && outcome === 'refund' ? 'undelivered' : causeOf(claim);
    const asked = { ...question, at: this.clock.now(), cause, claimId: claim.id, note, byUser: person?.userId ?? null };
    const made = await this.deciding.carryOut(tx, it, asked, given);
    if (isNonDelivery(typeOf(claim)) && outcome === 'refund' && !isEnded(parcel.status)) this.tellLate(tx, claim);
    const by = { author: person === null ? ('policy' as const) : ('staff' as const), userId: person?.userId ?? null };
    return this.fates.decided(tx, it, claim, { made, signal: signalOf(outcome), by, reshipId });
  }

  /** Paid back while the courier still has it: it is late, as the sweep would have found. */
  private tellLate(tx: EntityManager, claim: ClaimRecord): void {
    const { claimId, ...of } = about(claim, this.clock.now());
    this.outbox.tell(tx, 'package.late', { ...of, reason: null, evidence: `claim:${claimId}` });
  }

  /** What a claim is worth when it is granted: the affected units, by severity where the policy uses it, at most what is left. */
  async worth({ it, claim }: Matter, facts: Facts): Promise<Money> {
    const { terms } = await this.policies.load(it.order.policy.id, it.order.policy.version);
    const undisputed = { ...facts, packages: facts.packages.map((p) => ({ ...p, disputed: false })) };
    const { refund } = this.policies.decide(granted(terms, typeOf(claim), 'refund', facts.request.charge), undisputed);
    return refund === null ? Money.zero(it.order.currency) : Money.fromJson(refund);
  }

  /** What is known of a claim at the instant at which it was made: what was asked in time stays in time. */
  async questionOf(tx: EntityManager, { claim, parcel }: Matter): Promise<Question> {
    return {
      kind: 'claim',
      packageId: claim.packageId,
      at: claim.openedAt,
      said: { type: claim.type, ...claim.said },
      affected: claim.items,
      settled: unitsSettled(parcel, await unitsLeft(tx, parcel)),
      evidence: await evidenceKinds(tx, claim),
    };
  }

  /** What the policy says of a claim at this instant, for whoever decides in its place. */
  async known(tx: EntityManager, matter: Matter): Promise<Verdict> {
    return this.ask(matter, await this.questionOf(tx, matter));
  }

  /** Windows are measured to the claim's own instant; a wait for an edge that has passed meanwhile, to this one. */
  private async ask({ it }: Matter, question: Question): Promise<Verdict> {
    const verdict = await this.deciding.ask(it, question);
    const now = this.clock.now();
    const { outcome, reconsider_at } = verdict.decision;
    const isOver = outcome === 'wait' && reconsider_at !== null && Date.parse(reconsider_at) < now.getTime();
    return isOver ? this.deciding.ask(it, { ...question, at: now }) : verdict;
  }
}

export function typeOf(claim: ClaimRecord): ClaimType {
  return claim.type as ClaimType;
}

export function causeOf({ id }: ClaimRecord): string {
  return `claim:${id}`;
}

/** The claim is about an order, so its number is there; so is a description that was given. */
async function evidenceKinds(tx: EntityManager, claim: ClaimRecord): Promise<Evidence[]> {
  const shown = (await evidenceOf(tx, [claim])).map(({ kind }) => kind);
  const kinds = new Set<Evidence>(shown.filter((kind) => kind !== 'other'));
  kinds.add('order_number');
  if (claim.description !== null) kinds.add('description');
  return [...kinds];
}

async function isSame(tx: EntityManager, claim: ClaimRecord, decision: Decision): Promise<boolean> {
  if (claim.decisionId === null) return false;
  const last = (await findDecision(tx, claim.merchantId, claim.decisionId))?.decision;
  return (
    last?.outcome === decision.outcome &&
    last.clauses[0]?.id === decision.clauses[0]?.id &&
    last.reconsider_at === decision.reconsider_at &&
    last.missing_evidence.join() === decision.missing_evidence.join()
  );
}
