import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../kernel/clock.ts';
import { IllegalStep, legalSteps } from '../../kernel/transitions.ts';
import { newId } from '../../kernel/ids.ts';
import type { MoneyJson } from '../../kernel/money.ts';
import type { Caller } from '../caller.ts';
import { insertMessage, type MessageRecord } from './claim-log.store.ts';
import { CLAIM, isOpen } from './claim.machine.ts';
import type { ClaimRecord, ClaimSaid } from './claim.store.ts';
import { PackageSettled } from '../aftersales.errors.ts';
import { AlreadyAppealed } from './claims.errors.ts';
import { ClaimsService, type WholeClaim } from './claims.service.ts';
import { Fates, type By } from './fates.ts';
import { Judging } from './judging.ts';
import { chargeOf } from './meaning.ts';

/** What a claim may say later; what is left out stays as it was. */
export interface Supplement {
  description?: string;
  order_label_found?: boolean;
  preferred_remedy?: ClaimSaid['preferred_remedy'];
  charge?: MoneyJson | string;
}

/** What people say about claims: messages, taking back, the one appeal. */
@Injectable()
export class Talking {
  constructor(
    private readonly clock: Clock,
    private readonly claims: ClaimsService,
    private readonly judging: Judging,
    private readonly fates: Fates,
  ) {}

  /**
   * A merchant's message asks for an answer within the policy's time; one of the staff is the answer.
   * @throws NotFound
   * @throws IllegalStep the claim has ended
   */
  async say(tx: EntityManager, claimId: string, text: string, caller: Caller): Promise<MessageRecord> {
    const { it, claim } = await this.claims.lock(tx, caller.merchantId, claimId);
    if (claim.closedAt !== null)
      throw new IllegalStep('claim', claim.status, 'message', legalSteps(CLAIM, claim.status));
    const by = byOf(caller);
    const said = await this.keep(tx, claim, text, by);
    await this.fates.note(tx, claim, { step: 'message', text, by, cause: `message:${said.id}` });
    const isAnswer = by.author === 'staff' && claim.status !== 'in_review';
    const replied = isAnswer ? { ...claim, replyDueAt: null } : claim;
    await this.fates.stir(tx, it, by.author === 'merchant' ? await this.fates.awaitReply(it, claim) : replied);
    return said;
  }

  /**
   * Says what was not said when the claim was opened, or says it anew; it is decided again.
   * @throws NotFound
   * @throws IllegalStep it was decided already
   * @throws InvalidFields a charge that is no amount of the order's currency
   */
  async supplement(tx: EntityManager, claimId: string, more: Supplement, caller: Caller): Promise<WholeClaim> {
    const matter = await this.claims.lock(tx, caller.merchantId, claimId);
    const { it, parcel } = matter;
    if (!isOpen(matter.claim.status)) {
      throw new IllegalStep('claim', matter.claim.status, 'supplement', legalSteps(CLAIM, matter.claim.status));
    }
    const said = { ...matter.claim.said, ...given(more, it.order.currency) };
    const claim = { ...matter.claim, said, description: more.description ?? matter.claim.description };
    const names = Object.keys(more).map((name) => name.replaceAll('_', ' '));
    await this.fates.note(tx, claim, {
      step: 'said',
      text: `Said: ${names.join(', ')}.`,
      by: byOf(caller),
      cause: null,
    });
    const stirred = await this.fates.stir(tx, it, claim);
    // What was appealed is a person's to decide.
    if (claim.appealedAt !== null) return this.claims.whole(tx, stirred);
    return this.claims.whole(tx, await this.judging.judge(tx, { it, parcel, claim: stirred }));
  }

  /** @throws NotFound @throws IllegalStep it was decided already */
  async withdraw(tx: EntityManager, claimId: string, caller: Caller): Promise<WholeClaim> {
    const { it, claim } = await this.claims.lock(tx, caller.merchantId, claimId);
    const moved = { signal: 'withdraw' as const, by: byOf(caller), text: 'Taken back.', reason: 'withdrawn' };
    return this.claims.whole(tx, await this.fates.move(tx, it, claim, moved));
  }

  /**
   * A denial is looked at by a person, once.
   * @throws NotFound
   * @throws AlreadyAppealed
   * @throws IllegalStep it was not denied
   * @throws PackageSettled too late: nothing about the package can be claimed any more
   */
  async appeal(tx: EntityManager, claimId: string, text: string, caller: Caller): Promise<WholeClaim> {
    const { it, claim, parcel } = await this.claims.lock(tx, caller.merchantId, claimId);
    if (claim.appealedAt !== null) throw new AlreadyAppealed();
    if (claim.status === 'denied' && parcel.settledAt !== null) throw new PackageSettled(parcel.settledAt);
    const by = byOf(caller);
    const appealed = await this.fates.awaitReply(it, { ...claim, appealedAt: this.clock.now() });
    const moved = await this.fates.move(tx, it, appealed, { signal: 'appeal', by, text: `Appealed: ${text}` });
    await this.keep(tx, claim, text, by);
    return this.claims.whole(tx, moved);
  }

  private async keep(tx: EntityManager, claim: ClaimRecord, text: string, by: By): Promise<MessageRecord> {
    const author = by.author === 'staff' ? ('staff' as const) : ('merchant' as const);
    const { merchantId, id: claimId } = claim;
    const said = { merchantId, id: newId(), claimId, author, byUser: by.userId, text, at: this.clock.now() };
    await insertMessage(tx, said);
    return said;
  }
}

/** @throws InvalidFields */
function given({ description: _, charge, ...rest }: Supplement, currency: string): Partial<ClaimSaid> {
  return charge === undefined ? rest : { ...rest, charge: chargeOf(charge, currency) };
}

/** Staff act across merchants; whoever has a merchant is its own people or key. */
export function byOf({ merchantId, userId }: Caller): By {
  return { author: merchantId === null ? 'staff' : 'merchant', userId };
}
