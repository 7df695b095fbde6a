import { HOUR, MINUTE, wallMicros } from './civil.ts';
import { fixedOffset, wallToUtc } from './zone.ts';

/**
 * Microseconds since 1970 UTC of `2026-07-28T11:28:00.1234567Z` and its relations: `T`, space or `_` between date and
 * time, `-` or `/` in the date, any number of fraction digits (more than six are cut) after `.` or `,`, and `Z`, `+02:00`,
 * `+0200`, `+02`, ` UTC` or nothing at the end; nothing means `zone` (IANA name, default UTC). Seconds may be missing.
 * Anything else is undefined. The hot path of every JSON format: reads digits in place and makes no strings.
 */
export function parseIso(text: string, zone = 'UTC'): number | undefined {
  const length = text.length;
  if (length < 16 || length > 64) return undefined;
  const dash = text.charCodeAt(4);
  if ((dash !== 45 && dash !== 47) || text.charCodeAt(7) !== dash) return undefined;
  const between = text.charCodeAt(10);
  if (between !== 84 && between !== 32 && between !== 116 && between !== 95) return undefined;
  if (text.charCodeAt(13) !== 58) return undefined;
  const year = two(text, 0) * 100 + two(text, 2);
  let second = 0;
  let micros = 0;
  let at = 16;
  if (text.charCodeAt(16) === 58) {
    second = two(text, 17);
    at = 19;
    const point = text.charCodeAt(19);
    if (point === 46 || point === 44) {
      let scale = 100_000;
      for (at = 20; at < length; at += 1) {
        const digit = text.charCodeAt(at) - 48;
        if (digit < 0 || digit > 9) break;
        micros += digit * scale;
        // 100000, 10000 ... 1, then 0: what is finer than a microsecond is cut
        scale = scale === 1 ? 0 : scale / 10;
      }
      if (at === 20) return undefined;
    }
  }
  const wall = wallMicros(year, two(text, 5), two(text, 8), two(text, 11), two(text, 14), second, micros);
  if (wall === undefined) return undefined;
  return toUtc(text, at, wall, zone);
}

function toUtc(text: string, from: number, wall: number, zone: string): number | undefined {
  const length = text.length;
  if (from === length) return zone === 'UTC' ? wall : wallToUtc(wall, zone);
  const sign = text.charCodeAt(from);
  if ((sign === 90 || sign === 122) && from + 1 === length) return wall;
  if ((sign === 43 || sign === 45) && from + 6 === length && text.charCodeAt(from + 3) === 58) {
    const offset = two(text, from + 1) * HOUR + two(text, from + 4) * MINUTE;
    if (!(offset <= 18 * HOUR)) return undefined;
    return sign === 43 ? wall - offset : wall + offset;
  }
  const rest = text.slice(from).trim();
  if (rest === '') return wallToUtc(wall, zone);
  const offset = fixedOffset(rest);
  return offset === undefined ? undefined : wall - offset;
}

/** Two digits as a number; NaN where they aren't digits. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
