import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asCaller, asHouse, type Scope } from '../database/scope.ts';
import { one, rows, type Db } from '../database/sql.ts';
import { gather, inTransaction } from '../database/transaction.ts';
import { Clock, instant } from '../kernel/clock.ts';
import { DomainError } from '../kernel/errors.ts';
import { Answer } from './answer.ts';
import type { Call } from './call.ts';
import { claiming, claimName, claimOf, keeping, releasing, type Claim } from './claims.ts';
import { Company, type Member, type Work } from './company.ts';
import { problemOf } from './problems.ts';
import { Secrets } from './secrets.ts';

/** Answers that hold secrets are kept sealed, and for a day. */
const SECRET_ANSWER_HOURS = 24;
/** So long calls that share a transaction wait for a key that another process is at work on. */
const CLAIM_WAIT_MS = 200;

/** The key came with another request before. */
export class KeyReused extends DomainError {
  readonly code = 'idempotency_key_reused';
  readonly kind = 'invalid';
}

class KeyInUse extends DomainError {
  readonly code = 'idempotency_key_in_use';
  readonly kind = 'conflict';
}

class AnswerGone extends DomainError {
  readonly code = 'idempotency_answer_expired';
  readonly kind = 'invalid';
}

interface Fresh {
  owner_id: string;
  key: string;
}

interface Kept {
  fingerprint: string;
  status: number;
  body: string | null;
  sealed: boolean;
  fresh: boolean;
}

export interface CommandOptions {
  /** The answer holds a secret (a key, a token): it is kept sealed, for 24 hours. */
  secret?: boolean;
}

/**
 * Runs every request that changes something: one transaction holds the idempotency claim, the effect, the events and
 * the stored answer (api.md, Habits; reliability.md, Idempotency).
 */
@Injectable()
export class Commands {
  constructor(
    private readonly db: DataSource,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
  ) {}

  /**
   * @param work the effect; what it returns is the answer's body, undefined for none
   * @throws KeyReused the key came with another request before
   * @throws KeyInUse the first request with this key is still running after 2 s
   */
  async run(call: Call, work: (tx: EntityManager) => Promise<unknown>, options: CommandOptions = {}): Promise<Answer> {
    const claim = claimOf(call, options.secret === true);
    const actor = this.actor(call);
    if (claim === null)
      return inTransaction(this.scope(call), async (tx) => toAnswer(call.status, await work(tx)), { actor });
    try {
      return await this.claimed({ call, claim, actor }, work);
    } catch (error) {
      if (error instanceof DomainError && isKept(error)) return this.refuse(call, claim, error);
      throw error;
    }
  }

  /**
   * The answer that is kept under the call's key, for a door that calls somebody outside before its transaction.
   * @returns null where there is none yet
   * @throws KeyRequired, KeyReused as `run` does
   */
  async kept(call: Call): Promise<Answer | null> {
    const claim = claimOf(call, false);
    if (claim === null) return null;
    const found = await rows(this.scope(call), `SELECT 1 FROM idempotency WHERE owner_id = $1 AND key = $2`, [
      claim.owner,
      claim.key,
    ]);
    return found.length === 0 ? null : this.replay(this.scope(call), claim);
  }

  /**
   * Calls of one kind that share transactions with those that are in flight beside them: one BEGIN and COMMIT for all,
   * a verdict for each (performance.md, How). Only for what the audit log does not keep: it names the call.
   * @param work does all of them; of a call that it refuses it must change nothing
   */
  company<Item>(work: Work<Item>): Company<Item> {
    return new Company({
      together: (members) => this.together(members, work),
      alone: ({ call, item }) =>
        this.run(call, async (tx) => {
          const [verdict] = await work(tx, [item]);
          if (verdict instanceof DomainError) throw verdict;
          return verdict;
        }),
    });
  }

  /** @returns the answer, or the refusal that is not kept, of each call whose key was new */
  private async together<Item>(
    members: readonly Member<Item>[],
    work: Work<Item>,
  ): Promise<Map<Member<Item>, Answer | DomainError>> {
    const opening = claiming(members.map(({ claim }) => claim));
    return inTransaction(
      asHouse(this.db), // theirs are several merchants' rows
      async (tx, opened) => {
        const claimed = new Set(opened?.rows.map(({ owner_id: owner, key }: Fresh) => `${owner} ${key}`));
        const fresh = members.filter(({ claim }) => claimed.has(claimName(claim)));
        const verdicts =
          fresh.length === 0
            ? []
            : await work(
                tx,
                fresh.map(({ item }) => item),
              );
        return new Map(fresh.map((member, i) => [member, this.settle(tx, member, verdicts[i])]));
      },
      // a twin elsewhere holds up nobody else for long
      { opening, openingWaitMs: CLAIM_WAIT_MS, actor: members[0]?.teller ?? '{}' },
    );
  }

  private settle(tx: EntityManager, { call, claim }: Member<unknown>, verdict: unknown): Answer | DomainError {
    if (verdict instanceof DomainError && !isKept(verdict)) {
      gather(tx, 'released claims', claim, releasing);
      return verdict;
    }
    const answer = verdict instanceof DomainError ? refusalOf(call, verdict) : toAnswer(call.status, verdict);
    this.keep(tx, claim, answer);
    return answer;
  }

  private async claimed(
    { call, claim, actor }: { call: Call; claim: Claim; actor: string },
    work: (tx: EntityManager) => Promise<unknown>,
  ): Promise<Answer> {
    const opening = claiming([claim]);
    return inTransaction(
      this.scope(call),
      async (tx, opened) => {
        if (opened?.rowCount === 0) return this.replay(tx, claim);
        const answer = toAnswer(call.status, await work(tx));
        this.keep(tx, claim, answer);
        return answer;
      },
      { opening, openingBusy: inUse, actor }, // a twin that waited for the first one longer than the lock time-out
    );
  }

  /** The answer is kept with COMMIT. */
  private keep(tx: EntityManager, claim: Claim, { status, text }: Answer): void {
    const body = claim.secret ? this.secrets.seal(text, sealContext(claim)) : text;
    gather(tx, 'answers', { claim, status, body }, keeping);
  }

  /** A merchant's request works on the merchant's rows. */
  private scope({ actor }: Call): Scope {
    return asCaller(this.db, actor.kind === 'merchant' ? actor.merchantId : null);
  }

  /** A refusal is kept too, unless a twin's answer was there first: then that one counts. */
  private async refuse(call: Call, claim: Claim, error: DomainError): Promise<Answer> {
    const refusal = refusalOf(call, error);
    return inTransaction(this.scope(call), async (tx) => {
      const kept = await rows(
        tx,
        `INSERT INTO idempotency (owner_id, key, fingerprint, status, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING key`,
        [claim.owner, claim.key, claim.fingerprint, refusal.status, refusal.text],
      );
      return kept.length === 1 ? refusal : this.replay(tx, claim);
    });
  }

  private async replay(tx: Db, claim: Claim): Promise<Answer> {
    const kept = await one<Kept>(
      tx,
      `SELECT fingerprint, status, body, sealed, created_at > clock_timestamp() - make_interval(hours => $3) AS fresh
       FROM idempotency WHERE owner_id = $1 AND key = $2`,
      [claim.owner, claim.key, SECRET_ANSWER_HOURS],
    );
    if (kept === null) throw inUse();
    if (kept.fingerprint !== claim.fingerprint)
      throw new KeyReused('This Idempotency-Key came with another request before.');
    if (kept.sealed && !kept.fresh) throw new AnswerGone('The first answer held a secret and is no longer kept.');
    const text = kept.sealed ? this.secrets.open(kept.body ?? '', sealContext(claim)) : (kept.body ?? '');
    return new Answer(kept.status, text, true);
  }

  /** Who asks, for the audit log (reliability.md, Security settings): ids alone. */
  private actor({ actor, method, route, requestId }: Call): string {
    const user = actor.kind === 'public' ? null : actor.userId;
    const key = actor.kind === 'public' ? null : actor.keyId;
    const at = instant(this.clock.now());
    return JSON.stringify({ kind: actor.kind, user, key, call: `${method} ${route}`, request: requestId, at });
  }
}

const inUse = () => new KeyInUse('The first request with this Idempotency-Key is still running.', { retry_after: 1 });

/** A refusal that is final: the same key is answered with it for ever. */
const isKept = (error: DomainError): boolean =>
  (error.kind === 'refused' || error.kind === 'conflict') && !(error instanceof KeyInUse);

function refusalOf({ url, requestId }: Call, error: DomainError): Answer {
  const problem = problemOf(error, { path: url.split('?')[0] ?? url, requestId });
  return new Answer(problem.status, JSON.stringify(problem), false);
}

const sealContext = (claim: Claim): string => `idempotency:${claim.owner}:${claim.key}`;

function toAnswer(status: number, value: unknown): Answer {
  return new Answer(status, value === undefined ? '' : JSON.stringify(value), false);
}
