/** The hour of the day, UTC, at which the day's letters are sent as one. */
const DIGEST_HOUR = 6;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** When a letter that is kept for the day's summary is sent: the next 06:00 UTC, a day later for one of that instant. */
export function digestDue(now: Date): Date {
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS + DIGEST_HOUR * HOUR_MS;
  return new Date(now.getTime() < today ? today : today + DAY_MS);
}
