const DAY = 86_400_000_000;
/** Days and their dates, with the T behind; findings say each moment in two zones. */
const dates = new Map<number, string>();
const MOST_DATES = 4096;

function dateOf(day: number): string {
  let date = dates.get(day);
  if (date === undefined) {
    const iso = new Date(day * 86_400_000).toISOString();
    date = iso.slice(0, iso.indexOf('T') + 1);
    if (date.startsWith('-')) date = '0000-01-01T';
    else if (date.startsWith('+')) date = date.slice(1).replace(/^0+/, '');
    if (dates.size >= MOST_DATES) dates.clear();
    dates.set(day, date);
  }
  return date;
}

const two = (n: number) => (n < 10 ? `0${n}` : `${n}`);

/**
 * RFC 3339 in UTC with microseconds, e.g. `2017-04-03T02:14:00.000000Z`. A damaged or forged record can state a year beyond
 * 9999, which is written with more digits; one before the year 0 is written as its beginning.
 */
export function rfc3339(micros: number): string {
  const day = Math.floor(micros / DAY);
  let rest = micros - day * DAY;
  const fraction = rest % 1_000_000;
  rest = (rest - fraction) / 1_000_000;
  const second = rest % 60;
  rest = (rest - second) / 60;
  const minute = rest % 60;
  return `${dateOf(day)}${two((rest - minute) / 60)}:${two(minute)}:${two(second)}.${(1_000_000 + Math.trunc(fraction)).toString().slice(1)}Z`;
}
