import type { Correlation, CorrelationType } from '../ast.ts';
import type { CorrelationMatch } from './match.ts';

const OPS = { gt: 'more than', gte: 'at least', lt: 'less than', lte: 'at most', eq: 'exactly', neq: 'other than' };

/** The sentence that says why a correlation holds, e.g. "12 events of `Failed log-on` for User = bob within 4m 30s (asked for: at least 10 within 5m)". */
export function whyMatched(match: Omit<CorrelationMatch, 'why'>): string {
  const { correlation, group, sources } = match;
  const names = sources.map((source) => quote(source.title)).join(', ');
  const where = Object.entries(group)
    .map(([field, value]) => `${field} = ${short(value)}`)
    .join(', ');
  const within = duration(Math.max(0, match.end - match.start));
  const what = happened(correlation, match.value, match.count, names);
  return `${what}${where === '' ? '' : ` for ${where}`}, in ${within} (asked for: ${asked(correlation)})`;
}

function happened(correlation: Correlation, value: number, count: number, names: string): string {
  const fields = correlation.fields.join(', ');
  const kinds: Record<CorrelationType, () => string> = {
    event_count: () => `${count} ${count === 1 ? 'event' : 'events'} of ${names}`,
    value_count: () => `${value} different ${value === 1 ? 'value' : 'values'} of ${fields} in events of ${names}`,
    value_sum: () => `the sum of ${fields} came to ${value} in events of ${names}`,
    value_avg: () => `the average of ${fields} was ${value} in events of ${names}`,
    value_percentile: () => `percentile ${correlation.percentile} of ${fields} was ${value} in events of ${names}`,
    value_median: () => `the median of ${fields} was ${value} in events of ${names}`,
    temporal: () => `${names} ${count === 1 ? 'occurred' : 'occurred together'}`,
    temporal_ordered: () => `${names} occurred in this order`,
  };
  return kinds[correlation.type]();
}

function asked(correlation: Correlation): string {
  const span = `within ${duration(correlation.timespan)}`;
  if (correlation.temporal !== undefined) return `${temporalText(correlation.temporal, correlation.rules)} ${span}`;
  if (correlation.condition.length === 0) {
    return `each of ${correlation.rules.length} rules${correlation.type === 'temporal_ordered' ? ' in order' : ''} ${span}`;
  }
  return `${correlation.condition.map(({ op, value }) => `${OPS[op]} ${value}`).join(' and ')} ${span}`;
}

function temporalText(node: NonNullable<Correlation['temporal']>, rules: readonly string[]): string {
  switch (node.kind) {
    case 'rule':
      return node.ref;
    case 'not':
      return `not ${node.of.kind === 'rule' ? node.of.ref : `(${temporalText(node.of, rules)})`}`;
    default:
      return node.of
        .map((part) =>
          part.kind === 'and' || part.kind === 'or' ? `(${temporalText(part, rules)})` : temporalText(part, rules),
        )
        .join(` ${node.kind} `);
  }
}

const UNITS = [
  ['d', 86_400_000_000],
  ['h', 3_600_000_000],
  ['m', 60_000_000],
  ['s', 1_000_000],
] as const;

/** A duration in microseconds as its two largest units, e.g. `4m 30s`. */
export function duration(micros: number): string {
  if (micros > 0 && micros < 1_000_000) return `${Math.max(1, Math.round(micros / 1000))}ms`;
  const parts: string[] = [];
  let rest = micros;
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? '0s' : parts.join(' ');
}

function quote(title: string): string {
  return `“${short(title)}”`;
}

function short(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
