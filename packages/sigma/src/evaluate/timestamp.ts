import type { TimePart } from '../modifiers/value.ts';

/**
 * Parts of a time stamp, taken as written: `2024-03-05T23:10:00-05:00` is hour 23, whatever zone anyone sits in. Read
 * are ISO 8601 and its relatives (`2024-03-05 23:10`, `2024/03/05`), `05/Mar/2024:23:10:00` as web servers write it,
 * `Date` objects, and numbers as seconds, milli-, micro- or nanoseconds since 1970 by their size; the last two in UTC.
 */
export function timePart(value: unknown, part: TimePart): number | undefined {
  const read = readTime(value);
  if (read === undefined) return undefined;
  if (part !== 'week') return read[part];
  return read.year < FIRST_YEAR || read.year > LAST_YEAR ? undefined : isoWeek(read);
}

interface Time {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** absent where the stamp is a date alone */
  readonly hour?: number;
  readonly minute?: number;
}

const ISO = /^\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?!\d))?(?!\d)/;
const WEB = /^\s*\[?(\d{1,2})\/([A-Za-z]{3})\/(\d{4}):(\d{2}):(\d{2})/;
/** nine digits: seconds from 1973 on; shorter numbers are counts, ids or ports */
const EPOCH = /^\d{9,19}(?:\.\d{1,9})?$/;
/** The years that a calendar of SQL (ClickHouse's `Date32`) can hold. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 2299;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function readTime(value: unknown): Time | undefined {
  // a number is read as its text is: stores that keep texts alone must come to the same answer
  if (typeof value === 'number' || typeof value === 'bigint') return readTime(String(value));
  if (value instanceof Date) return fromEpochMs(value.getTime());
  if (typeof value !== 'string') return undefined;
  const iso = ISO.exec(value);
  if (iso !== null) return checked(iso[1], Number(iso[2]), iso[3], iso[4], iso[5]);
  const web = WEB.exec(value);
  if (web !== null) return checked(web[3], MONTHS.indexOf(web[2].toLowerCase()) + 1, web[1], web[4], web[5]);
  return EPOCH.test(value) ? fromEpoch(Number(value)) : undefined;
}

function checked(year: string, month: number, day: string, hour?: string, minute?: string): Time | undefined {
  const date = { year: Number(year), month, day: Number(day) };
  if (month < 1 || month > 12 || date.day < 1 || date.day > 31) return undefined;
  if (hour === undefined) return date;
  const time = { ...date, hour: Number(hour), minute: Number(minute) };
  return time.hour > 24 || time.minute > 59 ? undefined : time;
}

/** A number below 1e11 is seconds (until the year 5138), below 1e14 milli-, below 1e17 micro-, else nanoseconds. */
function fromEpoch(value: number): Time | undefined {
  if (!(value >= 0)) return undefined;
  if (value < 1e11) return fromEpochMs(value * 1e3);
  if (value < 1e14) return fromEpochMs(value);
  return fromEpochMs(value < 1e17 ? value / 1e3 : value / 1e6);
}

function fromEpochMs(ms: number): Time | undefined {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > LAST_YEAR) return undefined;
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  };
}

const DAY = 86_400_000;

/** Week of ISO 8601: weeks begin on Monday, and week 1 has the year's first Thursday. */
function isoWeek({ year, month, day }: Time): number {
  const date = Date.UTC(year, month - 1, day);
  const weekday = (new Date(date).getUTCDay() + 6) % 7;
  const thursday = new Date(date + (3 - weekday) * DAY);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return Math.floor((thursday.getTime() - first) / DAY / 7) + 1;
}
