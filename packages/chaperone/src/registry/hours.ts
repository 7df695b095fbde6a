import { formatMinute, type WallClock, weekdayOf } from './zone.ts';

/** Minutes of a day, `to` excluded; `to` above 1440 runs over midnight and belongs to the day it began on. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Hours of one weekday pattern, with days that differ from it. Days are days since 1970 of the local date. */
export interface Hours {
  /** which weekdays (0 Monday to 6 Sunday) the spans hold on */
  readonly days: readonly boolean[];
  readonly spans: readonly Span[];
  /** days on which nothing is allowed, unless `exceptions` says otherwise */
  readonly closed: ReadonlySet<number>;
  /** days with hours of their own; an empty list is a day off */
  readonly exceptions: ReadonlyMap<number, readonly Span[]>;
}

export const WHOLE_DAY: readonly Span[] = [{ from: 0, to: 1440 }];

/** The spans that begin on a day. */
export function spansOf(hours: Hours, day: number): readonly Span[] {
  const own = hours.exceptions.get(day);
  if (own !== undefined) return own;
  return hours.closed.has(day) || !hours.days[weekdayOf(day)] ? [] : hours.spans;
}

/** Whether a wall clock lies within the hours: in a span of its day, or in one of the day before that runs over midnight. */
export function within(hours: Hours, { day, minute }: WallClock): boolean {
  for (const span of spansOf(hours, day)) if (minute >= span.from && minute < span.to) return true;
  for (const span of spansOf(hours, day - 1)) if (span.to > 1440 && minute < span.to - 1440) return true;
  return false;
}

/** Reads `08:00-18:00`, `22:00-06:00` (over midnight) or `00:00-24:00`; a text says what is wrong. */
export function parseSpan(text: string): Span | string {
  const match = /^\s*(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})\s*$/.exec(text);
  if (match === null) return `"${text}" is not a span of hours`;
  const from = Number(match[1]) * 60 + Number(match[2]);
  let to = Number(match[3]) * 60 + Number(match[4]);
  if (Number(match[2]) > 59 || Number(match[4]) > 59 || from >= 1440 || to > 1440)
    return `"${text}" names a time that no clock shows`;
  if (from === to) return `"${text}" begins and ends at the same time, so it is empty or the whole day`;
  if (to < from) to += 1440;
  return { from, to };
}

/** Reads `mon`, `Monday`, `mon-fri`, `sat-mon`; undefined when it is none. */
export function parseDays(text: string): number[] | undefined {
  const [first, last, more] = text
    .toLowerCase()
    .split('-')
    .map((part) => part.trim());
  if (first === undefined || more !== undefined) return undefined;
  const from = weekday(first);
  const to = last === undefined ? from : weekday(last);
  if (from === undefined || to === undefined) return undefined;
  const days: number[] = [];
  for (let day = from; ; day = (day + 1) % 7) {
    days.push(day);
    if (day === to) return days;
  }
}

function weekday(text: string): number | undefined {
  const names = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const at = text.length < 3 ? -1 : names.findIndex((name) => name.startsWith(text));
  return at < 0 ? undefined : at;
}

/** Hours in words: `08:00 to 18:00, Monday to Friday`. */
export function describeHours(hours: Hours): string {
  const spans =
    hours.spans.length === 1 && hours.spans[0]!.from === 0 && hours.spans[0]!.to === 1440
      ? 'all day'
      : hours.spans
          .map((span) => `${formatMinute(span.from)} to ${formatMinute(span.to === 1440 ? 1440 : span.to % 1440)}`)
          .join(' and ');
  const days = describeDays(hours.days);
  return days === '' ? spans : `${spans}, ${days}`;
}

function describeDays(days: readonly boolean[]): string {
  const names = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
  const on = names.filter((_, at) => days[at]);
  if (on.length === 7) return '';
  if (on.length === 0) return 'on no day';
  const first = days.indexOf(true);
  const last = days.lastIndexOf(true);
  if (last - first + 1 === on.length && on.length > 2) return `${names[first]} to ${names[last]}`;
  return on.join(', ');
}
