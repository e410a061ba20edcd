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

/** Is it a date and a time that exist in the calendar? */
export function isLocalTime(local: LocalTime): boolean {
  return DateTime.fromObject(local, { zone: 'utc' }).isValid;
}

/**
 * The instant of a wall clock's reading in a zone; a reading that summer time skips is moved forward by the gap.
 * @param zone IANA name (`Europe/Berlin`) or a fixed offset (`UTC+05:30`)
 * @returns null where the date or the zone does not exist
 */
export function toInstant(local: LocalTime, zone: string): Date | null {
  const at = DateTime.fromObject(local, { zone });
  return at.isValid ? at.toJSDate() : null;
}

/** `2024-11-23T13:10:00`, the milliseconds only where there are some. */
export function localText(local: LocalTime): string {
  const text = DateTime.fromObject(local, { zone: 'utc' }).toISO({ suppressMilliseconds: true, includeOffset: false });
  return text ?? '';
}
