import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../kernel/clock.ts';
import { IllegalStep, legalSteps } from '../../kernel/transitions.ts';
import { newId } from '../../kernel/ids.ts';
import type { Caller } from '../caller.ts';
import { insertMessage, type MessageRecord } from './claim-log.store.ts';
import { CLAIM } from './claim.machine.ts';
import type { ClaimRecord } from './claim.store.ts';
import { PackageSettled } from '../aftersales.errors.ts';
import { AlreadyAppealed } from './claims.errors.ts';
import { ClaimsService, type WholeClaim } from './claims.service.ts';
import { Fates, type By } from './fates.ts';

/** What people say about claims: messages, taking back, the one appeal. */
@Injectable()
export class Talking {
  constructor(
    private readonly clock: Clock,
    private readonly claims: ClaimsService,
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

  /** @throws NotFound @throws IllegalStep it was decided already */
  async withdraw(tx: EntityManager, claimId: string, caller: Caller): Promise<WholeClaim> {
    const { it, claim } = await this.claims.lock(tx, caller.merchantId, claimId);
    const moved = { signal: 'withdraw' as const, by: byOf(caller), text: 'Taken back.', reason: 'withdrawn' };
    return this.claims.whole(tx, await this.fates.move(tx, it, { ...claim, replyDueAt: null }, moved));
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

/** Staff act across merchants; whoever has a merchant is its own people or key. */
export function byOf({ merchantId, userId }: Caller): By {
  return { author: merchantId === null ? 'staff' : 'merchant', userId };
}
