/**
 * Wall-clock time of an instant in an IANA zone, cheap enough to ask for every event.
 *
 * `Intl` knows the zones but takes microseconds a call. Within one UTC day a zone nearly always has one offset; so the
 * offset is asked for at both ends of the day and remembered. Where the ends differ, the moment of change is found by halving,
 * to the second.
 */
export interface Zone {
  readonly name: string;
  /** milliseconds to add to UTC to get wall-clock time */
  offset(milliseconds: number): number;
}

interface Day {
  readonly before: number;
  /** when the offset changes within the day, and to what */
  readonly change?: number;
  readonly after: number;
}

const DAY = 86_400_000;
/** A hundred years of days; beyond it the memory starts afresh, which only costs time. */
const MAX_DAYS = 36_525;
const zones = new Map<string, Zone>();

/** The zone with this IANA name (`Europe/Berlin`, `UTC`), or undefined where there is none. The same name gives the same object. */
export function findZone(name: string): Zone | undefined {
  const known = zones.get(name);
  if (known !== undefined) return known;
  // `Intl` also takes raw offsets such as +02:00: they know no summer time, so they are no place to work in.
  if (!/^[A-Za-z]/.test(name) || name.length > 64) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
  const zone = makeZone(name, format);
  zones.set(name, zone);
  return zone;
}

/** Names close to a zone that doesn't exist are searched for among these. */
export function zoneNames(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')];
}

function makeZone(name: string, format: Intl.DateTimeFormat): Zone {
  const days = new Map<number, Day>();
  const ask = (milliseconds: number): number => {
    const seconds = Math.floor(milliseconds / 1000) * 1000;
    let [year, month, day, hour, minute, second] = [0, 1, 1, 0, 0, 0];
    let bc = false;
    for (const part of format.formatToParts(seconds)) {
      if (part.type === 'year') year = Number(part.value);
      else if (part.type === 'month') month = Number(part.value);
      else if (part.type === 'day') day = Number(part.value);
      else if (part.type === 'hour') hour = Number(part.value);
      else if (part.type === 'minute') minute = Number(part.value);
      else if (part.type === 'second') second = Number(part.value);
      else if (part.type === 'era') bc = part.value.startsWith('B');
    }
    const wall = new Date(0);
    wall.setUTCFullYear(bc ? 1 - year : year, month - 1, day);
    wall.setUTCHours(hour, minute, second);
    return wall.getTime() - seconds;
  };
  const learn = (number: number): Day => {
    const start = number * DAY;
    const before = ask(start);
    const after = ask(start + DAY - 1000);
    if (before === after) return { before, after };
    let low = start;
    let high = start + DAY - 1000;
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2000) * 1000;
      if (ask(middle) === before) low = middle;
      else high = middle;
    }
    return { before, change: high, after };
  };
  return {
    name,
    offset(milliseconds) {
      const number = Math.floor(milliseconds / DAY);
      let day = days.get(number);
      if (day === undefined) {
        if (days.size >= MAX_DAYS) days.clear();
        day = learn(number);
        days.set(number, day);
      }
      return day.change !== undefined && milliseconds >= day.change ? day.after : day.before;
    },
  };
}

/** What a clock on the wall shows: days since 1970-01-01 of the local date, weekday (0 Monday to 6 Sunday), minute of the day. */
export interface WallClock {
  readonly day: number;
  readonly weekday: number;
  readonly minute: number;
}

/** The wall clock of an instant (milliseconds since 1970 UTC) in a zone. */
export function wallClock(zone: Zone, milliseconds: number): WallClock {
  const local = milliseconds + zone.offset(milliseconds);
  const day = Math.floor(local / DAY);
  return { day, weekday: weekdayOf(day), minute: Math.floor((local - day * DAY) / 60_000) };
}

/** 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** The instant (milliseconds) at which a local day and minute begin; in a gap the moment after it, when twice the first time. */
export function instantOf(zone: Zone, day: number, minute = 0): number {
  const wall = day * DAY + minute * 60_000;
  const early = wall - Math.max(zone.offset(wall - DAY), zone.offset(wall + DAY));
  const late = wall - Math.min(zone.offset(wall - DAY), zone.offset(wall + DAY));
  if (early + zone.offset(early) === wall) return early;
  if (late + zone.offset(late) === wall) return late;
  // The wall time doesn't exist: the clock jumped over it. Both guesses lie on the two sides of the jump.
  let low = early;
  let high = late;
  const before = zone.offset(early);
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (zone.offset(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** A date `2026-03-01` as days since 1970, or undefined when there is no such day. */
export function parseDay(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (year < 100 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return Math.floor(date.getTime() / DAY);
}

/** Days since 1970 as `2026-03-01`. */
export function formatDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** A wall-clock minute as `08:05`. */
export function formatMinute(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** The last day (days since 1970) before an end, by the zone's own calendar. */
export function lastDayBefore(zone: Zone, end: number): number {
  return wallClock(zone, end - 1).day;
}
