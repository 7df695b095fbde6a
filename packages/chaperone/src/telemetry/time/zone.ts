import { HOUR, MINUTE } from './civil.ts';

/** Offsets change on quarter hours at the finest (all of tz data since 1970), so an offset holds for its quarter. */
const QUARTER = 15 * MINUTE;
const MAX_REMEMBERED = 100_000;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  readonly offsets: Map<number, number>;
}

const zones = new Map<string, Zone | null>();

/** Whether the runtime knows this IANA zone name (`Europe/Berlin`, `UTC`, `+02:00`). */
export function isZone(name: string): boolean {
  return zoneOf(name) !== null;
}

/**
 * UTC microseconds of a wall clock reading in an IANA zone. A reading that the clock shows twice (autumn) is taken as the
 * first one; one that it skips (spring) as if the clock had not been changed. An unknown zone is read as UTC: whoever
 * takes a zone from a user checks it with {@link isZone} first.
 */
export function wallToUtc(wall: number, zone: string): number {
  if (zone === 'UTC' || zone === 'Z' || zone === '') return wall;
  const known = zoneOf(zone);
  if (known === null) return wall;
  const before = offsetAt(known, wall - 24 * HOUR);
  const first = wall - before;
  if (offsetAt(known, first) === before) return first;
  const second = wall - offsetAt(known, first);
  if (second + offsetAt(known, second) === wall) return second;
  return first;
}

/** The zone's offset from UTC at an instant, in microseconds (east is positive). */
function offsetAt(zone: Zone, utc: number): number {
  const quarter = Math.floor(utc / QUARTER);
  const remembered = zone.offsets.get(quarter);
  if (remembered !== undefined) return remembered;
  if (zone.offsets.size >= MAX_REMEMBERED) zone.offsets.clear();
  const offset = askIntl(zone.format, quarter * (QUARTER / 1000)) * 1000;
  zone.offsets.set(quarter, offset);
  return offset;
}

function askIntl(format: Intl.DateTimeFormat, millis: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(millis)) part[type] = Number(value);
  const wall = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
  return wall - millis;
}

function zoneOf(name: string): Zone | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  let zone: Zone | null = null;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    zone = { format, offsets: new Map() };
  } catch {
    // RangeError: no such zone
  }
  if (zones.size < 1000) zones.set(name, zone);
  return zone;
}

/** Names that stamps carry and that mean one offset only. Ambiguous ones (`IST`, `CST` in China) aren't guessed. */
const ABBREVIATIONS: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  Z: 0,
  UT: 0,
  WET: 0,
  CET: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  BST: 60,
  MSK: 180,
  EST: -300,
  EDT: -240,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  JST: 540,
  AEST: 600,
  AEDT: 660,
};

/** Microseconds east of UTC of `Z`, `+02:00`, `-0700`, `+02` or an unambiguous abbreviation; undefined for others. */
export function fixedOffset(text: string): number | undefined {
  const named = Object.hasOwn(ABBREVIATIONS, text) ? ABBREVIATIONS[text] : undefined;
  if (named !== undefined) return named * MINUTE;
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(text);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  if (minutes > 18 * 60) return undefined;
  return (match[1] === '-' ? -minutes : minutes) * MINUTE;
}
