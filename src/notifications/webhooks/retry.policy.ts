const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Webhooks are retried for 3 days (api.md, Webhooks out). */
export const RETRIED_FOR_MS = 72 * HOUR_MS;

/** Pauses between tries; the last one goes on until the 3 days are over. */
const PAUSES_MS = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
  6 * HOUR_MS,
  8 * HOUR_MS,
  10 * HOUR_MS,
  12 * HOUR_MS,
] as const;

/** What a receiver asks us to wait is heeded up to a day. */
const LONGEST_ASKED_MS = 24 * HOUR_MS;

/** After so many failed tries an event does not hold up the later ones of its order any more. */
const HOLDING_TRIES = 3;

/** So many failures in a row, of whatever events, open the breaker. */
const FAILURES_TO_OPEN = 5;
const SHORTEST_OPEN_MS = 30 * SECOND_MS;
const LONGEST_OPEN_MS = 10 * MINUTE_MS;

/** What came of one try. */
export type Outcome =
  | { kind: 'answer'; status: number; /** What Retry-After asks, from now. */ retryAfterMs: number | null }
  | { kind: 'failure'; error: string };

/** What becomes of the delivery. `holds`: the later events of its order go on waiting for it. */
export type Verdict =
  | { status: 'delivered' }
  | { status: 'pending'; pauseMs: number; holds: boolean }
  | { status: 'failed'; gone: boolean };

/** 75 to 125 % of a pause: spreads what failed together. @param jitter 0 to 1 */
const spread = (ms: number, jitter: number): number => Math.round(ms * (0.75 + jitter / 2));

/**
 * Any 2xx is a delivery; 410 says that the endpoint is gone for ever; everything else is tried again, the last time
 * when the 3 days are over.
 * @param tries made so far, this one counted
 * @param leftMs until the delivery is given up
 */
export function verdict(outcome: Outcome, tries: number, leftMs: number, jitter: number): Verdict {
  if (outcome.kind === 'answer' && outcome.status >= 200 && outcome.status < 300) return { status: 'delivered' };
  if (outcome.kind === 'answer' && outcome.status === 410) return { status: 'failed', gone: true };
  if (leftMs <= 0) return { status: 'failed', gone: false };
  const step = PAUSES_MS[Math.min(tries, PAUSES_MS.length) - 1] ?? PAUSES_MS[0];
  const asked = outcome.kind === 'answer' ? Math.min(outcome.retryAfterMs ?? 0, LONGEST_ASKED_MS) : 0;
  const pauseMs = Math.min(Math.max(spread(step, jitter), asked), leftMs);
  return { status: 'pending', pauseMs, holds: tries < HOLDING_TRIES };
}

/**
 * How long an endpoint is left alone; then one try shows whether it is back.
 * @param failures in a row, the last one counted
 * @returns milliseconds, 0: not at all
 */
export function openForMs(outcome: Outcome, failures: number, jitter: number): number {
  const asked =
    outcome.kind === 'answer' && (outcome.status === 429 || outcome.status === 503)
      ? Math.min(outcome.retryAfterMs ?? 0, LONGEST_ASKED_MS)
      : 0;
  if (failures < FAILURES_TO_OPEN) return asked;
  const open = Math.min(SHORTEST_OPEN_MS * 2 ** Math.min(failures - FAILURES_TO_OPEN, 10), LONGEST_OPEN_MS);
  return Math.max(asked, spread(open, jitter));
}
