import { zoneClock } from '../report/index.ts';
import { UsageError } from './exit.ts';

const units: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 };
const forms =
  'a date (2026-11-20), a date and time (2026-11-20T08:00, with or without Z or +01:00), or so long ago (90m, 12h, 7d, 2w)';

export interface ParseTimeOptions {
  /** the IANA zone of a stamp that states none */
  readonly zone: string;
  /** milliseconds since 1970 */
  readonly now: number;
  /** what a date alone means: its first moment, or (for an end) the first moment of the next day */
  readonly end: boolean;
}

/**
 * A point in time as `--since` and `--until` take it, in microseconds since 1970.
 *
 * @throws {UsageError} when the text is no time
 */
export function parseTime(text: string, { zone, now, end }: ParseTimeOptions): number {
  const relative = /^(\d{1,6})\s*(s|m|min|h|d|w)$/i.exec(text.trim());
  if (relative !== null) return (now - 1000 * Number(relative[1]) * units[relative[2].toLowerCase()]) * 1000;
  const stamp =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(
      text.trim(),
    );
  if (stamp === null) throw new UsageError(`"${text}" is no time`, `Give ${forms}.`);
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = stamp;
  const dateOnly = stamp[4] === undefined;
  const wall = Date.UTC(+year, +month - 1, +day + (dateOnly && end ? 1 : 0), +hour, +minute, +second);
  const written = new Date(Date.UTC(+year, +month - 1, +day));
  const real = written.getUTCMonth() === +month - 1 && written.getUTCDate() === +day;
  if (!real || +hour > 23 || +minute > 59 || +second > 60)
    throw new UsageError(`"${text}" is no time that exists`, `Give ${forms}.`);
  const micros = Number(fraction.padEnd(6, '0').slice(0, 6));
  return (offset === undefined ? fromWall(wall, zone) : wall - offsetOf(offset)) * 1000 + micros;
}

/** The instant at which a clock in the zone shows this. In the hour that is skipped in spring: as if the clock had not been put on. */
function fromWall(wall: number, zone: string): number {
  const clock = zoneClock(zone);
  const shownAt = (instant: number) => clock.wall(new Date(instant).toISOString());
  let instant = wall;
  // the offset at the guess may differ from the one at the answer, at most once
  for (let i = 0; i < 2; i++) instant = wall - (shownAt(instant) - instant);
  return instant;
}

function offsetOf(text: string): number {
  if (/^z$/i.test(text)) return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return (text[0] === '-' ? -1 : 1) * minutes * 60_000;
}
