import type { Period } from '../registry.ts';
import { instantOf, parseDay, type Zone } from '../zone.ts';
import type { Path, RegistrySource } from './source.ts';

const ADVICE = 'Write a date as `2026-03-01`.';

/** A day of the file as days since 1970; a problem and undefined where it is none. */
export function readDay(source: RegistrySource, path: Path, text: string, setAside?: Path): number | undefined {
  const day = parseDay(text);
  if (day === undefined)
    source.report(path, {
      code: 'REGISTRY_DATE',
      message: `"${text}" is no day of the calendar.`,
      mend: ADVICE,
      setAside: setAside ?? path,
    });
  return day;
}

/** The first moment after a last day, in a zone. */
export function endOfDay(zone: Zone, day: number): number {
  return instantOf(zone, day + 1);
}

/**
 * A period of days, ends included. `null` when it is wrong: a wrong limit must not become no limit, so the caller sets the item aside.
 */
export function readPeriod(
  source: RegistrySource,
  path: Path,
  period: { from?: string | undefined; to?: string | undefined } | undefined,
  zone: Zone,
  setAside: Path,
): Period | undefined | null {
  if (period === undefined) return undefined;
  const from = period.from === undefined ? undefined : readDay(source, [...path, 'from'], period.from, setAside);
  const to = period.to === undefined ? undefined : readDay(source, [...path, 'to'], period.to, setAside);
  if ((period.from !== undefined && from === undefined) || (period.to !== undefined && to === undefined)) return null;
  if (from !== undefined && to !== undefined && to < from) {
    source.report([...path, 'to'], {
      code: 'REGISTRY_ORDER',
      message: `It ends on ${period.to}, before it begins on ${period.from}.`,
      mend: 'Swap the two days, or mend the wrong one.',
      setAside,
    });
    return null;
  }
  return {
    from: from === undefined ? undefined : instantOf(zone, from),
    to: to === undefined ? undefined : endOfDay(zone, to),
  };
}

/** A moment: `2026-03-02T08:00` in the zone, with an offset of its own, or a day (its begin, or its end when `end`). Milliseconds. */
export function parseMoment(text: string, zone: Zone, end: boolean): number | undefined {
  const day = parseDay(text);
  if (day !== undefined) return end ? endOfDay(zone, day) : instantOf(zone, day);
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(
    text.trim(),
  );
  if (match === null) return undefined;
  const date = parseDay(match[1]!);
  const [hour, minute, second] = [Number(match[2]), Number(match[3]), Number(match[4] ?? 0)];
  if (date === undefined || hour > 23 || minute > 59 || second > 59) return undefined;
  if (match[5] === undefined) return instantOf(zone, date, hour * 60 + minute) + second * 1000;
  const sign = match[5].startsWith('-') ? -1 : 1;
  const digits = match[5].replace(/[^\d]/g, '');
  const offset = match[5] === 'Z' ? 0 : sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)));
  return date * 86_400_000 + (hour * 60 + minute - offset) * 60_000 + second * 1000;
}
