/** Where the time of every rule comes from. Real, or the sandbox's, which moves only when told. UTC, milliseconds. */
export abstract class Clock {
  abstract now(): Date;
  /** True where the clock stands still until told: timers are then driven by its jumps. */
  abstract readonly isSandbox: boolean;
}

/**
 * The machine's time, for what follows it even in the sandbox: sessions, tokens, leases, back-off (api.md, Clocks).
 * Rules ask the Clock.
 */
export function realNow(): Date {
  return new Date(); // the only place where the product reads it
}

/** The machine's clock. */
export class RealClock extends Clock {
  readonly isSandbox = false;

  now(): Date {
    return realNow();
  }
}

/** RFC 3339 UTC with `Z` and milliseconds. */
export function instant(at: Date): string {
  return at.toISOString();
}

export function instantOrNull(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** `days` x 24 h later: how every window of the policies is measured. */
export function plusDays(at: Date, days: number): Date {
  return new Date(at.getTime() + days * DAY_MS);
}

export function plusHours(at: Date, hours: number): Date {
  return new Date(at.getTime() + hours * HOUR_MS);
}
