import type { FastifyReply, FastifyRequest } from 'fastify';
import { configureRoute } from './route-config.ts';

/** Nothing hangs: what is not answered by then is answered 503 (reliability.md, Promises). */
const ANSWER_MS = 5_500;
/** Jumps of the clock, files, look-ups of the whole house, calls to payment providers and carriers. */
export const LONG_MS = 600_000;

/** What a route says of its own time. */
export interface TimeConfig {
  takesTime?: boolean;
}

/** The request's time was over before its answer came. */
export class TooLate extends Error {
  constructor() {
    super('The answer did not come in time.');
  }
}

/** The route may take minutes: its work is long, or done by somebody outside. */
export const TakesTime = () => configureRoute({ takesTime: true } satisfies TimeConfig);

/**
 * For Fastify's onRequest: how long the answer may take. Its own handlerTimeout ends with the request's body, which is
 * read long before.
 */
export function limitTime(request: FastifyRequest, reply: FastifyReply, answerMs = ANSWER_MS): void {
  const { takesTime = false } = request.routeOptions.config as TimeConfig;
  const timer = setTimeout(
    () => {
      // a body that still drips would keep its connection for as long as its sender likes
      if (!request.raw.complete) void reply.header('Connection', 'close');
      if (reply.raw.headersSent) reply.raw.destroy();
      else if (!reply.sent) void reply.send(new TooLate());
    },
    takesTime ? LONG_MS : answerMs,
  ).unref();
  reply.raw.once('close', () => {
    clearTimeout(timer);
  });
}
