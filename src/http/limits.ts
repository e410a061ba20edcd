import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Config } from '../config.ts';
import { actorOf, type Actor, type KnownRequest } from './actor.ts';
import { PlanLimits } from './plan-limits.ts';
import { SharedCounts } from './shared-counts.ts';
import { TooMany } from './stranger-limit.ts';

const WINDOW_SECONDS = 60;
const WRITES = 600;
const READS = 3_000;
const STAFF_TIMES = 10;

const PLACES_ORDERS = 'waybill:places-orders';

/** A call that the merchant's plan allows so many times a minute, whatever key it comes with. */
export const PlacesOrders = () => SetMetadata(PLACES_ORDERS, true);

const SMALL_LIMIT = 'waybill:small-limit';

const COURIERS_CALL = 'waybill:couriers-call';

/** Couriers and aggregators speak for all merchants from a few addresses, and drop what is refused: counted as staff. */
export const CouriersCall = () => SetMetadata(COURIERS_CALL, true);

const UNLIMITED = 'waybill:unlimited';

/** What watches the service asks it: others' calls from the same address (a proxy's) must not make it look dead. */
export const Unlimited = () => SetMetadata(UNLIMITED, true);

/** A call that is dear or delicate: a merchant, one of the staff, or an address makes it so many times a minute. */
export const AtMost = (perMinute: number, name: string) => SetMetadata(SMALL_LIMIT, { perMinute, name });

interface SmallLimit {
  perMinute: number;
  name: string;
}

/** What a call is counted as: for whom, by which limiter. */
interface Count {
  kind: string;
  /** Tells the limiters of a kind apart, alike in all processes. */
  shared: string;
  caller: string;
  limiter: RateLimiterMemory;
  /** Among all processes, at the price of a round trip; the others may lag a second. */
  isExact: boolean;
}

interface Taken {
  state: RateLimiterRes;
  refused: boolean;
}

const callerOf = (actor: Actor): string => {
  if (actor.kind === 'public') return `address:${actor.address}`;
  return actor.keyId ?? actor.userId ?? (actor.kind === 'merchant' ? actor.merchantId : '');
};

/**
 * So many writes and reads a minute for each key, session or address, and so many orders for each merchant by its plan
 * (api.md, Habits), with the headers that say so.
 */
@Injectable()
export class LimitGuard implements CanActivate {
  private readonly limiters: Readonly<
    Record<'writes' | 'reads', { merchant: RateLimiterMemory; staff: RateLimiterMemory }>
  >;
  /** By what plans allow: a few. */
  private readonly orders = new Map<number, RateLimiterMemory>();
  private readonly small = new Map<string, RateLimiterMemory>();

  constructor(
    private readonly config: Config,
    private readonly reflector: Reflector,
    private readonly plans: PlanLimits,
    private readonly sharedCounts: SharedCounts,
  ) {
    const pair = (points: number) => ({ merchant: this.limiter(points), staff: this.limiter(points * STAFF_TIMES) });
    this.limiters = { writes: pair(WRITES), reads: pair(READS) };
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.get<boolean | undefined>(UNLIMITED, context.getHandler()) === true) return true;
    const request = context.switchToHttp().getRequest<KnownRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const actor = actorOf(request);
    const isCourier = this.reflector.get<boolean | undefined>(COURIERS_CALL, context.getHandler()) === true;
    const counts = [this.ofCaller(request, actor, isCourier)];
    if (this.reflector.get<boolean | undefined>(PLACES_ORDERS, context.getHandler()) === true)
      counts.push(...(await this.ofPlan(actor)));
    counts.push(...this.ofCall(context, actor));
    const states: [Count, RateLimiterRes][] = [];
    for (const count of counts) {
      const { state, refused } = await this.take(count);
      states.push([count, state]);
      tell(reply, states);
      if (refused) throw tooMany(count, state);
    }
    return true;
  }

  private async take(count: Count): Promise<Taken> {
    const { shared, limiter, caller, isExact } = count;
    const taken = await consume(count);
    if (taken.refused) return taken;
    if (!isExact) {
      this.sharedCounts.add(shared, limiter, caller);
      return taken;
    }
    const rank = await this.sharedCounts.addNow(shared, limiter, caller);
    const state = (await limiter.get(caller)) ?? taken.state;
    return { state, refused: rank !== null && rank > limiter.points };
  }

  private ofCaller(request: KnownRequest, actor: Actor, isCourier: boolean): Count {
    const kind = request.method === 'GET' || request.method === 'HEAD' ? 'reads' : 'writes';
    const whose = actor.kind === 'staff' || isCourier ? 'staff' : 'merchant';
    return {
      kind,
      shared: `${kind} ${whose}`,
      caller: callerOf(actor),
      limiter: this.limiters[kind][whose],
      isExact: false,
    };
  }

  private async ofPlan(actor: Actor): Promise<Count[]> {
    if (actor.kind !== 'merchant') return [];
    const allowed = await this.plans.ordersPerMinute(actor.merchantId);
    const limiter = this.orders.get(allowed) ?? this.limiter(allowed);
    this.orders.set(allowed, limiter);
    return [{ kind: 'orders', shared: `orders ${allowed}`, caller: actor.merchantId, limiter, isExact: false }];
  }

  private ofCall(context: ExecutionContext, actor: Actor): Count[] {
    const rule = this.reflector.get<SmallLimit | undefined>(SMALL_LIMIT, context.getHandler());
    if (rule === undefined) return [];
    const { name, perMinute } = rule;
    const limiter = this.small.get(name) ?? this.limiter(perMinute);
    this.small.set(name, limiter);
    if (actor.kind === 'public')
      return [{ kind: name, shared: name, caller: callerOf(actor), limiter, isExact: false }];
    const caller = actor.kind === 'merchant' ? actor.merchantId : actor.userId;
    return [{ kind: name, shared: name, caller, limiter, isExact: true }];
  }

  private limiter(points: number): RateLimiterMemory {
    return new RateLimiterMemory({ points: this.config.callsAMinute(points), duration: WINDOW_SECONDS });
  }
}

async function consume({ limiter, caller }: Count): Promise<Taken> {
  try {
    return { state: await limiter.consume(caller), refused: false };
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    return { state: error, refused: true };
  }
}

function tooMany({ kind, limiter }: Count, state: RateLimiterRes): TooMany {
  const what = kind === 'orders' ? 'calls that place orders, as the plan allows,' : kind.replaceAll('-', ' ');
  const message = `More than ${limiter.points} ${what} in a minute; wait a moment.`;
  return new TooMany(message, { retry_after: Math.ceil(state.msBeforeNext / 1000) });
}

function tell(reply: FastifyReply, states: readonly (readonly [Count, RateLimiterRes])[]): void {
  const policies = states.map(([{ kind, limiter }]) => `"${kind}";q=${limiter.points};w=${limiter.duration}`);
  const left = states.map(([{ kind }, { remainingPoints, msBeforeNext }]) => {
    return `"${kind}";r=${Math.max(0, remainingPoints)};t=${Math.ceil(msBeforeNext / 1000)}`;
  });
  void reply.header('RateLimit-Policy', policies.join(', '));
  void reply.header('RateLimit', left.join(', '));
}
