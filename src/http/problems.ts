import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sqlState } from '../database/sql-state.ts';
import { DomainError, InvalidFields, type ErrorKind, type FieldError } from '../kernel/errors.ts';
import { TooLate } from './deadline.ts';

const STATUS: Record<ErrorKind, number> = {
  malformed: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unsupported: 415,
  invalid: 422,
  refused: 422,
  too_many: 429,
  unavailable: 503,
};

const RETRY_AFTER_SECONDS = 1;

/** RFC 9457, as api.md shapes it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  request_id: string;
  [fact: string]: unknown;
}

/** What a problem tells of the request that met it. */
export interface ProblemContext {
  path: string;
  requestId: string;
}

interface Plain {
  status: number;
  code: string;
  detail: string;
  facts?: Readonly<Record<string, unknown>>;
}

/** A code in words. */
export const titleOf = (code: string): string => {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The problem that answers a domain error. */
export function problemOf(error: DomainError, context: ProblemContext): Problem {
  const facts = error instanceof InvalidFields ? { errors: error.errors } : error.facts;
  return build({ status: STATUS[error.kind], code: error.code, detail: error.message, facts }, context);
}

function build({ status, code, detail, facts = {} }: Plain, { path, requestId }: ProblemContext): Problem {
  const own = {
    type: `/problems/${code}`,
    title: titleOf(code),
    status,
    detail,
    instance: path,
    code,
    request_id: requestId,
  };
  return { ...facts, ...own };
}

/** The framework's own refusals, by status. */
const FRAMEWORK: Readonly<Record<number, Omit<Plain, 'status'>>> = {
  400: { code: 'bad_request', detail: 'The request could not be read.' },
  404: { code: 'not_found', detail: 'There is nothing here. /docs lists every call.' },
  405: { code: 'method_not_allowed', detail: 'This address does not take that method.' },
  406: { code: 'not_acceptable', detail: 'There is no answer in a form that the Accept header names.' },
  408: { code: 'request_timeout', detail: 'The request was not sent to its end in time.' },
  413: { code: 'body_too_large', detail: 'The body is larger than this call takes.' },
  414: { code: 'uri_too_long', detail: 'The address is too long.' },
  415: { code: 'unsupported_media_type', detail: 'Send JSON with `Content-Type: application/json`.' },
  431: { code: 'headers_too_large', detail: 'The address and the headers are larger than 16 KiB together.' },
};

const refused = (status: number): Plain => ({
  status,
  ...(FRAMEWORK[status] ?? { code: 'bad_request', detail: 'The request was refused.' }),
});

/** The problem of what HTTP itself refuses. */
export const refusalOf = (status: number, context: ProblemContext): Problem => build(refused(status), context);

/**
 * 25006: it takes reads alone for now, as a standby does, or a database whose disk is full. 28 and 3D000: it does not let
 * us in, as while its password is changed or a backup is restored.
 */
const OVERLOADED = /^(25006|25P03|28\w{3}|3D000|40\w{3}|53\d{3}|57P0[1-3]|57014|55P03|08\w{3})$/;
/** What the database itself refuses of a request that the fields let pass: a product of its numbers, a text in the address. */
const UNSTORABLE: Readonly<Record<string, { code: string; detail: string }>> = {
  '22003': { code: 'too_large', detail: 'An amount comes to more than can be booked.' },
  '22021': { code: 'format', detail: 'A text holds a character that cannot be stored.' },
  '22P05': { code: 'format', detail: 'A text holds a character that cannot be stored.' },
};

/** What the database refused of what it was given; null: it was something else. */
export function unstorableOf(error: unknown): FieldError | null {
  const found = UNSTORABLE[sqlState(error)];
  return found === undefined ? null : { pointer: '', ...found };
}

function plainOf(error: unknown): Plain | null {
  const state = sqlState(error);
  if (error instanceof TooLate || OVERLOADED.test(state)) {
    return {
      status: 503,
      code: 'unavailable',
      detail: 'The service is busy or its database is away; try again shortly.',
    };
  }
  const unstorable = unstorableOf(error);
  if (unstorable !== null)
    return { status: 422, code: 'validation_failed', detail: unstorable.detail, facts: { errors: [unstorable] } };
  const status =
    error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status !== 'number' || status >= 500) return null;
  return refused(status);
}

/** Turns everything thrown into a problem. What is no domain error and no framework refusal is a bug: 500, logged. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also answers what Fastify refuses before Nest sees it. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const context = { path: request.url.split('?')[0] ?? request.url, requestId: request.id };
    const problem = this.problem(error, context, request.routeOptions.url);
    if (problem.status === 401) reply.header('WWW-Authenticate', 'Bearer');
    const pause = problem['retry_after'] ?? (problem.status === 503 ? RETRY_AFTER_SECONDS : undefined);
    if (typeof pause === 'number') reply.header('Retry-After', String(pause));
    void reply.status(problem.status).header('Content-Type', 'application/problem+json').send(JSON.stringify(problem));
  }

  /** @param route its pattern: the path may hold a token, or a buyer's tracking number */
  private problem(error: unknown, context: ProblemContext, route: string | undefined): Problem {
    if (error instanceof DomainError) return problemOf(error, context);
    const plain = plainOf(error);
    if (plain === null || plain.status >= 500) {
      this.log.error({
        msg: 'request failed',
        request_id: context.requestId,
        route,
        err: describe(error),
      });
    }
    return build(
      plain ?? { status: 500, code: 'internal_error', detail: 'Something broke here; it has been logged.' },
      context,
    );
  }
}

/** A bug's stack; of a database error not the parameters, which may be personal. */
function describe(error: unknown): { message: string; stack?: string | undefined; state?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  return { message: error.message, stack: error.stack, state: sqlState(error) };
}
