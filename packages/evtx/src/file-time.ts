/** 100 ns units between 1601 and 1970, as two halves of a FILETIME. */
const EPOCH = 116_444_736_000_000_000n;
const EPOCH_HIGH = Number(EPOCH >> 32n);
const EPOCH_LOW = Number(EPOCH & 0xffff_ffffn);

/**
 * Microseconds since 1970 of a FILETIME given as its two 32-bit halves. Exact: the high half counts 429,496,729.6
 * microseconds a unit, so whole and tenth parts are added apart.
 */
export function fileTimeMicros(low: number, high: number): number {
  const units = high - EPOCH_HIGH;
  return units * 429_496_729 + Math.floor((units * 6 + low - EPOCH_LOW) / 10);
}

const DAY = 86_400;

/** A FILETIME as Windows writes it: `2016-07-08T18:12:51.6816408Z`. */
export function fileTimeText(low: number, high: number): string {
  if (high >= 0x8000_0000) return '0000-00-00T00:00:00.0000000Z';
  // Seconds and remainder of a 63-bit count of 100 ns in steps that stay below 2^53; 2^32 is 429 * 10^7 + 4,967,296.
  const top = Math.floor(high / 10_000_000);
  const rest = high % 10_000_000;
  const part = rest * 4_967_296 + low;
  const seconds = top * 4_294_967_296 + rest * 429 + Math.floor(part / 10_000_000);
  const ticks = part % 10_000_000;
  const days = Math.floor(seconds / DAY);
  const inDay = seconds - days * DAY;
  return `${dateText(days)}T${two(Math.floor(inDay / 3600))}:${two(Math.floor(inDay / 60) % 60)}:${two(inDay % 60)}.${String(
    ticks,
  ).padStart(7, '0')}Z`;
}

let lastDays = -1;
let lastDate = '';

/** The date of a day counted from 1601-01-01; remembers the last one, since log records follow each other in time. */
function dateText(days: number): string {
  if (days === lastDays) return lastDate;
  lastDays = days;
  lastDate = civil(days + 584_694);
  return lastDate;
}

/** The date of a day counted from 0000-03-01 (Gregorian): years that begin in March, in eras of 400 years. */
function civil(daysSinceYearZero: number): string {
  const era = Math.floor(daysSinceYearZero / 146_097);
  const inEra = daysSinceYearZero - era * 146_097;
  const yearOfEra = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  );
  const dayOfYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year % 10_000).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** A SYSTEMTIME's eight fields as Windows writes them; one that is no date becomes 1601-01-01, as there. */
export function systemTimeText(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  milli: number,
): string {
  const valid =
    year >= 1601 &&
    year <= 30_827 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysIn(year, month) &&
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    milli < 1000;
  if (!valid) return '1601-01-01T00:00:00.0000000Z';
  return `${String(year % 10_000).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}.${String(milli).padStart(3, '0')}0000Z`;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}
