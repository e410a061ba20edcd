import { setTimeout as pause } from 'node:timers/promises';

/** Something that a client wants done, under one key for ever. */
export interface Wish {
  kind: string;
  key: string;
  path: string;
  token: string;
  body: unknown;
}

export interface Answer {
  /** 0: none came, or half of one. */
  status: number;
  text: string;
  ms: number;
  retryAfter: string | null;
}

/** A wish with the answer that settled it; null: none did, and the client has given it up. */
export interface Entry {
  wish: Wish;
  answer: Answer | null;
}

export interface AskingOptions {
  /** Where to ask, of several the next one at each try. */
  bases: () => readonly string[];
  /** Tries that a wish has; then it is given up. Left out: it is asked until it is settled. */
  tries?: number;
  /** Between two tries. */
  pauseMs?: number;
  /** Kinds of wishes whose answers may take long: somebody outside may have a part in them. */
  patientWith?: readonly string[];
  /** An answer that takes longer is none. */
  patienceMs?: number;
}

const PAUSE_MS = 150;
const PATIENCE_MS = 30_000;
const LONGEST_MS = 300_000;
/** Of an answer: a problem with the request's id at its end. */
const SHOWN = 500;
/** A 409 that only says that the first request with the key still runs. */
const IN_USE = 'idempotency_key_in_use';

/** The client's side: asks, asks again under the same key, and writes down what was answered. */
export class Asking {
  readonly log: Entry[] = [];
  /** Every answer that came, by status; 0: none. */
  readonly statuses = new Map<number, number>();
  /** What no answer should be: a 500, another answer for the same key. */
  readonly faults: string[] = [];
  slowestMs = 0;
  private turn = 0;

  constructor(private readonly options: AskingOptions) {}

  /** @returns the answer that settles it, null where it was given up; both are written down */
  async ask(wish: Wish, tries = this.options.tries ?? Infinity): Promise<Answer | null> {
    const answer = await this.settle(wish, tries);
    this.log.push({ wish, answer });
    return answer;
  }

  /** Asks until an answer settles it. @returns null where there was none */
  async settle(wish: Wish, tries = Infinity): Promise<Answer | null> {
    const { pauseMs = PAUSE_MS } = this.options;
    const began = performance.now();
    const first = (this.turn += 1);
    let answer: Answer | null = null;
    for (let n = 0; n < tries && answer === null; n += 1) {
      if (n > 0) await pause(pauseMs);
      const heard = await this.send(wish, first + n);
      if (isFinal(heard)) answer = heard;
      else if (performance.now() - began > LONGEST_MS)
        throw new Error(
          `${wish.path} is not settled after ${n + 1} tries: ${heard.status} ${heard.text.slice(0, 300)}`,
        );
    }
    return answer;
  }

  /** Asks what is settled once more: the answer must be the same. */
  async askAgain({ wish, answer }: Entry): Promise<void> {
    const heard = await this.send(wish);
    if (answer === null || !isFinal(heard) || heard.text === answer.text) return;
    this.faults.push(
      `${wish.kind} ${wish.key}: first ${answer.status} ${answer.text.slice(0, 200)}, then ${heard.status} ${heard.text.slice(0, 200)}`,
    );
  }

  /** One try. @param turn whose it is to answer */
  async send({ path, token, body, key, kind }: Wish, turn = (this.turn += 1)): Promise<Answer> {
    const bases = this.options.bases();
    const base = bases[turn % bases.length] ?? '';
    const began = performance.now();
    const ended = (status: number, text: string, retryAfter: string | null): Answer => {
      const ms = performance.now() - began;
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      if (this.options.patientWith?.includes(kind) !== true) this.slowestMs = Math.max(this.slowestMs, ms);
      if (status === 503 && retryAfter === null)
        this.faults.push(`${kind}: a 503 without Retry-After: ${text.slice(0, 300)}`);
      if (status >= 500 && status !== 503) this.faults.push(`${kind}: ${status} ${text.slice(0, SHOWN)}`);
      return { status, text, ms, retryAfter };
    };
    try {
      const answer = await fetch(base + path, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Idempotency-Key': key, 'Content-Type': 'application/json' },
        signal: AbortSignal.timeout(this.options.patienceMs ?? PATIENCE_MS),
        body: JSON.stringify(body),
      });
      return ended(answer.status, await answer.text(), answer.headers.get('retry-after'));
    } catch (error) {
      if (!isNoAnswer(error)) throw error;
      return ended(0, String(error), null);
    }
  }
}

/** It says what came of the wish, once and for all. */
export function isFinal({ status, text }: Answer): boolean {
  return status > 0 && status < 500 && status !== 429 && !(status === 409 && text.includes(IN_USE));
}

/** fetch's words for a connection that was refused, lost or too slow. */
function isNoAnswer(error: unknown): boolean {
  return ['TypeError', 'TimeoutError', 'AbortError', 'SyntaxError'].includes((error as Error).name);
}

/** `201 x 1,203, 503 x 17`: statuses as they came, 0 for none. */
export function statusesOf({ statuses }: Asking): string {
  return [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status === 0 ? 'no answer' : status} x ${count}`)
    .join(', ');
}
