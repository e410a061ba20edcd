import { plusWorkingDays, type WorkCalendar } from '../../kernel/calendar.ts';
import { plusDays, plusHours } from '../../kernel/clock.ts';

/** The merchant is told so many days before a claim is closed for want of activity. */
const NOTICE_DAYS = 3;

/** What falls due for a claim by itself. */
export interface ClaimDue {
  kind: 'reconsider' | 'notice' | 'close';
  at: Date;
}

export type ReplyWithin = { working_days: number } | { hours: number };

/** When the operator's people have to answer: working days in their calendar, or hours that count weekends. */
export function replyDue(at: Date, within: ReplyWithin, calendar: WorkCalendar): Date {
  return 'hours' in within ? plusHours(at, within.hours) : plusWorkingDays(at, within.working_days, calendar);
}

/** The first instant after a wait's edge: a sweep decides strictly after it (policies.md, Exact readings). */
export function afterEdge(reconsiderAt: string | null): Date | null {
  return reconsiderAt === null ? null : new Date(Date.parse(reconsiderAt) + 1);
}

/**
 * A claim on which nobody has acted for so many days is closed, with a notice before it.
 * @param since the last thing that somebody did
 */
export function closingOf(since: Date, afterDays: number): { noticeAt: Date; closesAt: Date } {
  return { noticeAt: plusDays(since, Math.max(afterDays - NOTICE_DAYS, 0)), closesAt: plusDays(since, afterDays) };
}
