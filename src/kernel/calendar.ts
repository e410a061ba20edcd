import { DateTime } from 'luxon';

/** The operator's working days: Saturdays, Sundays and the holidays are left out, in the operator's time zone. */
export interface WorkCalendar {
  /** IANA name, `Europe/Paris`. */
  timeZone: string;
  /** Local dates, `2026-12-25`. */
  holidays: readonly string[];
}

export function isTimeZone(name: string): boolean {
  return DateTime.utc().setZone(name).isValid;
}

/** Is the instant's local date a working day? */
export function isWorkingDay(at: Date, calendar: WorkCalendar): boolean {
  const local = DateTime.fromJSDate(at, { zone: calendar.timeZone });
  return local.weekday <= 5 && !calendar.holidays.includes(local.toISODate() ?? '');
}

/** The instant's local date, 2026-05-04. */
export function localDate(at: Date, { timeZone }: WorkCalendar): string {
  return DateTime.fromJSDate(at, { zone: timeZone }).toISODate() ?? '';
}

/**
 * The same local time `days` working days later.
 * @param days zero or more; zero answers the instant itself
 */
export function plusWorkingDays(at: Date, days: number, calendar: WorkCalendar): Date {
  let local = DateTime.fromJSDate(at, { zone: calendar.timeZone });
  for (let left = days; left > 0;) {
    local = local.plus({ days: 1 });
    if (isWorkingDay(local.toJSDate(), calendar)) left -= 1;
  }
  return local.toJSDate();
}
