const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Pauses between tries to tell a store; the last one goes on. */
const PAUSES_MS = [MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 6 * HOUR_MS] as const;

/**
 * How long to wait before the next try, spread so that what failed together does not come back together.
 * @param tries made so far, one at least
 * @param jitter 0 to 1
 */
export function dispatchPauseMs(tries: number, jitter: number): number {
  const pause = PAUSES_MS[Math.min(tries, PAUSES_MS.length) - 1] ?? PAUSES_MS[0];
  return Math.round(pause * (0.75 + jitter / 2));
}
