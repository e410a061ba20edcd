import { plusDays } from '../../kernel/clock.ts';

/** From its start on, until just before its end. */
export interface Period {
  start: Date;
  end: Date;
}

/** The day of the month on which a membership is charged, 1..31, in UTC (product.md, Memberships). */
export function anchorDayOf(at: Date): number {
  return at.getUTCDate();
}

/**
 * The period that begins at `start` and ends a month later, at the same UTC time of day, on the anchor day or on the
 * month's last day where it has no such day.
 * @param anchorDay 1..31
 */
export function periodFrom(start: Date, anchorDay: number): Period {
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth() + 1];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const end = new Date(start);
  end.setUTCDate(1); // no month lacks it, whatever month is set next
  end.setUTCMonth(month);
  end.setUTCDate(Math.min(anchorDay, lastDay));
  return { start: new Date(start), end };
}

/** The days of a trial; its end is then the anchor. */
export function trialFrom(start: Date, days: number): Period {
  return { start: new Date(start), end: plusDays(start, days) };
}

/**
 * What is owed when a period that fell due is charged at `now`: the period that `now` lies in. Those that were over
 * before anybody could ask for them are waived, so that periods touch (product.md, Memberships).
 * @param due start of the first period that is not paid, not after `now`
 */
export function owedAt(due: Date, anchorDay: number, now: Date): { waived: Period[]; current: Period } {
  const waived: Period[] = [];
  let current = periodFrom(due, anchorDay);
  while (current.end <= now) {
    waived.push(current);
    current = periodFrom(current.end, anchorDay);
  }
  return { waived, current };
}

/** Days after the due instant at which an unpaid period is tried again (product.md, Memberships). */
const RETRY_DAYS = [1, 3, 5] as const;

/**
 * What the days of the retries are counted from: the due instant. Where nobody could try before the first of them had
 * passed (the service was down, the account suspended), from the first try: nobody is downgraded without a warning.
 * @param tried when it could not be paid the first time
 */
export function dunningFrom(due: Date, tried: Date): Date {
  return tried < plusDays(due, RETRY_DAYS[0]) ? due : tried;
}

/**
 * When it is tried again.
 * @param from see dunningFrom
 * @param failures how often it could not be paid so far, the first time included
 * @returns null: that was the last try, the membership is given up
 */
export function retryAt(from: Date, failures: number): Date | null {
  const days = RETRY_DAYS[failures - 1];
  return days === undefined ? null : plusDays(from, days);
}

/** The tries that are left after so many failures, in order; the failing last one downgrades. */
export function retriesLeft(from: Date, failures: number): Date[] {
  return RETRY_DAYS.slice(Math.max(0, failures - 1)).map((days) => plusDays(from, days));
}
