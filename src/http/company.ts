import type { EntityManager } from 'typeorm';
import { DatabaseBusy } from '../database/gate.ts';
import type { DomainError } from '../kernel/errors.ts';
import type { Actor } from './actor.ts';
import type { Answer } from './answer.ts';
import type { Call } from './call.ts';
import { claimName, claimOf, type Claim } from './claims.ts';

/** Does what several calls ask for, in one transaction; a verdict for each: the answer's body, or why it is refused. */
export type Work<Item> = (tx: EntityManager, items: readonly Item[]) => Promise<readonly (object | DomainError)[]>;

/** A call on its way, and what it asks for. */
export interface Member<Item> {
  call: Call;
  item: Item;
  claim: Claim;
  /** Who asks, as events tell it: whoever shares a transaction is the same to them. */
  teller: string;
}

interface Waiting<Item> extends Member<Item> {
  since: number;
  answer: (answer: Answer) => void;
  refuse: (error: unknown) => void;
}

export interface Doing<Item> {
  /** One transaction for all of them: what became of each whose key was new. Throws where it could not be done. */
  together: (members: readonly Member<Item>[]) => Promise<ReadonlyMap<Member<Item>, Answer | DomainError>>;
  /** A transaction of its own. */
  alone: (member: Pick<Member<Item>, 'call' | 'item'>) => Promise<Answer>;
}

/** Transactions at a time: while one is at the database, the next one is prepared. */
const LANES = 2;
const MOST = 32;
/** As long as one waits for a connection (reliability.md, PostgreSQL). */
const PATIENCE_MS = 1_500;

/**
 * Lets calls share transactions: whoever comes while all lanes are busy goes with the next one. Nobody waits for company,
 * and whoever's transaction fails for another's sake is done again by itself.
 */
export class Company<Item> {
  private waiting: Waiting<Item>[] = [];
  private readonly keys = new Set<string>();
  private lanes = LANES;

  constructor(private readonly doing: Doing<Item>) {}

  run(call: Call, item: Item): Promise<Answer> {
    const claim = claimOf(call, false);
    // a twin of one that is under way waits for its row, which must hold up nobody else
    if (claim === null || this.keys.has(claimName(claim))) return this.doing.alone({ call, item });
    this.keys.add(claimName(claim));
    const teller = tellerOf(call.actor);
    return new Promise<Answer>((answer, refuse) => {
      this.waiting.push({ call, item, claim, teller, since: performance.now(), answer, refuse });
      this.depart();
    }).finally(() => this.keys.delete(claimName(claim)));
  }

  private depart(): void {
    while (this.lanes > 0 && this.waiting.length > 0) {
      const members = this.boarding();
      this.lanes -= 1;
      void this.serve(members).finally(() => {
        this.lanes += 1;
        this.depart();
      });
    }
  }

  /** The first in line, and those behind it that may go with it. */
  private boarding(): Waiting<Item>[] {
    const members = this.waiting.filter(({ teller }) => teller === this.waiting[0]?.teller).slice(0, MOST);
    this.waiting = this.waiting.filter((one) => !members.includes(one));
    return members;
  }

  private async serve(called: readonly Waiting<Item>[]): Promise<void> {
    const members = called.filter(({ since }) => performance.now() - since < PATIENCE_MS);
    for (const late of called) if (!members.includes(late)) late.refuse(new DatabaseBusy());
    const done = members.length > 1 ? await this.together(members) : new Map<Member<Item>, Answer | DomainError>();
    const rest = members.filter((member) => !done.has(member));
    for (const member of members) {
      const outcome = done.get(member);
      if (outcome instanceof Error) member.refuse(outcome);
      else if (outcome !== undefined) member.answer(outcome);
    }
    await Promise.all(rest.map((member) => this.alone(member)));
  }

  private async alone(member: Waiting<Item>): Promise<void> {
    try {
      member.answer(await this.doing.alone(member));
    } catch (error) {
      member.refuse(error);
    }
  }

  private async together(members: readonly Waiting<Item>[]): Promise<ReadonlyMap<Member<Item>, Answer | DomainError>> {
    try {
      return await this.doing.together(members);
    } catch {
      return new Map(); // each finds out by itself what is wrong
    }
  }
}

/** Kind and person; of several keys none is named. */
function tellerOf(actor: Actor): string {
  return JSON.stringify({ kind: actor.kind, user: actor.kind === 'public' ? null : actor.userId });
}
