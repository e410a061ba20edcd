import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { one, rows } from '../database/sql.ts';
import { gather, inTransaction, literal } from '../database/transaction.ts';
import { Clock, instant } from '../kernel/clock.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Actor } from './actor.ts';
import { Answer } from './answer.ts';
import type { Call } from './call.ts';
import { problemOf } from './problems.ts';
import { Secrets } from './secrets.ts';

/** Answers that hold secrets are kept sealed, and for a day. */
const SECRET_ANSWER_HOURS = 24;

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

interface Claim {
  owner: string;
  key: string;
  fingerprint: string;
  secret: boolean;
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
    const claim = this.claim(call, options);
    const actor = this.actor(call);
    if (claim === null) return inTransaction(this.db, async (tx) => toAnswer(call.status, await work(tx)), { actor });
    try {
      return await this.claimed({ call, claim, actor }, work);
    } catch (error) {
      if (
        error instanceof DomainError &&
        (error.kind === 'refused' || error.kind === 'conflict') &&
        !(error instanceof KeyInUse)
      ) {
        return this.refuse(call, claim, error);
      }
      throw error;
    }
  }

  /**
   * The answer that is kept under the call's key, for a door that calls somebody outside before its transaction.
   * @returns null where there is none yet
   * @throws KeyRequired, KeyReused as `run` does
   */
  async kept(call: Call): Promise<Answer | null> {
    const claim = this.claim(call, {});
    if (claim === null) return null;
    const found = await rows(this.db, `SELECT 1 FROM idempotency WHERE owner_id = $1 AND key = $2`, [
      claim.owner,
      claim.key,
    ]);
    return found.length === 0 ? null : this.replay(this.db.manager, claim);
  }

  private async claimed(
    { call, claim, actor }: { call: Call; claim: Claim; actor: string },
    work: (tx: EntityManager) => Promise<unknown>,
  ): Promise<Answer> {
    const opening = `INSERT INTO idempotency (owner_id, key, fingerprint) VALUES (${literal(claim.owner)}, ${literal(claim.key)}, ${literal(claim.fingerprint)}) ON CONFLICT DO NOTHING`;
    return inTransaction(
      this.db,
      async (tx, opened) => {
        if (opened?.rowCount === 0) return this.replay(tx, claim);
        const answer = toAnswer(call.status, await work(tx));
        gather(tx, 'answer', answer, () => this.storing(claim, answer));
        return answer;
      },
      { opening, openingBusy: inUse, actor }, // a twin that waited for the first one longer than the lock time-out
    );
  }

  private storing(claim: Claim, answer: Answer): string {
    const body = claim.secret ? this.secrets.seal(answer.text, sealContext(claim)) : answer.text;
    return `UPDATE idempotency SET status = ${answer.status}, body = ${literal(body)}, sealed = ${claim.secret} WHERE owner_id = ${literal(claim.owner)} AND key = ${literal(claim.key)}`;
  }

  /** A refusal is kept too, unless a twin's answer was there first: then that one counts. */
  private async refuse(call: Call, claim: Claim, error: DomainError): Promise<Answer> {
    const problem = problemOf(error, { path: call.url.split('?')[0] ?? call.url, requestId: call.requestId });
    const text = JSON.stringify(problem);
    return inTransaction(this.db, async (tx) => {
      const kept = await rows(
        tx,
        `INSERT INTO idempotency (owner_id, key, fingerprint, status, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING key`,
        [claim.owner, claim.key, claim.fingerprint, problem.status, text],
      );
      return kept.length === 1 ? new Answer(problem.status, text, false) : this.replay(tx, claim);
    });
  }

  private async replay(tx: EntityManager, claim: Claim): Promise<Answer> {
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

  private claim(call: Call, { secret = false }: CommandOptions): Claim | null {
    const key = call.idempotencyKey;
    if (key === null) return null;
    return { owner: ownerOf(call.actor), key, fingerprint: fingerprintOf(call), secret };
  }
}

const inUse = () => new KeyInUse('The first request with this Idempotency-Key is still running.', { retry_after: 1 });

const sealContext = (claim: Claim): string => `idempotency:${claim.owner}:${claim.key}`;

function toAnswer(status: number, value: unknown): Answer {
  return new Answer(status, value === undefined ? '' : JSON.stringify(value), false);
}

/** The key belongs to the merchant, or the staff user, or the caller's address before sign-up. */
function ownerOf(actor: Actor): string {
  if (actor.kind === 'merchant') return actor.merchantId;
  if (actor.kind === 'staff') return actor.userId;
  const hex = createHash('sha256').update(`address:${actor.address}`).digest('hex').slice(0, 32);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function fingerprintOf(call: Call): string {
  const body = Buffer.isBuffer(call.body) ? call.body.toString('base64') : JSON.stringify(sorted(call.body ?? {}));
  return createHash('sha256').update(`${call.method} ${call.url}\n${body}`).digest('hex');
}

/** The same fields in another order are the same request. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => [name, sorted(part)]),
  );
}
