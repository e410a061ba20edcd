import { setTimeout as sleep } from 'node:timers/promises';
import type * as Undici from 'undici';
import { Breaker } from '../../kernel/breaker.ts';
import { later } from '../../kernel/later.ts';
import { LabelOutcomeUnknown, LabelProviderUnavailable, LabelRefused } from '../fulfilment.errors.ts';
import { readShipment, type EasyPostShipment } from './easypost.translate.ts';

export interface EasyPostSettings {
  /** `https://api.easypost.com`, with or without `/v2`. */
  baseUrl: string;
  apiKey: string;
  /** Of one call, milliseconds. */
  timeoutMs?: number;
  /** The first pause between two tries, milliseconds; each further one doubles, with full jitter. */
  pauseMs?: number;
}

/** What came back, or that nothing certain did. */
type Reply = { kind: 'answer'; status: number; body: unknown } | { kind: 'unknown'; why: string };

const undici = later((from) => from('undici') as typeof Undici);

const ATTEMPTS = 3;
/** At most so many calls at once. Source: reliability.md, Outside calls. */
const IN_FLIGHT = 4;
/** Codes that say nothing certain about whether postage was bought: the shipment is asked. */
const UNCERTAIN = new Set([
  'SHIPMENT.POSTAGE.EXISTS',
  'SHIPMENT.POSTAGE.TIMED_OUT',
  'SHIPMENT.POSTAGE.NO_RESPONSE',
  'SHIPMENT.PURCHASE.IN_PROGRESS',
]);

/**
 * EasyPost's shipments. Making one costs nothing and may be tried again; buying its postage costs money, so an
 * uncertain answer is asked about (the shipment says whether it has a label) before it is sent again.
 */
export class EasyPost {
  private readonly agent: Undici.Agent;
  private readonly breaker = new Breaker(
    () => new LabelProviderUnavailable('EasyPost', 'it failed several times in a row and is left alone for a while'),
  );
  private readonly root: string;
  private readonly authorization: string;

  constructor(private readonly settings: EasyPostSettings) {
    const { Agent } = undici();
    this.agent = new Agent({ connections: IN_FLIGHT, pipelining: 1 });
    this.root = `${settings.baseUrl.replace(/\/+$/, '').replace(/\/v2$/, '')}/v2`;
    this.authorization = `Basic ${Buffer.from(`${settings.apiKey}:`).toString('base64')}`;
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  /**
   * Makes a shipment and has it rated.
   * @param shipment EasyPost's own shape, see easypost.translate.ts
   * @throws LabelRefused EasyPost says what is wrong with it
   * @throws LabelProviderUnavailable no answer after three tries
   */
  async create(shipment: object): Promise<EasyPostShipment> {
    return this.certain(() => this.call('POST', '/shipments', { shipment }));
  }

  /** @throws LabelRefused, LabelProviderUnavailable as create */
  async retrieve(id: string): Promise<EasyPostShipment> {
    return this.certain(() => this.call('GET', `/shipments/${encodeURIComponent(id)}`));
  }

  /**
   * Buys the postage, once, whatever happens on the way.
   * @throws LabelRefused EasyPost says that nothing was bought and why
   * @throws LabelOutcomeUnknown neither the purchase nor the question about it was answered
   */
  async buy(id: string, rateId: string): Promise<EasyPostShipment> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const reply = await this.call('POST', `/shipments/${encodeURIComponent(id)}/buy`, { rate: { id: rateId } });
      if (reply.kind === 'answer' && !isUncertain(reply)) return outcome(reply);
      const asked = await this.ask(id);
      if (asked.trackingCode !== null) return asked;
      await this.pause(attempt);
    }
    throw new LabelOutcomeUnknown('EasyPost', id);
  }

  private async ask(id: string): Promise<EasyPostShipment> {
    try {
      return await this.retrieve(id);
    } catch (error) {
      if (error instanceof LabelProviderUnavailable) throw new LabelOutcomeUnknown('EasyPost', id);
      throw error;
    }
  }

  /** Tries what is safe to try again until there is a certain answer. */
  private async certain(call: () => Promise<Reply>): Promise<EasyPostShipment> {
    let why = '';
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const reply = await call();
      if (reply.kind === 'answer' && !isUncertain(reply)) return outcome(reply);
      why = reply.kind === 'unknown' ? reply.why : `it answered ${reply.status}`;
      if (attempt < ATTEMPTS) await this.pause(attempt);
    }
    throw new LabelProviderUnavailable('EasyPost', why);
  }

  private async call(method: 'GET' | 'POST', path: string, body?: object): Promise<Reply> {
    this.breaker.check();
    const reply = await this.send(method, path, body);
    this.breaker.saw(reply.kind === 'answer' && reply.status < 500);
    return reply;
  }

  private async send(method: 'GET' | 'POST', path: string, body?: object): Promise<Reply> {
    try {
      const { statusCode, body: answer } = await undici().request(this.root + path, {
        method,
        dispatcher: this.agent,
        headers: { authorization: this.authorization, 'content-type': 'application/json', accept: 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(this.settings.timeoutMs ?? 10_000),
      });
      return { kind: 'answer', status: statusCode, body: await answer.json() };
    } catch (error) {
      // refused, reset, timed out, or not JSON: whether it was carried out is not known
      return { kind: 'unknown', why: error instanceof Error ? error.message : 'it did not answer' };
    }
  }

  private pause(attempt: number): Promise<unknown> {
    const longest = (this.settings.pauseMs ?? 300) * 2 ** (attempt - 1);
    return sleep(Math.random() * longest);
  }
}

function errorOf(body: unknown): { code: string; message: string } {
  const error = (body as { error?: { code?: unknown; message?: unknown } } | null)?.error;
  const code = typeof error?.code === 'string' ? error.code : 'UNKNOWN';
  return { code, message: typeof error?.message === 'string' ? error.message : 'no reason was given' };
}

/** Nothing certain: the server is ill or busy, the code says so, or a success holds no shipment. */
function isUncertain({ status, body }: { status: number; body: unknown }): boolean {
  if (status < 400) return typeof (body as { id?: unknown } | null)?.id !== 'string';
  return status >= 500 || status === 408 || status === 429 || UNCERTAIN.has(errorOf(body).code);
}

function outcome({ status, body }: { status: number; body: unknown }): EasyPostShipment {
  if (status === 401 || status === 403) throw new LabelProviderUnavailable('EasyPost', 'it does not accept the key');
  if (status >= 400) throw new LabelRefused('EasyPost', errorOf(body));
  return readShipment(body);
}
