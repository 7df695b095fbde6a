import { monthNumber, wallMicros } from '../../time/civil.ts';
import { fromEpoch, parseTime, wallToUtc } from '../../time/index.ts';

/** Reads a stamp: microseconds since 1970 UTC, or undefined where it isn't of the form. */
export type TimeReader = (text: string, zone: string, reference: number) => number | undefined;

/** Parts of a pattern (Unicode's letters, as Java, .NET and spreadsheets use them) as groups of a regular expression. */
const PARTS: Readonly<Record<string, string>> = {
  yyyy: '(?<y>\\d{4})',
  yy: '(?<yy>\\d{2})',
  MMM: '(?<mon>[A-Za-z]{3,9})',
  MM: '(?<M>\\d{2})',
  M: '(?<M>\\d{1,2})',
  dd: '(?<d>\\d{2})',
  d: '(?<d>\\d{1,2})',
  HH: '(?<H>\\d{2})',
  H: '(?<H>\\d{1,2})',
  hh: '(?<H>\\d{2})',
  h: '(?<H>\\d{1,2})',
  mm: '(?<m>\\d{2})',
  ss: '(?<s>\\d{2})',
  S: '(?<f>\\d{1,9})',
  a: '(?<a>[AaPp])\\.?[Mm]\\.?',
};

/**
 * A reader for `auto`, `unix` (seconds, milliseconds, microseconds or nanoseconds, told by size) or a pattern such as
 * `dd.MM.yyyy HH:mm:ss`: yyyy yy MMM MM M dd d HH H hh h mm ss S a; text in quotes and everything else stands for itself.
 * Undefined for a pattern without year, month and day.
 */
export function timeReader(format: string): TimeReader | undefined {
  if (format === 'auto') return (text, zone, reference) => parseTime(text, zone, reference);
  if (format === 'unix') return (text) => fromEpoch(text);
  const form = compile(format);
  if (form === undefined) return undefined;
  return (text, zone) => {
    const groups = text.length <= 80 ? form.exec(text)?.groups : undefined;
    if (groups === undefined) return undefined;
    const year = groups.y === undefined ? 2000 + Number(groups.yy) : Number(groups.y);
    const month = groups.mon === undefined ? Number(groups.M) : monthNumber(groups.mon);
    const micros = Number((groups.f ?? '').padEnd(6, '0').slice(0, 6));
    const hour = hourOf(Number(groups.H ?? 0), groups.a);
    const wall = wallMicros(year, month, Number(groups.d), hour, Number(groups.m ?? 0), Number(groups.s ?? 0), micros);
    return wall === undefined ? undefined : wallToUtc(wall, zone);
  };
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}

function compile(format: string): RegExp | undefined {
  if (format.length > 60) return undefined;
  let source = '';
  const seen = new Set<string>();
  for (const token of format.match(/'[^']*'|([A-Za-z])\1*|./gs) ?? []) {
    const part = Object.hasOwn(PARTS, token) ? PARTS[token] : /^S+$/.test(token) ? PARTS.S : undefined;
    if (part !== undefined) {
      const name = /<(\w+)>/.exec(part)?.[1] ?? '';
      if (seen.has(name)) return undefined;
      seen.add(name);
      source += part;
    } else {
      const literal = token.startsWith("'") ? token.slice(1, -1) : token;
      if (/^[A-Za-z]+$/.test(token) && token !== 'T' && token !== 'Z') return undefined;
      source += literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    }
  }
  const dated = (seen.has('y') || seen.has('yy')) && (seen.has('M') || seen.has('mon')) && seen.has('d');
  return dated ? new RegExp(`^${source}$`) : undefined;
}
