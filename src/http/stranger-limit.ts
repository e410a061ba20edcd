import { Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Config } from '../config.ts';
import { DomainError } from '../kernel/errors.ts';
import { SharedCounts } from './shared-counts.ts';

const WINDOW_SECONDS = 60;
const FAILURES = 600;

export class TooMany extends DomainError {
  readonly code = 'rate_limited';
  readonly kind = 'too_many';
}

/** So many calls a minute may fail to say who makes them, from one address (reliability.md, Security settings). */
@Injectable()
export class StrangerLimit {
  private readonly limiter: RateLimiterMemory;

  constructor(
    config: Config,
    private readonly shared: SharedCounts,
  ) {
    this.limiter = new RateLimiterMemory({ points: config.callsAMinute(FAILURES), duration: WINDOW_SECONDS });
  }

  /** One more call that did not say who makes it, or not truly. @throws TooMany */
  async failed(address: string): Promise<void> {
    const { consumedPoints, msBeforeNext } = await this.limiter.penalty(address);
    this.shared.add('strangers', this.limiter, address);
    if (consumedPoints <= this.limiter.points) return;
    throw new TooMany('Too many calls from this address had no good credentials; wait a moment.', {
      retry_after: Math.ceil(msBeforeNext / 1000),
    });
  }
}
