import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Config } from '../config.ts';
import { DomainError } from '../kernel/errors.ts';
import { actorOf, type Actor, type KnownRequest } from './actor.ts';

const WINDOW_SECONDS = 60;
const WRITES = 600;
const READS = 3_000;
const STAFF_TIMES = 10;

class TooMany extends DomainError {
  readonly code = 'rate_limited';
  readonly kind = 'too_many';
}

const callerOf = (actor: Actor): string => {
  if (actor.kind === 'public') return `address:${actor.address}`;
  return actor.keyId ?? actor.userId ?? (actor.kind === 'merchant' ? actor.merchantId : '');
};

/** So many writes and reads a minute for each key, session or address (api.md, Habits), with the headers that say so. */
@Injectable()
export class LimitGuard implements CanActivate {
  private readonly limiters: Readonly<
    Record<'write' | 'read', { merchant: RateLimiterMemory; staff: RateLimiterMemory }>
  >;

  constructor(config: Config) {
    const limiter = (points: number): RateLimiterMemory =>
      new RateLimiterMemory({ points: points * config.rateLimitFactor, duration: WINDOW_SECONDS });
    const pair = (points: number) => ({ merchant: limiter(points), staff: limiter(points * STAFF_TIMES) });
    this.limiters = { write: pair(WRITES), read: pair(READS) };
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<KnownRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const actor = actorOf(request);
    const kind = request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write';
    const limiter = this.limiters[kind][actor.kind === 'staff' ? 'staff' : 'merchant'];
    try {
      tell(reply, kind, limiter, await limiter.consume(callerOf(actor)));
      return true;
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      tell(reply, kind, limiter, error);
      throw new TooMany(`More than ${limiter.points} ${kind}s in a minute; wait a moment.`, {
        retry_after: Math.ceil(error.msBeforeNext / 1000),
      });
    }
  }
}

function tell(reply: FastifyReply, kind: string, limiter: RateLimiterMemory, state: RateLimiterRes): void {
  const reset = Math.ceil(state.msBeforeNext / 1000);
  void reply.header('RateLimit-Policy', `"${kind}s";q=${limiter.points};w=${limiter.duration}`);
  void reply.header('RateLimit', `"${kind}s";r=${Math.max(0, state.remainingPoints)};t=${reset}`);
}
