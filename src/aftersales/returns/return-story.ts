import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock, instant } from '../../kernel/clock.ts';
import type { Caller } from '../caller.ts';
import { noteStep, type StepRecord } from '../claims/claim-log.store.ts';
import { isPersons } from '../deciding.ts';
import { decidedWords } from '../decided-words.ts';
import type { DecisionRecord } from '../decision.store.ts';
import type { ReturnRecord } from './return.store.ts';

type Told = Pick<StepRecord, 'step' | 'text' | 'author' | 'byUser'> & { cause?: string; amount?: StepRecord['amount'] };

/** Tells the claim that wanted goods back first what has become of them: its own timeline ends with them. */
@Injectable()
export class ReturnStory {
  constructor(private readonly clock: Clock) {}

  async authorised(tx: EntityManager, record: ReturnRecord): Promise<void> {
    const until = record.expiresAt === null ? '' : ` until ${instant(record.expiresAt)}`;
    const text = `The goods are awaited under the return code ${record.code ?? ''}${until}.`;
    await this.tell(tx, record, { step: 'return_authorised', text, author: 'policy', byUser: null });
  }

  /** The parcel's number is the buyer's own, and stands in the return alone. */
  async sent(tx: EntityManager, record: ReturnRecord, { merchantId, userId: byUser }: Caller): Promise<void> {
    const text = 'The buyer has sent the goods; the return has the parcel’s number.';
    const author = merchantId === null ? 'staff' : 'merchant';
    await this.tell(tx, record, { step: 'return_sent', text, author, byUser });
  }

  async received(tx: EntityManager, record: ReturnRecord, byUser: string): Promise<void> {
    const { condition, unopened } = { condition: null, unopened: null, ...record.inspection };
    const text = `The warehouse received the goods: ${condition ?? 'not inspected'}, ${unopened === true ? 'un' : ''}opened.`;
    await this.tell(tx, record, { step: 'return_received', text, author: 'staff', byUser });
  }

  async decided(tx: EntityManager, record: ReturnRecord, made: DecisionRecord): Promise<void> {
    const byUser = isPersons(made.decision) ? made.decidedBy : null;
    await this.tell(tx, record, {
      ...{ step: made.decision.outcome, text: decidedWords(made), cause: `decision:${made.id}` },
      ...{ author: isPersons(made.decision) ? 'staff' : 'policy', byUser },
      amount: made.credited.isPositive() ? made.credited : null,
    });
  }

  async expired(tx: EntityManager, record: ReturnRecord): Promise<void> {
    const text = 'The goods did not come in time: their return code has expired.';
    await this.tell(tx, record, { step: 'return_expired', text, author: 'policy', byUser: null });
  }

  private async tell(tx: EntityManager, record: ReturnRecord, told: Told): Promise<void> {
    const [kind, claimId] = record.askedBy.split(':');
    if (kind !== 'claim' || claimId === undefined) return;
    const { cause = `return:${record.id}`, amount = null, ...same } = told;
    await noteStep(tx, { merchantId: record.merchantId, claimId, cause, amount, at: this.clock.now(), ...same });
  }
}
