import { DAY, monthNumber, wallMicros } from './civil.ts';
import { wallToUtc } from './zone.ts';

/** `Jul 28 11:28:41`, day padded with a space or a zero, optional fraction (RFC 3164 section 4.1.2, as devices write it). */
const STAMP = /^([A-Za-z]{3}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?$/;

/**
 * Microseconds since 1970 UTC of a syslog stamp without a year. The year is the one that puts the stamp at or before the
 * reference (the file's modification time), with a day of grace for clocks ahead and zones; the zone is an IANA name.
 */
export function parseSyslogTime(text: string, zone: string, reference: number): number | undefined {
  const match = STAMP.exec(text);
  if (match === null) return undefined;
  const month = monthNumber(match[1]);
  const micros = match[6] === undefined ? 0 : Number(match[6].padEnd(6, '0').slice(0, 6));
  return inferYear(
    month,
    Number(match[2]),
    Number(match[3]),
    Number(match[4]),
    Number(match[5]),
    micros,
    zone,
    reference,
  );
}

/** The instant of a month, day and time of day whose year is not stated; see {@link parseSyslogTime}. */
export function inferYear(
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  micros: number,
  zone: string,
  reference: number,
): number | undefined {
  const limit = reference + DAY;
  const last = new Date(limit / 1000).getUTCFullYear();
  // Nine years reach the last 29 February even across a century that skips one
  for (let year = last + 1; year > last - 9; year -= 1) {
    const wall = wallMicros(year, month, day, hour, minute, second, micros);
    if (wall === undefined) continue;
    const time = wallToUtc(wall, zone);
    if (time <= limit) return time;
  }
  return undefined;
}
