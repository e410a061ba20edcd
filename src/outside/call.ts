import type { LookupFunction } from 'node:net';
import type { Client, Dispatcher } from 'undici';
import { realNow } from '../kernel/clock.ts';
import { later } from '../kernel/later.ts';
import { retryAfterMs } from './retry-after.ts';
import { NoTarget, type Target } from './targets.ts';

const undici = later((from) => from('undici') as { Client: typeof Client });

const CONNECT_MS = 5_000;
/** Of the answer's body so much is kept, and so long waited for, where nothing else is said. */
const BODY_KEPT_BYTES = 1_024;
const BODY_MS = 1_000;
const HEADERS_BYTES = 16_384;
const HEADERS_KEPT = 4_000;

/** What came of one try. */
export type CallOutcome =
  | { kind: 'answer'; status: number; /** What Retry-After asks, from now. */ retryAfterMs: number | null }
  | { kind: 'failure'; error: string };

export interface Called {
  outcome: CallOutcome;
  responseHeaders: string | null;
  responseBody: string | null;
}

/** undici's and Node's names of what went wrong -> words for the merchant. */
const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_reset',
  EPIPE: 'connection_reset',
  UND_ERR_SOCKET: 'connection_reset',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'connect_timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  UND_ERR_HEADERS_TIMEOUT: 'answer_timeout',
  UND_ERR_BODY_TIMEOUT: 'answer_timeout',
  UND_ERR_HEADERS_OVERFLOW: 'answer_unreadable',
  UND_ERR_ABORTED: 'timeout',
};

/** One request to a party outside. */
export interface OutsideCall {
  /** POST where nothing is said. */
  method?: 'GET' | 'POST' | 'PUT';
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** For everything, from connecting to the answer's heads. */
  timeoutMs: number;
  /** How much of the answer's body is wanted. */
  keptBytes?: number;
}

/**
 * One request on a connection of its own, to the addresses that were checked, with no redirect followed. Never throws
 * for what a receiver does.
 */
export async function call({ url, addresses }: Target, request: OutsideCall): Promise<Called> {
  const { method = 'POST', headers, body, timeoutMs, keptBytes = BODY_KEPT_BYTES } = request;
  const lookup: LookupFunction = (_, options, done) => {
    const [first] = addresses;
    if (options.all === true) done(null, addresses);
    else if (first === undefined) done(new Error('No address.'), '', 4);
    else done(null, first.address, first.family);
  };
  const { Client } = undici();
  const client = new Client(url.origin, {
    connect: { lookup, timeout: Math.min(CONNECT_MS, timeoutMs) },
    headersTimeout: timeoutMs,
    maxHeaderSize: HEADERS_BYTES,
  });
  try {
    const answer = await client.request({
      ...{ method, path: `${url.pathname}${url.search}`, headers },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return await read(answer, keptBytes);
  } catch (error) {
    return { outcome: { kind: 'failure', error: failureOf(error) }, responseHeaders: null, responseBody: null };
  } finally {
    void client.destroy().catch(() => undefined); // closed already: what counts is known
  }
}

async function read({ statusCode, headers, body }: Dispatcher.ResponseData, keptBytes: number): Promise<Called> {
  const asked = headers['retry-after'];
  const pause = retryAfterMs(typeof asked === 'string' ? asked : undefined, realNow().getTime());
  return {
    outcome: { kind: 'answer', status: statusCode, retryAfterMs: pause },
    responseHeaders: headersText(headers),
    responseBody: await beginningOf(body, keptBytes),
  };
}

/** The first bytes of a body, however slowly it comes and however it ends. */
async function beginningOf(body: Dispatcher.ResponseData['body'], keptBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const limit = setTimeout(() => {
    body.destroy();
  }, BODY_MS);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= keptBytes) break;
    }
  } catch {
    // cut off: what came is shown
  } finally {
    clearTimeout(limit);
  }
  return storable(Buffer.concat(chunks).subarray(0, keptBytes).toString('utf8'));
}

function headersText(headers: Dispatcher.ResponseData['headers']): string {
  const kept: Record<string, string> = {};
  let length = 0;
  for (const [name, value] of Object.entries(headers)) {
    const text = storable(Array.isArray(value) ? value.join(', ') : (value ?? ''));
    length += name.length + text.length;
    if (length > HEADERS_KEPT) break;
    if (name !== 'set-cookie') kept[name] = text;
  }
  return JSON.stringify(kept);
}

/** PostgreSQL's text holds no U+0000. */
const storable = (text: string): string => text.replaceAll('\u0000', '\ufffd');

function failureOf(error: unknown): string {
  if (error instanceof NoTarget) return error.reason;
  const { name, code } = error as { name?: unknown; code?: unknown };
  if (name === 'TimeoutError') return 'timeout';
  if (typeof code !== 'string') return 'failed';
  if (/^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_SSL)/.test(code)) return 'tls';
  if (code.startsWith('HPE_')) return 'answer_unreadable';
  return FAILURES[code] ?? 'failed';
}
