/** Shows instants in one zone. All output is digits, so that columns align and sorting by text sorts by time. */
export interface ZoneClock {
  /** the IANA name, e.g. `Europe/Zurich` */
  readonly zone: string;
  /** `2026-11-20 02:14:05`; the text itself, unchanged, where it is no time */
  at(iso: string): string;
  /** `2026-11-20` */
  day(iso: string): string;
  /** milliseconds since 1970 as the clock on the wall would count them: for putting times into days and hours */
  wall(iso: string): number;
}

/**
 * @throws {RangeError} for a zone that this Node doesn't know; the caller checks user input with {@link isZone}
 */
export function zoneClock(zone: string): ZoneClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const wall = (iso: string): number => {
    const instant = Date.parse(iso);
    if (Number.isNaN(instant)) return Number.NaN;
    if (zone === 'UTC') return Math.floor(instant / 1000) * 1000;
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
    return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
  };
  const text = (iso: string, to: number): string => {
    const ms = wall(iso);
    return Number.isNaN(ms) ? iso : new Date(ms).toISOString().replace('T', ' ').slice(0, to);
  };
  return { zone, wall, at: (iso) => text(iso, 19), day: (iso) => text(iso, 10) };
}

/** Whether this Node's time zone data knows the name. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
