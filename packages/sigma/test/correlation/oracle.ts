/**
 * Correlations by their definition and nothing else: windows are cut out of the sorted list anew for every question,
 * O(n^2) and more. What the correlator finds is compared with this.
 */
import type { Correlation, Rule, RuleSet, TemporalCondition } from '../../src/ast.ts';

export interface OracleInput {
  readonly rule: number;
  readonly time: number;
  /** field → value */
  readonly fields: Readonly<Record<string, unknown>>;
}

interface Occurrence {
  readonly time: number;
  readonly source: Rule | Correlation;
  readonly fields: Readonly<Record<string, unknown>>;
}

interface Hit {
  readonly at: number;
  readonly end: number;
  readonly start: number;
  readonly value: number;
  readonly count: number;
  /** what a correlation of this one sees: fields of each event that completed the hit */
  readonly seen: readonly Readonly<Record<string, unknown>>[];
}

export interface OracleMatch {
  readonly correlation: string;
  readonly group: string;
  readonly start: number;
  readonly end: number;
  readonly fired: number;
  readonly value: number;
  readonly count: number;
}

type Run = OracleMatch & { readonly hits: readonly Hit[]; readonly groupFields: Readonly<Record<string, unknown>> };

export function oracle(set: RuleSet, inputs: readonly OracleInput[]): OracleMatch[] {
  const runs = new Map<Correlation, Run[]>();
  const find = (ref: string) => [...set.rules, ...set.correlations].filter((one) => one.id === ref || one.name === ref);
  const runsOf = (correlation: Correlation): Run[] => {
    let known = runs.get(correlation);
    if (known === undefined) {
      known = compute(correlation);
      runs.set(correlation, known);
    }
    return known;
  };
  const compute = (correlation: Correlation): Run[] => {
    const sources = correlation.anyRule ? [...set.rules] : correlation.rules.flatMap(find);
    const lasting = correlation.type === 'temporal' || correlation.type === 'temporal_ordered';
    const occurrences: Occurrence[] = [];
    for (const source of sources) {
      if (source.kind === 'rule') {
        for (const input of inputs) {
          if (set.rules[input.rule] === source) occurrences.push({ time: input.time, source, fields: input.fields });
        }
        continue;
      }
      for (const run of runsOf(source)) {
        for (const hit of lasting ? run.hits : run.hits.slice(0, 1)) {
          for (const seen of hit.seen)
            occurrences.push({ time: hit.at, source, fields: { ...seen, ...run.groupFields } });
        }
      }
    }
    occurrences.sort((a, b) => a.time - b.time);
    const groups = new Map<string, Occurrence[]>();
    for (const occurrence of occurrences) {
      const names = correlation.groupBy.map((field) => read(correlation, occurrence, field));
      if (names.includes(undefined) || !usable(correlation, occurrence)) continue;
      const key = names.map((name) => name!.toLowerCase()).join(' | ');
      groups.set(key, [...(groups.get(key) ?? []), occurrence]);
    }
    return [...groups].flatMap(([group, members]) => runsIn(correlation, group, members));
  };
  return set.correlations.flatMap((correlation) => runsOf(correlation));
}

function read(correlation: Correlation, occurrence: Occurrence, name: string): string | undefined {
  const alias = correlation.aliases.get(name);
  const field = alias?.get(occurrence.source.id) ?? alias?.get(occurrence.source.name ?? '') ?? name;
  const value = occurrence.fields[field];
  return value === undefined || value === null ? undefined : String(value);
}

function number(correlation: Correlation, occurrence: Occurrence): number {
  const text = read(correlation, occurrence, correlation.fields[0]);
  return text === undefined || !/^-?\d+(\.\d+)?$/.test(text) ? NaN : Number(text);
}

function usable(correlation: Correlation, occurrence: Occurrence): boolean {
  switch (correlation.type) {
    case 'value_count':
      return correlation.fields.every((field) => read(correlation, occurrence, field) !== undefined);
    case 'value_sum':
    case 'value_avg':
    case 'value_percentile':
    case 'value_median':
      return !Number.isNaN(number(correlation, occurrence));
    default:
      return true;
  }
}

function runsIn(correlation: Correlation, group: string, members: readonly Occurrence[]): Run[] {
  const hits = hitsIn(correlation, members).sort((a, b) => a.at - b.at);
  const groupFields: Record<string, unknown> = {};
  for (const [i, field] of correlation.groupBy.entries()) groupFields[field] = group.split(' | ')[i];
  const runs: Run[] = [];
  let open: Hit[] = [];
  const close = () => {
    if (open.length === 0) return;
    const [first] = open;
    const last = open[open.length - 1];
    let count = first.count;
    const absent = correlation.temporal !== undefined && negates(correlation);
    if (absent) {
      let end = first.end;
      for (const hit of open.slice(1)) {
        count += newerThan(correlation, members, hit, end);
        end = Math.max(end, hit.end);
      }
    } else count += members.filter((member) => member.time > first.at && member.time <= last.at).length;
    const values = open.map((hit) => hit.value);
    const lower = correlation.condition.some(({ op }) => op === 'gt' || op === 'gte');
    const upper = correlation.condition.some(({ op }) => op === 'lt' || op === 'lte');
    const one = correlation.type === 'temporal_ordered' || correlation.temporal !== undefined;
    let value =
      lower || correlation.condition.length === 0 ? Math.max(...values) : upper ? Math.min(...values) : values[0];
    if (one) value = 1;
    if (correlation.type === 'event_count' && !full(correlation)) value = count;
    const base = { correlation: correlation.name!, group, start: first.start, end: last.end, fired: first.at };
    runs.push({ ...base, value, count, hits: open, groupFields });
    open = [];
  };
  for (const hit of hits) {
    if (open.length > 0 && hit.at - open[open.length - 1].at > correlation.timespan) close();
    open.push(hit);
  }
  close();
  return runs;
}

function full(correlation: Correlation): boolean {
  if (correlation.temporal !== undefined || correlation.type === 'temporal_ordered') return false;
  if (['value_avg', 'value_percentile', 'value_median'].includes(correlation.type)) return true;
  // there can't be more rules than there are: exactly all is at least all
  const all = (op: string, value: number) =>
    correlation.type === 'temporal' && op === 'eq' && value === correlation.rules.length;
  return correlation.condition.some(({ op, value }) => op !== 'gt' && op !== 'gte' && !all(op, value));
}

function hitsIn(correlation: Correlation, members: readonly Occurrence[]): Hit[] {
  const { timespan } = correlation;
  const times = [...new Set(members.map((member) => member.time))].sort((a, b) => a - b);
  const between = (from: number, to: number) => members.filter((member) => member.time >= from && member.time <= to);
  const fieldsAt = (time: number) => members.filter((member) => member.time === time).map((member) => member.fields);
  if (correlation.temporal !== undefined) {
    const absent = negates(correlation);
    const hits: Hit[] = [];
    for (const time of times) {
      const before = between(time - timespan, time);
      const after = absent ? between(time - timespan, time + timespan) : before;
      for (const witness of witnesses(correlation, before, after, absent ? time : undefined)) {
        hits.push({
          at: absent ? time + timespan : time,
          end: time,
          start: Math.min(...witness),
          value: 1,
          count: witness.length,
          seen: fieldsAt(absent ? Math.max(...times.filter((one) => one <= time + timespan)) : time),
        });
        break;
      }
    }
    return hits;
  }
  if (!full(correlation)) {
    return times.flatMap((time) => {
      const judged = judge(correlation, between(time - timespan, time));
      return judged === undefined ? [] : [{ ...judged, at: time, end: time, seen: fieldsAt(time) }];
    });
  }
  return times.flatMap((time, i) => {
    const window = between(time, time + timespan);
    const last = window[window.length - 1].time;
    if (i > 0 && last <= times[i - 1] + timespan) return [];
    const judged = judge(correlation, window);
    return judged === undefined ? [] : [{ ...judged, at: time + timespan, end: last, seen: fieldsAt(last) }];
  });
}

function judge(
  correlation: Correlation,
  window: readonly Occurrence[],
): { value: number; count: number; start: number } | undefined {
  const latestBy = (key: (one: Occurrence) => string) => {
    const latest = new Map<string, number>();
    for (const one of window) latest.set(key(one), one.time);
    return latest;
  };
  const start = window[0].time;
  const numbers = () => window.map((one) => number(correlation, one)).sort((a, b) => a - b);
  const asked = (value: number, count: number, from: number, condition = correlation.condition) =>
    condition.every(({ op, value: bound }) => compare(op, value, bound)) ? { value, count, start: from } : undefined;
  switch (correlation.type) {
    case 'event_count':
      return asked(window.length, window.length, start);
    case 'value_count': {
      const latest = latestBy((one) =>
        JSON.stringify(correlation.fields.map((field) => read(correlation, one, field)!.toLowerCase())),
      );
      return asked(latest.size, latest.size, Math.min(...latest.values()));
    }
    case 'value_sum':
    case 'value_avg': {
      const sum = numbers().reduce((a, b) => a + b, 0);
      return asked(correlation.type === 'value_sum' ? sum : sum / window.length, window.length, start);
    }
    case 'value_percentile':
    case 'value_median': {
      const sorted = numbers();
      const rank = ((correlation.type === 'value_median' ? 50 : correlation.percentile) / 100) * (sorted.length - 1);
      const low = sorted[Math.floor(rank)];
      const value = low + (sorted[Math.ceil(rank)] - low) * (rank - Math.floor(rank));
      return asked(value, window.length, start);
    }
    case 'temporal': {
      const latest = latestBy((one) => one.source.id);
      const condition =
        correlation.condition.length > 0
          ? correlation.condition
          : [{ op: 'gte', value: correlation.rules.length } as const];
      return asked(latest.size, latest.size, Math.min(...latest.values()), condition);
    }
    case 'temporal_ordered': {
      const chain = latestChain(window, correlation.rules);
      return chain === undefined ? undefined : { value: 1, count: correlation.rules.length, start: chain };
    }
  }
}

/** The latest start of a chain through the rules in their order, by trying every start from the latest on. */
function latestChain(window: readonly Occurrence[], rules: readonly string[]): number | undefined {
  const isOf = (one: Occurrence, ref: string) => one.source.id === ref || one.source.name === ref;
  for (const start of window.filter((one) => isOf(one, rules[0])).reverse()) {
    let time: number | undefined = start.time;
    for (const ref of rules.slice(1)) {
      const from: number = time!;
      time = window.find((one) => isOf(one, ref) && one.time >= from)?.time;
      if (time === undefined) break;
    }
    if (time !== undefined) return start.time;
  }
  return undefined;
}

function compare(op: string, value: number, bound: number): boolean {
  const results: Record<string, boolean> = {
    gt: value > bound,
    gte: value >= bound,
    lt: value < bound,
    lte: value <= bound,
    eq: value === bound,
    neq: value !== bound,
  };
  return results[op];
}

function negates(correlation: Correlation): boolean {
  return ways(correlation).some((way) => way.absent.length > 0);
}

interface Literals {
  readonly occurred: readonly string[];
  readonly absent: readonly string[];
}

/** All ways in which the condition can hold, by trying every assignment of its rules. */
function ways(correlation: Correlation): Literals[] {
  const walk = (node: TemporalCondition, negated: boolean): Literals[] => {
    if (node.kind === 'not') return walk(node.of, !negated);
    if (node.kind === 'rule')
      return [negated ? { occurred: [], absent: [node.ref] } : { occurred: [node.ref], absent: [] }];
    const parts = node.of.map((part) => walk(part, negated));
    if ((node.kind === 'and') === negated) return parts.flat();
    return parts.reduce((all, part) =>
      all.flatMap((a) =>
        part.map((b) => ({
          occurred: [...new Set([...a.occurred, ...b.occurred])],
          absent: [...new Set([...a.absent, ...b.absent])],
        })),
      ),
    );
  };
  const all = walk(correlation.temporal!, false)
    .filter((one) => !one.occurred.some((ref) => one.absent.includes(ref)))
    // in the order in which the correlator tries them: rules by their place in the list
    .map((one) => ({ occurred: inOrder(correlation, one.occurred), absent: inOrder(correlation, one.absent) }));
  const within = (few: readonly string[], many: readonly string[]) => few.every((ref) => many.includes(ref));
  const covers = (a: Literals, b: Literals) => within(a.occurred, b.occurred) && within(a.absent, b.absent);
  return all.filter(
    (one, i) => !all.some((other, j) => i !== j && covers(other, one) && (j < i || !covers(one, other))),
  );
}

function inOrder(correlation: Correlation, refs: readonly string[]): string[] {
  return [...refs].sort((a, b) => correlation.rules.indexOf(a) - correlation.rules.indexOf(b));
}

/** Times of the events behind each way that holds; with an anchor, one of them must be at that time. */
function witnesses(
  correlation: Correlation,
  before: readonly Occurrence[],
  after: readonly Occurrence[],
  anchor: number | undefined,
): number[][] {
  const is = (one: Occurrence, ref: string) => one.source.id === ref || one.source.name === ref;
  const found: number[][] = [];
  for (const way of ways(correlation)) {
    if (way.absent.some((ref) => after.some((one) => is(one, ref)))) continue;
    const latest = way.occurred.map((ref) => before.findLast((one) => is(one, ref))?.time);
    if (latest.includes(undefined)) continue;
    if (anchor !== undefined && !latest.includes(anchor)) continue;
    if (correlation.type === 'temporal_ordered') {
      const list = correlation.rules.filter((ref) => way.occurred.includes(ref));
      const start = latestChain(before, list);
      if (start === undefined) continue;
      found.push([start, ...list.slice(1).map(() => anchor ?? start)]);
    } else found.push(latest as number[]);
  }
  return found;
}

function newerThan(correlation: Correlation, members: readonly Occurrence[], hit: Hit, end: number): number {
  const before = members.filter((one) => one.time >= hit.end - correlation.timespan && one.time <= hit.end);
  const after = members.filter(
    (one) => one.time >= hit.end - correlation.timespan && one.time <= hit.end + correlation.timespan,
  );
  return (witnesses(correlation, before, after, hit.end)[0] ?? []).filter((time) => time > end).length;
}
