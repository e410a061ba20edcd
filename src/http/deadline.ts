import type { RouteOptions } from 'fastify';
import { configureRoute } from './route-config.ts';

/** Nothing hangs: what is not answered by then is answered 503 (reliability.md, Promises). */
const ANSWER_MS = 5_500;
/** Jumps of the clock, files, look-ups of the whole house, calls to payment providers and carriers. */
const LONG_MS = 600_000;

/** What a route says of its own time. */
export interface TimeConfig {
  takesTime?: boolean;
}

/** The route may take minutes: its work is long, or done by somebody outside. */
export const TakesTime = () => configureRoute({ takesTime: true } satisfies TimeConfig);

/** For Fastify's onRoute: how long the route's answer may take. */
export function limitTime(route: RouteOptions): void {
  const { takesTime = false } = (route.config ?? {}) as TimeConfig;
  route.handlerTimeout = takesTime ? LONG_MS : ANSWER_MS;
}
