import createClient, { type Client } from 'openapi-fetch';
import { Webhook } from 'standardwebhooks';

export interface WaybillOptions {
  /** Where the service is: https://api.waybill.example */
  baseUrl: string;
  /** An API key (`wb_live_…`, `wb_test_…`) or a session's token. */
  key: string;
  /** Tries after the first one; 4 where nothing is said. */
  retries?: number;
  /** All that one try may take, in ms; 30,000 where nothing is said. */
  timeoutMs?: number;
  /** Another fetch than the platform's. */
  fetch?: (request: Request) => Promise<Response>;
}

/** RFC 9457, as every refusal of the service comes. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  /** A sentence for people. */
  detail: string;
  /** Stable; a page under /problems/{code} says what to do. */
  code: string;
  request_id: string;
  errors?: { pointer: string; code: string; detail: string }[];
}

/** The service refused, or could not be reached however often it was tried. */
export class WaybillError extends Error {
  constructor(
    /** 0: no answer came. */
    readonly status: number,
    readonly code: string,
    readonly problem: Problem | null,
    message: string,
  ) {
    super(message);
    this.name = 'WaybillError';
  }
}

/** One page of a list. */
export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

const RETRIES = 4;
const TIMEOUT_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** Somebody else's turn, or nobody's: the same call may succeed a moment later. */
const PASSING = new Set([429, 500, 502, 503, 504]);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The typed client of openapi-fetch: `await ok(waybill.POST('/v1/orders', { body }))`. */
export function connectTo<Paths extends object>(options: WaybillOptions): Client<Paths> {
  return createClient<Paths>({ baseUrl: options.baseUrl.replace(/\/+$/, ''), fetch: patient(options) });
}

/**
 * A fetch that signs each call, gives each POST an idempotency key, and tries again what may pass: a lost connection,
 * 429, 503, a twin that is still running. The key stays the same, so a call that came through happens once.
 */
export function patient({ key, retries = RETRIES, timeoutMs = TIMEOUT_MS, fetch: send }: WaybillOptions) {
  return async (request: Request): Promise<Response> => {
    request.headers.set('Authorization', `Bearer ${key}`);
    if (request.method === 'POST' && !request.headers.has('Idempotency-Key')) {
      request.headers.set('Idempotency-Key', crypto.randomUUID());
    }
    for (let tries = 0; ; tries += 1) {
      const outcome = await once(request, timeoutMs, send);
      const isLast = tries >= retries;
      if (outcome instanceof Response) {
        if (isLast || !(await mayPass(outcome))) return outcome;
        await pause(waitFor(outcome, tries));
      } else {
        if (isLast) throw new WaybillError(0, 'unreachable', null, `No answer came: ${outcome.message}`);
        await pause(waitFor(null, tries));
      }
    }
  };
}

async function once(request: Request, timeoutMs: number, send: WaybillOptions['fetch']): Promise<Response | Error> {
  const attempt = new Request(request.clone(), { signal: AbortSignal.timeout(timeoutMs) });
  try {
    return await (send ?? fetch)(attempt);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function mayPass(answer: Response): Promise<boolean> {
  if (answer.status !== 409) return PASSING.has(answer.status);
  const { code } = (await answer.clone().json()) as { code?: unknown };
  return code === 'idempotency_key_in_use';
}

/** What the service asks for, else twice as long each time, spread so that many callers do not come back at once. */
function waitFor(answer: Response | null, tries: number): number {
  const asked = Number.parseInt(answer?.headers.get('Retry-After') ?? '', 10);
  if (Number.isFinite(asked)) return Math.min(asked * 1000, LONGEST_PAUSE_MS);
  return Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
}

/** The answer's data. @throws WaybillError with the problem, where the service refused */
export async function ok<T>(call: Promise<{ data?: T | undefined; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  const problem = isProblem(error) ? error : null;
  const said = problem?.detail ?? `The service answered ${response.status}.`;
  throw new WaybillError(response.status, problem?.code ?? 'unknown', problem, said);
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && typeof (value as Problem).code === 'string';

/**
 * Every item of a list, page by page, as far as it is read:
 * `for await (const order of each((cursor) => waybill.GET('/v1/orders', { params: { query: { cursor } } })))`.
 * @throws WaybillError
 */
export async function* each<T>(
  load: (cursor: string | undefined) => Promise<{ data?: Page<T> | undefined; error?: unknown; response: Response }>,
): AsyncGenerator<T, void> {
  let cursor: string | undefined;
  do {
    const page: Page<T> = await ok(load(cursor));
    yield* page.data;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

/** An event of the feed, or a webhook. */
export interface WaybillEvent {
  id: string;
  type: string;
  created_at: string;
  sequence: number;
  data: Record<string, unknown>;
}

/**
 * Every event of the merchant, oldest first, none missing and none twice; goes on for ever, asking the service to wait
 * for the next one. Keep what `remember` is told, and hand it back as `after` when you start again: that makes lost
 * webhooks harmless.
 * @throws WaybillError
 */
export async function* events(
  client: {
    GET: (path: '/v1/events', init: never) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
  },
  options: {
    after?: string | undefined;
    remember: (cursor: string) => unknown;
    waitSeconds?: number;
    signal?: AbortSignal;
  },
): AsyncGenerator<WaybillEvent, void> {
  const { remember, waitSeconds = 25, signal } = options;
  let { after } = options;
  while (signal?.aborted !== true) {
    const query = { ...(after === undefined ? {} : { after }), wait: waitSeconds };
    const page = (await ok(client.GET('/v1/events', { params: { query } } as never))) as Page<WaybillEvent>;
    for (const event of page.data) {
      yield event;
      after = event.id;
      await remember(after); // only now: what was not dealt with comes again
    }
  }
}

/**
 * A webhook, proven to be the service's (Standard Webhooks).
 * @param secret `whsec_…`, as the endpoint's creation showed it
 * @param body the bytes as they came, not parsed and written again
 * @throws WaybillError the signature does not fit, or the webhook is older than five minutes
 */
export function verifyWebhook(
  secret: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string | Uint8Array,
): WaybillEvent {
  const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
  try {
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
    return new Webhook(secret).verify(text, plain) as WaybillEvent;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new WaybillError(0, 'invalid_signature', null, `This webhook is not proven: ${said}`);
  }
}
