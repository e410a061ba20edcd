import { isUtf8 } from 'node:buffer';
import multipart from '@fastify/multipart';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import helmet from 'helmet';
import { IncomingMessage, ServerResponse, type OutgoingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import type { Logger } from 'pino';
import { v7 } from 'uuid';
import { DomainError, NotFound } from '../kernel/errors.ts';
import type { KnownRequest } from './actor.ts';
import { limitTime, LONG_MS } from './deadline.ts';
import type { Metrics } from './metrics.ts';
import { ProblemFilter } from './problems.ts';
import type { BodyConfig } from './raw.ts';
import type { Readiness } from './readiness.ts';
import { refuseUnreadable } from './unreadable.ts';

const DEFAULT_BODY_BYTES = 100 * 1024;
const LARGEST_BODY_BYTES = 5 * 1024 * 1024;
const SEND_JSON = 'Send JSON with `Content-Type: application/json`.';
const REQUEST_ID = /^[\x21-\x7e]{1,100}$/;

class MalformedJson extends DomainError {
  readonly code = 'malformed_json';
  readonly kind = 'malformed';
}

/** Whoever was connected hears it, and asks the next process or the next one in this place. */
class Stopping extends DomainError {
  readonly code = 'unavailable';
  readonly kind = 'unavailable';
}

class BodyTooLarge extends DomainError {
  readonly code = 'body_too_large';
  readonly kind = 'too_large';
}

export class UnsupportedMedia extends DomainError {
  readonly code = 'unsupported_media_type';
  readonly kind = 'unsupported';
}

/** Fastify as we run it: bodies by the route's own rule, a request id in and out, headers that give nothing away. */
export function makeAdapter(trustedProxies: string | null): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: LARGEST_BODY_BYTES,
    requestTimeout: LONG_MS, // also of one that was answered before it was sent to its end
    trustProxy: trustedProxies ?? false,
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: 'idle',
    return503OnClosing: false, // Fastify's own answer is no problem document and says nothing of when to come again
    clientErrorHandler: refuseUnreadable,
    // an address that cannot be read leads nowhere, as one that is unknown does
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      mark(request, reply);
      new ProblemFilter().answer(new NotFound('address'), request, reply);
    },
    genReqId: (request: IncomingMessage) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : v7();
    },
  });
  return adapter;
}

/** Parsers, headers, the request log and its figures; before the routes are made. */
export async function equip(
  fastify: FastifyInstance,
  logger: Logger,
  { metrics, readiness }: { metrics: Metrics; readiness: Readiness },
): Promise<void> {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, parse(request, body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  await fastify.register(multipart);
  const guards = guardingHeaders();
  let isClosing = false;
  fastify.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  fastify.addHook('onRequest', (request, reply, next) => {
    void reply.headers(guards);
    mark(request, reply);
    limitTime(request, reply);
    if (!readiness.isReady) void reply.header('Connection', 'close'); // the next request finds another process
    if (isClosing) {
      next(new Stopping('The service is stopping; ask again.'));
      return;
    }
    next(packed(request) ?? tooLarge(request) ?? strangeForm(request));
  });
  fastify.addHook('onResponse', (request: KnownRequest, reply, next) => {
    metrics.count(request, reply);
    const { actor } = request;
    logger.info({
      msg: 'request',
      request_id: request.id,
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      merchant: actor?.kind === 'merchant' ? actor.merchantId : undefined,
      user: actor?.kind === 'staff' ? actor.userId : undefined,
    });
    next();
  });
}

/** What helmet says to browsers: the same in every answer, so it is put together once. */
function guardingHeaders(): OutgoingHttpHeaders {
  const answer = new ServerResponse(new IncomingMessage(new Socket()));
  const directives = {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    upgradeInsecureRequests: null,
  };
  helmet({ contentSecurityPolicy: { directives } })(answer.req, answer, () => undefined);
  return answer.getHeaders();
}

const mark = (request: FastifyRequest, reply: FastifyReply): void =>
  void reply.header('X-Request-Id', request.id).header('Cache-Control', 'no-store');

const bodyRule = (request: FastifyRequest): BodyConfig => request.routeOptions.config as BodyConfig;

const limitOf = (request: FastifyRequest): number => bodyRule(request).bodyBytes ?? DEFAULT_BODY_BYTES;

/** Nobody unpacks what callers send: a few bytes could be gigabytes. */
function packed(request: FastifyRequest): Error | undefined {
  const { 'content-encoding': encoding = 'identity' } = request.headers;
  if (/^(identity)?$/i.test(encoding.trim())) return undefined;
  return new UnsupportedMedia('Send the body as it is, without `Content-Encoding`.');
}

/** Said before the body is read, where its length is announced. */
function tooLarge(request: FastifyRequest): Error | undefined {
  const announced = Number.parseInt(request.headers['content-length'] ?? '0', 10);
  const limit = limitOf(request);
  return announced > limit ? new BodyTooLarge(`The body has ${announced} bytes; this call takes ${limit}.`) : undefined;
}

/** A form is read by the routes that take one; for the others it is a body that they cannot read. */
function strangeForm(request: FastifyRequest): Error | undefined {
  const isForm = /^multipart\//i.test(request.headers['content-type'] ?? '');
  const { multipart: takesForms = false, rawBody = false, csv = false } = bodyRule(request);
  if (!isForm || takesForms || (rawBody && !csv)) return undefined;
  return new UnsupportedMedia(csv ? 'Send the file itself, with `Content-Type: text/csv`.' : SEND_JSON);
}

function parse(request: FastifyRequest, body: Buffer): unknown {
  const limit = limitOf(request);
  if (body.length > limit) throw new BodyTooLarge(`The body is larger than the ${limit} bytes that this call takes.`);
  if (bodyRule(request).rawBody === true) return body;
  if (body.length === 0 || request.is404) return undefined; // who knows what an address that leads nowhere takes
  if (bodyRule(request).multipart === true) return undefined; // refused by what reads the form, once it is known who asks
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/([a-z.+-]+\+)?json\b/i.test(type)) throw new UnsupportedMedia(SEND_JSON);
  if (!isUtf8(body)) throw new MalformedJson('The body is not UTF-8.');
  try {
    return JSON.parse(body.toString('utf8'), withoutPrototype);
  } catch (error) {
    if (error instanceof RangeError) throw new MalformedJson('The body is nested too deeply to be read.');
    throw new MalformedJson(`The body is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
}

/** `__proto__` in a body is data that nobody sends by accident: it is left out of what the code sees. */
function withoutPrototype(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}
