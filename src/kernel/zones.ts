import { DateTime } from 'luxon';

/** A wall clock's reading, without a zone. `month` 1..12. */
export interface LocalTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
}

const FIXED = /^UTC(?:([+-])(\d{2}):(\d{2}))?$/;

/** Is it a date and a time that exist in the calendar? */
export function isLocalTime({ year, month, day, hour, minute, second, millisecond }: LocalTime): boolean {
  const soundDate = month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  return soundDate && hour <= 23 && minute <= 59 && second <= 59 && millisecond <= 999;
}

/**
 * The instant of a wall clock's reading in a zone; a reading that summer time skips is moved forward by the gap.
 * @param zone IANA name (`Europe/Berlin`) or a fixed offset (`UTC+05:30`)
 * @returns null where the date or the zone does not exist
 */
export function toInstant(local: LocalTime, zone: string): Date | null {
  const fixed = FIXED.exec(zone);
  if (fixed !== null && isLocalTime(local)) return atOffset(local, fixed);
  const at = DateTime.fromObject(local, { zone });
  return at.isValid ? at.toJSDate() : null;
}

/** Couriers mostly send an offset, and tracking is read by the thousand: no calendar is asked for those. */
function atOffset({ year, month, day, hour, minute, second, millisecond }: LocalTime, fixed: RegExpExecArray): Date {
  const offset = Number.parseInt(fixed[2] ?? '0', 10) * 60 + Number.parseInt(fixed[3] ?? '0', 10);
  const ahead = (fixed[1] === '-' ? -offset : offset) * 60_000;
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second, millisecond) - ahead);
}

/** `2024-11-23T13:10:00`, the milliseconds only where there are some. */
export function localText({ year, month, day, hour, minute, second, millisecond }: LocalTime): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const fraction = millisecond === 0 ? '' : `.${String(millisecond).padStart(3, '0')}`;
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}${fraction}`;
}
