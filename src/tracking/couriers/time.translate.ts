import { isLocalTime, localText, toInstant, type LocalTime } from '../../kernel/zones.ts';
import type { ReadTime } from '../canonical.translate.ts';

export interface TimeHints {
  /** Order of numeric dates: 26-03-2021 is `dmy`, 1/17/2017 is `mdy`. */
  order?: 'dmy' | 'mdy';
  /** Offset sent in a field of its own, `-06:00`, or the label of a region's clock. */
  offset?: string | null;
  /** Zone of the place or the courier's home, used where no offset was sent. */
  zone?: string | null;
  /** The source prints local times with a Z (Shippo, Ship24, TNT): the offset in the text means nothing. */
  ignoreOffset?: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const CLOCK = String.raw`(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([ap])\.?\s?m\.?)?`;
const ZONE = String.raw`\s*(Z|UTC|GMT|(?:GMT|UTC)?\s?[+-]\d{1,2}(?::?\d{2})?|[A-Z]{2,4})?`;
/** Between a date and its clock time. */
const GAP = String.raw`(?:[T ,]|\s[-|]\s)+`;
const ISO = new RegExp(`^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})(?:${GAP}${CLOCK})?${ZONE}$`, 'i');
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2}):?(\d{2})?()()(Z|[+-]\d{2}:?\d{2})?)?$/;
const NUMERIC = new RegExp(
  `^(\\d{1,2})[-/. ](\\d{1,2})(?:[-/. ](\\d{4})|[/.](\\d{2}))(?:${GAP}${CLOCK})?${ZONE}$`,
  'i',
);
const MONTH_FIRST = new RegExp(
  `^(?:[a-z]+,?\\s+)?([a-z]{3,9})\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4})(?:${GAP}(?:at\\s+)?${CLOCK})?${ZONE}$`,
  'i',
);
const DAY_FIRST = new RegExp(
  `^(?:[a-z]+,?\\s+)?(\\d{1,2})(?:st|nd|rd|th)?\\.?[- ]([a-z]{3,9})\\.?[- ,]+(\\d{4}|\\d{2}(?![\\d:.]))(?:${GAP}(?:at\\s+)?${CLOCK})?${ZONE}$`,
  'i',
);
/** As C and Java print it: `Wed Apr 10 14:30:00 CEST 2024`. */
const YEAR_LAST = /^([a-z]{3},? [a-z]{3} \d{1,2}) ([\d:.]+)((?: [a-z]{3,4}| [+-]\d{4})?) (\d{4})$/i;
const DOTNET = /^\/Date\((-?\d+)([+-]\d{4})?\)\/$/;
const EPOCH = /^(\d{10})(\d{3})?(?:\.\d+)?$/;

/** Labels that name a region's clock. EST and its like are no offsets: couriers print them in summer too. */
const LABELS: Readonly<Record<string, string>> = {
  ET: 'America/New_York',
  EST: 'America/New_York',
  EDT: 'America/New_York',
  CT: 'America/Chicago',
  CST: 'America/Chicago',
  CDT: 'America/Chicago',
  MT: 'America/Denver',
  MST: 'America/Denver',
  MDT: 'America/Denver',
  PT: 'America/Los_Angeles',
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
  IST: 'Asia/Kolkata',
  CET: 'Europe/Berlin',
  CEST: 'Europe/Berlin',
};

interface Found {
  local: LocalTime;
  zone: string | null;
}

export const NO_TIME: ReadTime = { raw: null, local: null, zone: null, at: null };

/**
 * Reads a time in whatever form: ISO, compact, numeric dates, English dates, .NET's `/Date(…)/`, epochs.
 * The zone is the offset sent, else the hint, else unknown; never the server's. Source: tracking.md, Traps.
 */
export function readTime(raw: string | null, hints: TimeHints = {}): ReadTime {
  if (raw === null) return NO_TIME;
  const found = instantForm(raw) ?? calendarForm(raw, hints.order ?? 'mdy');
  if (found === null || !isLocalTime(found.local) || !isOfOurAge(found.local)) return { ...NO_TIME, raw };
  const sent =
    hints.ignoreOffset === true ? null : (offsetZone(hints.offset ?? null) ?? labelled(hints.offset) ?? found.zone);
  const zone = sent ?? hints.zone ?? null;
  const at = zone === null ? null : toInstant(found.local, zone);
  return { raw, local: localText(found.local), zone: at === null ? null : zone, at };
}

function labelled(label: string | null | undefined): string | null {
  const name = label?.trim().toUpperCase() ?? '';
  return Object.hasOwn(LABELS, name) ? (LABELS[name] ?? null) : null;
}

/** Year 1 and year 9999 are what programs print for "none". */
function isOfOurAge({ year }: LocalTime): boolean {
  return year >= 1980 && year < 2100;
}

/** A date and a clock time sent apart. The raw text is both, as sent. */
export function readDateAndTime(date: string | null, clock: string | null, hints: TimeHints = {}): ReadTime {
  if (date === null) return NO_TIME;
  if (clock === null) return readTime(date, hints);
  const digits = /^\d{1,6}$/.test(clock) ? clockDigits(clock) : null;
  const time = digits === null ? clock : `${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4)}`;
  const day = /^\d{8}$/.test(date) ? `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}` : date;
  return { ...readTime(`${day} ${time}`, hints), raw: `${date} ${clock}` };
}

/** HHMM, or HHMMSS; sent as a number it has lost its leading zeros. */
function clockDigits(clock: string): string {
  const minutes = clock.padStart(4, '0');
  const isShort = (clock.length === 3 || clock.length === 4) && minutes < '2400';
  return isShort ? `${minutes}00` : clock.padStart(6, '0');
}

/** `-06:00`, `+0530`, `+00`, `-5` as a zone; null where the text is none. */
export function offsetZone(offset: string | null): string | null {
  const found = /^(?:GMT|UTC)?\s?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(offset?.trim() ?? '');
  if (found === null) return /^(Z|UTC|GMT)$/i.test(offset?.trim() ?? '') ? 'UTC' : null;
  return `UTC${found[1] ?? '+'}${(found[2] ?? '0').padStart(2, '0')}:${found[3] ?? '00'}`;
}

/** Forms that hold an instant: the local reading is theirs in the offset they carry. */
function instantForm(raw: string): Found | null {
  const dotnet = DOTNET.exec(raw);
  if (dotnet !== null) return ofEpoch(Number.parseInt(dotnet[1] ?? '', 10), dotnet[2] ?? '+0000');
  const epoch = EPOCH.exec(raw);
  return epoch === null ? null : ofEpoch(Number.parseInt(`${epoch[1] ?? ''}${epoch[2] ?? '000'}`, 10), '+0000');
}

function ofEpoch(ms: number, offset: string): Found | null {
  const minutes = Number.parseInt(offset.slice(1, 3), 10) * 60 + Number.parseInt(offset.slice(3), 10);
  const shifted = ms + (offset.startsWith('-') ? -minutes : minutes) * 60_000;
  if (!Number.isSafeInteger(shifted) || Math.abs(shifted) > 8.64e15) return null;
  const [date = '', clock = ''] = new Date(shifted).toISOString().split('T');
  const found = calendarForm(`${date} ${clock.replace('Z', '')}`, 'mdy');
  return found === null ? null : { ...found, zone: offsetZone(offset) };
}

function calendarForm(raw: string, order: 'dmy' | 'mdy'): Found | null {
  const text = bare(raw).replace(YEAR_LAST, '$1 $4 $2$3');
  const iso = ISO.exec(text);
  if (iso !== null) return build([iso[1], iso[2], iso[3]], iso.slice(4));
  const compact = COMPACT.exec(text);
  if (compact !== null) return build([compact[1], compact[2], compact[3]], compact.slice(4));
  const numeric = NUMERIC.exec(text);
  if (numeric !== null) return build(numericDate(numeric, order), numeric.slice(5));
  const monthFirst = MONTH_FIRST.exec(text);
  if (monthFirst !== null) return build([monthFirst[3], monthOf(monthFirst[1]), monthFirst[2]], monthFirst.slice(4));
  const dayFirst = DAY_FIRST.exec(text);
  return dayFirst === null
    ? null
    : build([fullYear(dayFirst[3]), monthOf(dayFirst[2]), dayFirst[1]], dayFirst.slice(4));
}

/** Without a zone's name behind its offset: `+01:00[Europe/Paris]`, `GMT+0100 (CET)`, `+0000 UTC`. */
function bare(raw: string): string {
  const text = raw.replace(/\s+/g, ' ').replace('\u2212', '-').trim();
  return text.replace(/\s*(\[[^\]]{1,40}\]|\([^)]{1,40}\))$/, '').replace(/([+-]\d{2}:?\d{2}) [A-Z]{2,4}$/, '$1');
}

function numericDate(found: RegExpExecArray, order: 'dmy' | 'mdy'): (string | undefined)[] {
  const [, a = '', b = '', four, two = ''] = found;
  const year = four ?? `20${two}`;
  const isDotted = found[0].startsWith(`${a}.`); // nobody prints a month first with dots
  const dayFirst = Number.parseInt(a, 10) > 12 || ((order === 'dmy' || isDotted) && Number.parseInt(b, 10) <= 12);
  return dayFirst ? [year, b, a] : [year, a, b];
}

function fullYear(year = ''): string {
  return year.length === 2 ? `20${year}` : year;
}

function monthOf(name: string | undefined): string {
  return String(MONTHS.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1);
}

function build(date: readonly (string | undefined)[], clock: readonly (string | undefined)[]): Found {
  const [hours, minutes, seconds, fraction, half, label] = clock;
  const int = (digits: string | undefined): number => Number.parseInt(digits ?? '0', 10);
  const local: LocalTime = {
    year: int(date[0]),
    month: int(date[1]),
    day: int(date[2]),
    hour: hour24(int(hours), half),
    minute: int(minutes),
    second: int(seconds),
    millisecond: int((fraction ?? '0').slice(0, 3).padEnd(3, '0')),
  };
  return { local: atMidnight(local), zone: label === undefined ? null : (offsetZone(label) ?? labelled(label)) };
}

/** 24:00 is the midnight that ends the day. Source: ISO 8601. */
function atMidnight(local: LocalTime): LocalTime {
  const { year, month, day, hour, minute, second } = local;
  if (hour !== 24 || minute !== 0 || second !== 0 || !isLocalTime({ ...local, hour: 0 })) return local;
  const next = new Date(Date.UTC(year, month - 1, day + 1));
  return { ...local, year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate(), hour: 0 };
}

function hour24(hour: number, half: string | undefined): number {
  if (half === undefined || hour > 12) return hour;
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}
