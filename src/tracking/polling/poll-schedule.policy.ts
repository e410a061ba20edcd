/** What is known of a package when it is decided when to look next. */
export interface Watched {
  status: string;
  labelledAt: Date | null;
  handedOverAt: Date | null;
  /** When it was delivered, came back or was given up; null: it goes on, or nobody knows when. */
  endedAt: Date | null;
  /** The source sends messages by itself: asked only about what has been silent. */
  pushes: boolean;
  /** This look was the one after the end. */
  lastLook: boolean;
}

export interface Look {
  at: Date;
  /** It has ended: this one look, then no more. */
  last: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ENDED: readonly string[] = ['delivered', 'rto_delivered', 'delivery_failed', 'lost'];
/** What has not ended by then is no longer asked about. */
const MAX_AGE_DAYS = 120;
const OLD_DAYS = 20;

/** Hours between two looks: the nearer the door, the shorter. */
const EVERY_HOURS: Readonly<Record<string, number>> = {
  labelled: 6,
  handed_over: 3,
  in_transit: 6,
  out_for_delivery: 1,
  attempt_failed: 2,
  available_for_pickup: 6,
  exception: 4,
  rto_initiated: 12,
  rto_in_transit: 12,
};
const PUSHED_HOURS = 24;

/**
 * When a courier is asked next; null: never again. One look a day after an end, for couriers correct themselves.
 * Source: tracking.md, Algorithm 8.
 * @param jitter 0 to 1: couriers are not asked about everything at once
 */
export function nextLook(watched: Watched, now: Date, jitter: number): Look | null {
  const { status, endedAt, lastLook, labelledAt, handedOverAt, pushes } = watched;
  if (ENDED.includes(status)) {
    const after = new Date((endedAt ?? now).getTime() + DAY_MS);
    const isLooked = lastLook && (endedAt === null || after <= now); // one that was asked for sooner is not the last
    return isLooked ? null : { at: after > now ? after : now, last: true };
  }
  const hours = EVERY_HOURS[status];
  const since = handedOverAt ?? labelledAt;
  const ageDays = since === null ? 0 : (now.getTime() - since.getTime()) / DAY_MS;
  if (hours === undefined || ageDays > MAX_AGE_DAYS) return null;
  const slower = ageDays > OLD_DAYS ? Math.max(hours, 12) : hours;
  const every = pushes ? Math.max(slower, PUSHED_HOURS) : slower;
  return { at: new Date(now.getTime() + every * HOUR_MS * (0.9 + jitter * 0.2)), last: false };
}

const FIRST_PAUSE_MS = 5 * 60_000;
const LONGEST_PAUSE_MS = 6 * HOUR_MS;

/** After so many failures in a row: doubled each time, with full jitter, six hours at the most. */
export function pauseMs(failures: number, jitter: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10));
  return Math.round(longest * (0.5 + jitter * 0.5));
}
