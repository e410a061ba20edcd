import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../events/outbox.ts';
import { FulfilmentService, paidFor, type PackageRecord } from '../fulfilment/fulfilment.service.ts';
import { instant } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import { refundedCharge, type OrderWithPackages } from '../orders/orders.service.ts';
import { PoliciesService, type Decision, type Facts, type Outcome } from '../policies/policies.service.ts';
import { WalletService, type ExplanationLine } from '../wallet/wallet.service.ts';
import { factsOf, type Question } from './case-facts.ts';
import { storeDecision, type DecisionRecord } from './decision.store.ts';
import { endReviews, openReview } from './open-review.store.ts';

/** A question, and what to remember with its answer. */
export interface Asked extends Question {
  /** Of the credit; each is credited once for a package (wallet.md). */
  cause: string;
  follows?: string | null;
  claimId?: string | null;
  note?: string | null;
  byUser?: string | null;
}

/** What the policy said, not yet done. */
export interface Verdict {
  facts: Facts;
  decision: Decision;
}

interface Given {
  /** Of the decision. */
  id: string;
  asked: Asked;
  order: OrderWithPackages['order'];
  parcel: PackageRecord;
  facts: Facts;
  decision: Decision;
  amount: Money;
}

interface Credited {
  amount: Money;
  journalId: string | null;
}

/** After the bonuses of top-ups, which may expire. */
const STORE_CREDIT_RANK = 20;

/**
 * Every after-sales decision goes through here: facts, `decide`, the stored decision, the credit, the event; the last
 * four in one transaction (architecture.md, How a refund travels).
 */
@Injectable()
export class Deciding {
  constructor(
    private readonly policies: PoliciesService,
    private readonly fulfilment: FulfilmentService,
    private readonly wallet: WalletService,
    private readonly outbox: Outbox,
  ) {}

  /** What the order's own policy says; nothing is stored and nothing moves. */
  async ask(it: OrderWithPackages, question: Question): Promise<Verdict> {
    const { terms } = await this.policies.load(it.order.policy.id, it.order.policy.version);
    const facts = factsOf(it, question);
    return { facts, decision: this.policies.decide(terms, facts) };
  }

  /**
   * A person's decision where the policy leaves it to one, or in its place: the clause is the page's, why it is so tells
   * the note that is kept with it.
   */
  async byPerson({ order }: OrderWithPackages, outcome: Outcome, refund: Money | null): Promise<Decision> {
    const { terms } = await this.policies.load(order.policy.id, order.policy.version);
    return {
      ...{ outcome, refund: refund?.toJSON() ?? null, deductions: [], missing_evidence: [] },
      ...{ next_step: null, reconsider_at: null, clauses: [this.policies.personsClause(terms)] },
    };
  }

  /**
   * Stores a decision and does what it says with money, once for the package and cause.
   * @param it locked: what was credited before is read from it
   */
  async carryOut(tx: EntityManager, it: OrderWithPackages, asked: Asked, verdict: Verdict): Promise<DecisionRecord> {
    const { merchantId, id: orderId, policy, currency } = it.order;
    const id = newId();
    const { decision, facts } = verdict;
    const parcel = it.packages.find((p) => p.id === asked.packageId);
    const credit =
      decision.refund !== null && parcel !== undefined
        ? await this.credit(tx, {
            id,
            asked,
            order: it.order,
            parcel,
            ...verdict,
            amount: Money.fromJson(decision.refund),
          })
        : { amount: Money.zero(currency), journalId: null };
    const made: DecisionRecord = {
      ...{ merchantId, id, orderId, packageId: asked.packageId, kind: asked.kind, cause: asked.cause },
      ...{ policy, facts, decision, credited: credit.amount, journalId: credit.journalId },
      ...{ follows: asked.follows ?? null, note: asked.note ?? null, decidedBy: asked.byUser ?? null },
      decidedAt: asked.at,
    };
    await storeDecision(tx, made);
    await this.askPerson(tx, made);
    // What a claim lacks is an event of its own.
    if (decision.outcome !== 'needs_evidence') {
      this.outbox.tell(tx, 'claim.decided', {
        ...{ merchantId, orderId, packageId: asked.packageId, claimId: asked.claimId ?? null, decisionId: id },
        ...{ kind: asked.kind, type: facts.request.type, by: isPersons(decision) ? 'person' : 'policy' },
        ...{ outcome: decision.outcome, refund: decision.refund },
        ...(isPersons(decision) ? {} : { why: decision.clauses[0]?.text ?? '' }),
        at: instant(asked.at),
        ...{ cause: asked.cause.split(':')[0] ?? asked.cause, credited: credit.amount.toJSON() },
      });
    }
    return made;
  }

  /** What is left to a person is listed until it is answered. Claims and returns have doors and states of their own. */
  private async askPerson(tx: EntityManager, made: DecisionRecord): Promise<void> {
    const { merchantId, orderId, packageId, kind, cause, decision, id: decisionId, decidedAt: since } = made;
    if (packageId === null || kind === 'claim' || kind === 'return' || cause.includes(':')) return;
    if (made.follows !== null) await endReviews(tx, merchantId, packageId, [kind]);
    if (decision.outcome !== 'review') return;
    await openReview(tx, { merchantId, orderId, packageId }, { kind, decisionId, since });
  }

  private async credit(tx: EntityManager, given: Given): Promise<Credited> {
    const { amount } = given;
    if (amount.isZero()) return { amount, journalId: null };
    return given.decision.outcome === 'store_credit' ? this.grant(tx, given) : this.refund(tx, given);
  }

  /** Promotional credit for orders, as much as the refund would be. Once: its claim is decided once. */
  private async grant(tx: EntityManager, { id, asked, parcel, amount }: Given): Promise<Credited> {
    const { merchantId, id: packageId, number, orderReference } = parcel;
    const { journalId } = await this.wallet.grant(tx, {
      ...{ merchantId, key: `decision:${id}`, cause: { type: 'decision', id }, at: asked.at, amount },
      ...{ rank: STORE_CREDIT_RANK, expiresAt: null, paysFor: ['order_charge'] },
      explanation: [{ text: `Store credit for package ${number} of order ${orderReference}`, amount }],
    });
    await this.fulfilment.markMadeGood(tx, { merchantId, packageId, amount });
    return { amount, journalId };
  }

  private async refund(tx: EntityManager, given: Given): Promise<Credited> {
    const { id, asked, order, parcel, amount } = given;
    const { merchantId, id: packageId } = parcel;
    const refunded = await this.wallet.refund(tx, {
      ...{ merchantId, packageId, amount, charge: refundedCharge(order), at: asked.at },
      key: `decision:${id}`,
      cause: { type: 'decision', id },
      causeKind: asked.cause,
      paidForPackage: paidFor(parcel).minus(parcel.madeGood),
      explanation: await this.explain(given),
    });
    // A credit of the same cause stands already: it was this package's one, and nothing more moves.
    if (refunded.status === 'already') return { amount: Money.zero(amount.currency), journalId: null };
    await this.fulfilment.markRefunded(tx, { merchantId, packageId, amount: refunded.amount });
    return { amount: refunded.amount, journalId: refunded.journalId };
  }

  /** What the merchant reads in the transaction: goods, shipping, what was taken off. A person's amount stands alone. */
  private async explain({ order, parcel, facts, decision, amount }: Given): Promise<ExplanationLine[]> {
    const of = `package ${parcel.number} of order ${parcel.orderReference}`;
    const { terms } = await this.policies.load(order.policy.id, order.policy.version);
    const policys = this.policies.explain(terms, facts);
    const isPolicys = isDeepStrictEqual(policys.decision, decision);
    if (!isPolicys || policys.worth === null) return [{ text: `Refund for ${of}`, amount }];
    const { goods, shipping } = policys.worth;
    const lines = [
      { text: `Goods of ${of}`, amount: goods },
      { text: `Shipping of ${of}`, amount: shipping },
      ...decision.deductions.map(({ kind, amount: off }) => ({
        text: OFF[kind],
        amount: Money.parse(off, amount.currency).negated(),
      })),
    ];
    const sum = Money.sum(
      lines.map((line) => line.amount),
      amount.currency,
    );
    return [...lines, { text: 'Credited before', amount: amount.minus(sum) }].filter((line) => !line.amount.isZero());
  }
}

/** A person's word is no policy's: its clause has an id of its own. */
export function isPersons({ clauses }: Decision): boolean {
  return clauses[0]?.id === 'operator/person';
}

const OFF: Readonly<Record<Decision['deductions'][number]['kind'], string>> = {
  administration_fee: 'Administration fee',
  return_shipping: 'Shipping of the return',
  outbound_shipping: 'Postage of the free shipping',
};
