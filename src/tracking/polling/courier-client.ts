import type * as Undici from 'undici';
import { realNow } from '../../kernel/clock.ts';
import { later } from '../../kernel/later.ts';
import type { PollCourier, PollRequest } from './poll-couriers.ts';

/** What came of asking a courier. */
export type Polled =
  | { kind: 'answer'; body: Buffer; contentType: string | null }
  /** The courier does not know the number, yet or any more. */
  | { kind: 'unknown' }
  /** Asked too often. @property pauseMs as the courier says, null where it does not */
  | { kind: 'busy'; pauseMs: number | null }
  | { kind: 'failed'; why: string };

interface Token {
  text: string;
  endsAt: number;
}

interface Reply {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

const undici = later((from) => from('undici') as typeof Undici);

const TIMEOUT_MS = 15_000;
const IN_FLIGHT = 4;
const MAX_BYTES = 1024 * 1024;
/** A token is got anew so long before it ends. */
const TOKEN_MARGIN_MS = 60_000;
const TOKEN_DEFAULT_SECONDS = 1_800;

class TooLarge extends Error {}

/** Asks one courier's interface: credential or token, time-outs, one answer of a megabyte at the most. Never throws. */
export class CourierClient {
  private readonly agent: Undici.Agent;
  private token: Token | null = null;

  constructor(
    private readonly courier: PollCourier,
    private readonly settings: { key: string; baseUrl: string | null; timeoutMs?: number },
  ) {
    const { Agent } = undici();
    this.agent = new Agent({ connections: IN_FLIGHT, pipelining: 1 });
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  async ask(number: string): Promise<Polled> {
    try {
      const reply = await this.asked(number);
      return outcome(reply.status === 401 && (await this.renewed()) ? await this.asked(number) : reply);
    } catch (error) {
      // refused, cut, timed out, too large, or no token: the next look tries again
      return { kind: 'failed', why: error instanceof Error ? error.message : 'it did not answer' };
    }
  }

  private async asked(number: string): Promise<Reply> {
    return this.send(this.courier.ask(number, await this.credential()));
  }

  private async credential(): Promise<string> {
    const { token } = this.courier;
    if (token === undefined) return this.settings.key;
    if (this.token === null || this.token.endsAt <= realNow().getTime()) this.token = await this.fetchToken();
    return this.token.text;
  }

  /** A token may be taken back before its time. @returns whether there is one to be had anew */
  private async renewed(): Promise<boolean> {
    if (this.courier.token === undefined) return false;
    this.token = await this.fetchToken();
    return true;
  }

  private async fetchToken(): Promise<Token> {
    const asked = this.courier.token?.(this.settings.key);
    if (asked === undefined) throw new Error('The courier has no tokens.');
    const reply = await this.send({ method: 'POST', ...asked });
    const found = reply.status === 200 ? (JSON.parse(reply.body.toString('utf8')) as Record<string, unknown>) : {};
    const text = found['access_token'];
    if (typeof text !== 'string') throw new Error(`No token was given: ${reply.status}.`);
    const said = found['expires_in'];
    const seconds = typeof said === 'number' || typeof said === 'string' ? Number.parseInt(String(said), 10) : NaN;
    const lifeMs = (Number.isNaN(seconds) ? TOKEN_DEFAULT_SECONDS : seconds) * 1000;
    return { text, endsAt: realNow().getTime() + lifeMs - TOKEN_MARGIN_MS };
  }

  private async send({ method, path, headers, body }: PollRequest): Promise<Reply> {
    const root = (this.settings.baseUrl ?? this.courier.baseUrl).replace(/\/+$/, '');
    const answer = await undici().request(root + path, {
      ...{ method, headers, dispatcher: this.agent, body: body ?? null },
      signal: AbortSignal.timeout(this.settings.timeoutMs ?? TIMEOUT_MS),
    });
    return { status: answer.statusCode, headers: answer.headers, body: await whole(answer.body) };
  }
}

async function whole(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new TooLarge('The answer is larger than a megabyte.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function outcome({ status, headers, body }: Reply): Polled {
  if (status === 404) return { kind: 'unknown' };
  if (status === 429 || status === 503) return { kind: 'busy', pauseMs: pauseOf(headers['retry-after']) };
  if (status !== 200) return { kind: 'failed', why: `it answered ${status}` };
  const type = headers['content-type'];
  return { kind: 'answer', body, contentType: typeof type === 'string' ? type : null };
}

/** Seconds; a date is rare enough to be left to our own pause. */
function pauseOf(retryAfter: string | string[] | undefined): number | null {
  return typeof retryAfter === 'string' && /^\d{1,6}$/.test(retryAfter) ? Number.parseInt(retryAfter, 10) * 1000 : null;
}
