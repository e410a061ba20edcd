import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import { Outbox } from '../../events/outbox.ts';
import { Clock, instant } from '../../kernel/clock.ts';
import { step } from '../../kernel/transitions.ts';
import type { OrderWithPackages } from '../../orders/orders.service.ts';
import { PoliciesService, type Terms } from '../../policies/policies.service.ts';
import { WalletService } from '../../wallet/wallet.service.ts';
import { decidedWords } from '../decided-words.ts';
import type { DecisionRecord } from '../decision.store.ts';
import { endCase, openCase } from '../open-case.store.ts';
import { Settling } from '../settling.ts';
import { noteStep, type EvidenceRecord, type StepRecord } from './claim-log.store.ts';
import { afterEdge, closingOf, replyDue, type ClaimDue } from './claim-times.policy.ts';
import { CLAIM, isOpen, mayBeAppealed, type ClaimSignal } from './claim.machine.ts';
import { updateClaim, type ClaimRecord } from './claim.store.ts';

/** Who or what moves a claim. */
export interface By {
  author: StepRecord['author'];
  userId: string | null;
}

/** A decision about a claim, carried out. */
interface Decided {
  made: DecisionRecord;
  signal: ClaimSignal;
  by: By;
  /** The free order of goods that are sent again. */
  reshipId: string | null;
}

/** What becomes of claims: their status, what they hold up, what falls due, and their timeline. */
@Injectable()
export class Fates {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly policies: PoliciesService,
    private readonly catalogue: CatalogueService,
    private readonly wallet: WalletService,
    private readonly settling: Settling,
  ) {}

  /** An open claim holds up payouts and the settlement of its package. */
  async hold(tx: EntityManager, claim: ClaimRecord): Promise<void> {
    const { merchantId, id, packageId, orderId } = claim;
    const [cause, at] = [`claim:${id}`, this.clock.now()];
    await openCase(tx, { merchantId, packageId, orderId, cause, at });
    await this.wallet.block(tx, merchantId, { cause, since: at, until: null });
  }

  async decided(tx: EntityManager, it: OrderWithPackages, claim: ClaimRecord, told: Decided): Promise<ClaimRecord> {
    const { made, signal, by, reshipId } = told;
    const { decision } = made;
    const now = this.clock.now();
    const terms = await this.termsOf(it);
    const status = step(CLAIM, 'claim', claim.status, signal);
    const replyDueAt = status === 'in_review' ? await this.replyDue(terms, now) : null;
    const next = await this.become(
      tx,
      it,
      { ...claim, status, decisionId: made.id, replyDueAt },
      {
        reconsiderAt: decision.reconsider_at,
        isForGoods: decision.outcome === 'accept',
      },
    );
    const credited = made.credited.isPositive() ? made.credited : null;
    await this.note(tx, next, {
      step: decision.outcome,
      text: decidedWords(made),
      by,
      cause: `decision:${made.id}`,
      amount: credited,
    });
    if (reshipId !== null) {
      await this.note(tx, next, {
        step: 'sent_again',
        text: 'The goods are sent again.',
        by,
        cause: `order:${reshipId}`,
      });
    }
    if (decision.outcome === 'needs_evidence') {
      this.outbox.tell(tx, 'claim.needs_evidence', { ...about(next, now), missing: decision.missing_evidence });
    }
    return next;
  }

  tellShown(tx: EntityManager, claim: ClaimRecord, { id: evidenceId, kind, at }: EvidenceRecord): void {
    this.outbox.tell(tx, 'claim.evidence_added', { ...about(claim, at), evidenceId, kind });
  }

  /** The merchant has done something: the time without activity begins anew. */
  async stir(tx: EntityManager, it: OrderWithPackages, claim: ClaimRecord): Promise<ClaimRecord> {
    const closing = claim.closesAt === null ? null : this.closing(await this.termsOf(it), claim);
    const next = closing === null ? claim : { ...claim, ...closing };
    await updateClaim(tx, next);
    return next;
  }

  /** What was due has come: it is not due again. */
  async without(tx: EntityManager, claim: ClaimRecord): Promise<ClaimRecord> {
    const next = { ...claim, due: null };
    await updateClaim(tx, next);
    return next;
  }

  /** The merchant is told that the claim will be closed, unless somebody acts. */
  async giveNotice(tx: EntityManager, claim: ClaimRecord): Promise<void> {
    const { closesAt } = claim;
    if (closesAt === null) return;
    await updateClaim(tx, { ...claim, due: { kind: 'close', at: closesAt } });
    const text = `Nobody has acted on it for long: it is closed on ${instant(closesAt)} unless somebody does.`;
    await this.note(tx, claim, { step: 'notice', text, by: { author: 'policy', userId: null }, cause: null });
    const told = about(claim, this.clock.now());
    this.outbox.tell(tx, 'claim.closing_soon', { ...told, closesAt: instant(closesAt) });
  }

  /** A person has to answer: a message came, or an appeal. */
  async awaitReply(it: OrderWithPackages, claim: ClaimRecord): Promise<ClaimRecord> {
    const replyDueAt = claim.replyDueAt ?? (await this.replyDue(await this.termsOf(it), this.clock.now()));
    return { ...claim, replyDueAt };
  }

  /** Takes a step that is no decision: taken back, appealed, closed. */
  async move(
    tx: EntityManager,
    it: OrderWithPackages,
    claim: ClaimRecord,
    moved: { signal: ClaimSignal; by: By; text: string; reason?: string; cause?: string },
  ): Promise<ClaimRecord> {
    const now = this.clock.now();
    const status = step(CLAIM, 'claim', claim.status, moved.signal);
    const isEnded = status === 'closed' || status === 'withdrawn';
    const next = await this.become(tx, it, {
      ...claim,
      status,
      ...(isEnded ? { closedAt: now, replyDueAt: null } : {}),
    });
    await this.note(tx, next, { step: moved.signal, text: moved.text, by: moved.by, cause: moved.cause ?? null });
    if (isEnded) this.outbox.tell(tx, 'claim.closed', { ...about(next, now), reason: moved.reason ?? status });
    return next;
  }

  async note(
    tx: EntityManager,
    { merchantId, id: claimId }: ClaimRecord,
    noted: { step: string; text: string; by: By; cause: string | null; amount?: StepRecord['amount'] },
  ): Promise<void> {
    await noteStep(tx, {
      ...{ merchantId, claimId, step: noted.step, text: noted.text, cause: noted.cause, amount: noted.amount ?? null },
      ...{ author: noted.by.author, byUser: noted.by.userId, at: this.clock.now() },
    });
  }

  /** Writes a claim in its new status with what falls due in it, and lets go or holds what an open claim holds up. */
  private async become(
    tx: EntityManager,
    it: OrderWithPackages,
    claim: ClaimRecord,
    { reconsiderAt = null, isForGoods = false }: { reconsiderAt?: string | null; isForGoods?: boolean } = {},
  ): Promise<ClaimRecord> {
    const { due, closesAt } = this.dueOf(await this.termsOf(it), claim, reconsiderAt);
    const next = { ...claim, due, closesAt };
    await updateClaim(tx, next);
    if (isOpen(next.status)) await this.hold(tx, next);
    else if (mayBeAppealed(next)) await this.awaitAppeal(tx, next);
    else await this.release(tx, it, next, isForGoods);
    return next;
  }

  /** Until it is closed a denial can be appealed: its package is not settled before, though payouts are free of it. */
  private async awaitAppeal(tx: EntityManager, claim: ClaimRecord): Promise<void> {
    const { merchantId, id, packageId, orderId } = claim;
    const cause = `claim:${id}`;
    await openCase(tx, { merchantId, packageId, orderId, cause, at: this.clock.now() });
    await this.wallet.unblock(tx, merchantId, cause);
  }

  private async release(
    tx: EntityManager,
    it: OrderWithPackages,
    claim: ClaimRecord,
    isForGoods: boolean,
  ): Promise<void> {
    if (isForGoods) return; // held until the return of its goods is open, and holds in its place
    const { merchantId, id, packageId } = claim;
    await endCase(tx, { merchantId, packageId, cause: `claim:${id}` });
    await this.wallet.unblock(tx, merchantId, `claim:${id}`);
    await this.settling.afterCase(tx, it, packageId, this.clock.now());
  }

  private dueOf(
    terms: Terms,
    claim: ClaimRecord,
    reconsiderAt: string | null,
  ): { due: ClaimDue | null; closesAt: Date | null } {
    switch (claim.status) {
      case 'waiting': {
        const at = afterEdge(reconsiderAt);
        return { due: at === null ? null : { kind: 'reconsider', at }, closesAt: null };
      }
      case 'needs_evidence':
      case 'approved':
      case 'denied':
        return this.closing(terms, claim);
      default:
        return { due: null, closesAt: null };
    }
  }

  /** An approved claim ends without a notice: nothing is lost by it. */
  private closing(terms: Terms, { status }: ClaimRecord): { due: ClaimDue; closesAt: Date } {
    const { noticeAt, closesAt } = closingOf(this.clock.now(), terms.all_claims.close_when_inactive_days);
    const due =
      status === 'approved' ? { kind: 'close' as const, at: closesAt } : { kind: 'notice' as const, at: noticeAt };
    return { due, closesAt };
  }

  private async replyDue(terms: Terms, at: Date): Promise<Date> {
    const { timeZone, holidays } = await this.catalogue.settings();
    return replyDue(at, terms.all_claims.reply_within, { timeZone, holidays });
  }

  private async termsOf({ order }: OrderWithPackages): Promise<Terms> {
    return (await this.policies.load(order.policy.id, order.policy.version)).terms;
  }
}

/** What every event of a claim tells. */
export function about(
  { merchantId, orderId, packageId, id: claimId }: ClaimRecord,
  at: Date,
): { merchantId: string; orderId: string; packageId: string; claimId: string; at: string } {
  return { merchantId, orderId, packageId, claimId, at: instant(at) };
}
