import { describe, expect, test } from 'vitest';
import type { Correlation } from '../../src/ast.ts';
import { type CorrelatorOptions, createCorrelator } from '../../src/correlation/correlator.ts';
import type { CorrelationMatch } from '../../src/correlation/match.ts';
import { loadRules } from '../../src/load/load-rules.ts';
import { correlation, rule, setOf } from './build.ts';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const RULES = ['failure', 'success', 'ticket'].map(rule);

type Event = readonly [rule: string, seconds: number, fields?: Readonly<Record<string, unknown>>];

function find(correlations: readonly Correlation[], events: readonly Event[], options: CorrelatorOptions = {}) {
  const matches: CorrelationMatch[] = [];
  const set = setOf(RULES, correlations);
  const correlator = createCorrelator(set, { ...options, onMatch: (match) => matches.push(match) });
  for (const [name, seconds, fields = {}] of events) {
    const index = RULES.findIndex((one) => one.name === name);
    const needs = correlator.needs(RULES[index]) ?? [];
    const values = needs.map((field) => fields[field]);
    correlator.add({ rule: index, time: seconds * SECOND, values, ref: `${name}@${seconds}` });
  }
  correlator.finish();
  return { matches, correlator };
}

const burst = (count: number, from: number, fields?: Event[2]): Event[] =>
  Array.from({ length: count }, (_, i) => ['failure', from + i, fields]);

const brute = correlation('brute', {
  type: 'event_count',
  rules: ['failure'],
  groupBy: ['user'],
  timespan: MINUTE,
  condition: [{ op: 'gte', value: 5 }],
});

describe('runs that go on', () => {
  test('are told when asked for, again only when they have grown, and at their end no more than that', () => {
    const told: CorrelationMatch[] = [];
    const correlator = createCorrelator(setOf(RULES, [brute]), { onMatch: (match) => told.push(match) });
    const add = (second: number) =>
      correlator.add({ rule: 0, time: second * SECOND, values: ['anna'], ref: `failure@${second}` });
    const ask = (second: number) => {
      correlator.advance(second * SECOND);
      correlator.tellRunning();
      return told.splice(0).map(({ start, count, group }) => [start / SECOND, count, group.user]);
    };
    for (let second = 1; second <= 4; second += 1) add(second);
    expect(ask(4)).toEqual([]);
    add(5);
    expect(ask(5)).toEqual([[1, 5, 'anna']]);
    expect(ask(6)).toEqual([]);
    add(7);
    add(8);
    expect(ask(8)).toEqual([[1, 7, 'anna']]);
    // The group is never quiet, so the run never ends by itself.
    for (let second = 50; second < 500; second += 50) add(second);
    expect(ask(500)).toEqual([[1, 8, 'anna']]);
    correlator.finish();
    expect(told).toEqual([]);
  });

  test('are told at their end where nobody asked before', () => {
    const { matches } = find([brute], burst(6, 1, { user: 'anna' }));
    expect(matches.map(({ count }) => count)).toEqual([6]);
  });
});

describe('event_count', () => {
  test('reports a burst once, with its count, its events and a sentence', () => {
    const { matches } = find([brute], burst(1000, 0, { user: 'eve' }));
    expect(matches).toHaveLength(1);
    const [match] = matches;
    expect(match).toMatchObject({
      group: { user: 'eve' },
      start: 0,
      end: 999 * SECOND,
      fired: 4 * SECOND,
      count: 1000,
      value: 1000,
    });
    expect(match.contributions).toHaveLength(100);
    expect(match.contributions[0]).toEqual({ ref: 'failure@0', rule: RULES[0], time: 0 });
    expect(match.sources).toEqual([RULES[0]]);
    expect(match.why).toBe(
      '1000 events of “Rule failure” for user = eve, in 16m 39s (asked for: at least 5 within 1m)',
    );
  });

  test('slides: a burst across a full minute is one', () => {
    const { matches } = find([brute], burst(5, 57, { user: 'eve' }));
    expect(matches).toHaveLength(1);
  });

  test('includes both ends of the window', () => {
    const exactly = [...burst(4, 0, { user: 'eve' }), ['failure', 60, { user: 'eve' }]] as Event[];
    expect(find([brute], exactly).matches).toHaveLength(1);
    const beyond = [...burst(4, 0, { user: 'eve' }), ['failure', 60.000001, { user: 'eve' }]] as Event[];
    expect(find([brute], beyond).matches).toHaveLength(0);
  });

  test('begins anew after a timespan of peace', () => {
    const events = [...burst(5, 0, { user: 'eve' }), ...burst(5, 500, { user: 'eve' })];
    expect(find([brute], events).matches.map((match) => match.start / SECOND)).toEqual([0, 500]);
  });

  test('an upper bound is judged when the window is full, not while it grows', () => {
    const range = {
      ...brute,
      condition: [
        { op: 'gte', value: 2 },
        { op: 'lt', value: 5 },
      ],
    } as const;
    expect(find([range], burst(50, 0, { user: 'eve' })).matches.map((match) => match.value)).toEqual([]);
    const [match] = find([range], burst(3, 0, { user: 'eve' })).matches;
    expect(match).toMatchObject({ value: 3, fired: 60 * SECOND, end: 2 * SECOND });
  });
});

describe('groups', () => {
  test('ignore case, and events without the field belong to none', () => {
    const events = burst(5, 0).map(([name, at], i): Event => [name, at, { user: ['Eve', 'EVE', 'eve'][i % 3] }]);
    const { matches, correlator } = find([brute], [...events, ['failure', 5], ['failure', 6, { user: null }]]);
    expect(matches).toHaveLength(1);
    expect(matches[0].group).toEqual({ user: 'Eve' });
    expect(correlator.stats()).toMatchObject({ inputs: 7, ungrouped: 2, groups: 0 });
  });

  test('numbers and texts that look alike are one group, lists are named by their elements', () => {
    const values: unknown[] = [4624, '4624', ['4624'], [[4624]], 4624n];
    const events = values.map((user, i): Event => ['failure', i, { user }]);
    expect(find([brute], events).matches[0].group).toEqual({ user: '4624' });
    const lists = burst(5, 0, { user: ['b', null, 'a'] });
    expect(find([brute], lists).matches[0].group).toEqual({ user: 'b, a' });
  });

  test('a value of a megabyte is not kept whole', () => {
    const [match] = find([brute], burst(5, 0, { user: 'x'.repeat(1_000_000) })).matches;
    expect(match.group.user.length).toBeLessThan(400);
  });

  test('`__proto__` is a field like any other', () => {
    const odd = { ...brute, groupBy: ['__proto__'] };
    const events = burst(5, 0).map(([name, at]): Event => [name, at, JSON.parse('{"__proto__": "eve"}')]);
    expect(Object.entries(find([odd], events).matches[0].group)).toEqual([['__proto__', 'eve']]);
  });
});

describe('values', () => {
  const spray = correlation('spray', {
    type: 'value_count',
    rules: ['failure'],
    fields: ['user', 'host'],
    groupBy: ['ip'],
    timespan: MINUTE,
    condition: [{ op: 'gt', value: 2 }],
  });

  test('several fields are tuples; an event without one of them is left out and counted', () => {
    const users = ['a', 'b', 'A', 'c', undefined, 'd'];
    const events = users.map((user, i): Event => ['failure', i, { user, host: 'h', ip: '192.0.2.1' }]);
    const { matches, correlator } = find([spray], events);
    expect(matches).toHaveLength(1);
    expect(matches[0]).toMatchObject({ value: 4, fired: 3 * SECOND });
    expect(correlator.stats().valueless).toBe(1);
  });

  test('a sum skips what is no number, and does not drift', () => {
    const sum = correlation('sum', {
      type: 'value_sum',
      rules: ['success'],
      fields: ['bytes'],
      timespan: MINUTE,
      condition: [{ op: 'gt', value: 1e16 }],
    });
    const bytes = [1e16, 1, -1e16, 'many', '0x11', 1e16, null, Number.NaN];
    const { matches, correlator } = find(
      [sum],
      bytes.map((one, i): Event => ['success', i, { bytes: one }]),
    );
    expect(matches[0]).toMatchObject({ value: 1e16 + 18, fired: 5 * SECOND });
    expect(correlator.stats().valueless).toBe(3);
  });
});

describe('absence', () => {
  const untold = correlation('untold', {
    type: 'temporal',
    rules: ['success', 'ticket'],
    groupBy: ['user'],
    timespan: 10 * MINUTE,
    temporal: {
      kind: 'and',
      of: [
        { kind: 'rule', ref: 'success' },
        { kind: 'not', of: { kind: 'rule', ref: 'ticket' } },
      ],
    },
  });
  const user = { user: 'eve' };

  test('a ticket shortly before or after a log-on excuses it', () => {
    expect(
      find(
        [untold],
        [
          ['success', 0, user],
          ['ticket', 599, user],
        ],
      ).matches,
    ).toEqual([]);
    expect(
      find(
        [untold],
        [
          ['ticket', 0, user],
          ['success', 599, user],
        ],
      ).matches,
    ).toEqual([]);
  });

  test('no ticket is known when the time has passed', () => {
    const [match] = find(
      [untold],
      [
        ['success', 0, user],
        ['ticket', 601, user],
      ],
    ).matches;
    expect(match).toMatchObject({ fired: 600 * SECOND, start: 0, end: 0, count: 1 });
    expect(match.why).toContain('success and not ticket within 10m');
  });

  test('`advance` brings it out as soon as the time has passed', () => {
    const matches: CorrelationMatch[] = [];
    const correlator = createCorrelator(setOf(RULES, [untold]), { onMatch: (match) => matches.push(match) });
    correlator.add({ rule: 1, time: 0, values: ['eve'], ref: 1 });
    correlator.advance(600 * SECOND);
    expect(matches).toEqual([]);
    correlator.advance(601 * SECOND);
    expect(matches).toHaveLength(1);
  });

  test('a condition that holds where nothing happens is refused', () => {
    const never = { ...untold, temporal: { kind: 'not', of: { kind: 'rule', ref: 'ticket' } } } as const;
    expect(find([never], []).correlator.refused).toMatchObject([
      { code: 'correlation-condition', rule: 'Correlation untold' },
    ]);
  });
});

describe('chains', () => {
  const after = correlation('after', {
    type: 'temporal_ordered',
    rules: ['brute', 'success'],
    groupBy: ['user'],
    timespan: MINUTE,
  });

  test('a success while the failures still go on comes after them', () => {
    const events: Event[] = [...burst(300, 0, { user: 'eve' }), ['success', 150.5, { user: 'eve' }]];
    const { matches, correlator } = find([after, brute], events);
    expect(matches.map((match) => match.correlation.name)).toEqual(['after']);
    expect(matches[0].sources.map((source) => source.name)).toEqual(['brute', 'success']);
    expect(matches[0].contributions.map(({ ref }) => ref)).toContain('success@150.5');
    expect(correlator.standsAlone(brute)).toBe(false);
    expect(correlator.standsAlone(RULES[0])).toBe(false);
    expect(correlator.standsAlone(RULES[2])).toBe(true);
  });

  test('`generate` lets the inner one speak as well', () => {
    const events: Event[] = [...burst(5, 0, { user: 'eve' }), ['success', 5, { user: 'eve' }]];
    const names = find([{ ...after, generate: true }, brute], events).matches.map((match) => match.correlation.name);
    expect(names.sort()).toEqual(['after', 'brute']);
  });

  test('an outer group-by field that the inner one is not grouped by is taken from the event that completed it', () => {
    const byHost = { ...brute, groupBy: ['host'] };
    const fields = { host: 'dc', user: 'eve' };
    const { matches } = find([after, byHost], [...burst(5, 0, fields), ['success', 9, { user: 'eve' }]]);
    expect(matches.map((match) => match.group)).toEqual([{ user: 'eve' }]);
  });

  test('circles and missing rules are refused, the rest runs', () => {
    const a = correlation('a', { rules: ['b'], condition: [{ op: 'gte', value: 1 }] });
    const b = correlation('b', { rules: ['a'], condition: [{ op: 'gte', value: 1 }] });
    const c = correlation('c', { rules: ['nowhere'], condition: [{ op: 'gte', value: 1 }] });
    const { matches, correlator } = find([a, b, c, brute], burst(5, 0, { user: 'eve' }));
    expect(correlator.refused.map(({ code }) => code).sort()).toEqual([
      'reference-cycle',
      'reference-missing',
      'reference-refused',
    ]);
    expect(matches).toHaveLength(1);
  });
});

describe('aliases and loading', () => {
  test('a correlation written in YAML runs', () => {
    const text = `
title: Out
name: out
logsource: {category: network}
detection: {s: {a: 1}, condition: s}
---
title: In
name: in
logsource: {category: network}
detection: {s: {a: 2}, condition: s}
---
title: Turned around
correlation:
  type: temporal
  rules: [out, in]
  group-by: [peer]
  timespan: 10s
  aliases:
    peer: {out: dst, in: src}
`;
    const set = loadRules([{ file: 'x.yml', text }]);
    expect(set.refused).toEqual([]);
    const matches: CorrelationMatch[] = [];
    const correlator = createCorrelator(set, { onMatch: (match) => matches.push(match) });
    expect(set.rules.map((one) => correlator.needs(one))).toEqual([['dst'], ['src']]);
    expect(set.rules.map((one) => correlator.indexOf(one))).toEqual([0, 1]);
    correlator.add({ rule: 0, time: 0, values: ['192.0.2.1'], ref: 'a' });
    correlator.add({ rule: 1, time: 5 * SECOND, values: ['192.0.2.1'], ref: 'b' });
    correlator.add({ rule: 1, time: 6 * SECOND, values: ['192.0.2.2'], ref: 'c' });
    correlator.finish();
    expect(matches).toMatchObject([{ group: { peer: '192.0.2.1' }, end: 5 * SECOND, count: 2 }]);
  });

  test('any rule: three different ones on a host', () => {
    const any = correlation('any', {
      type: 'temporal',
      anyRule: true,
      groupBy: ['host'],
      timespan: MINUTE,
      condition: [{ op: 'gte', value: 3 }],
    });
    const host = { host: 'dc' };
    const events: Event[] = [
      ['failure', 0, host],
      ['failure', 1, host],
      ['success', 2, host],
      ['ticket', 3, host],
    ];
    const { matches, correlator } = find([any], events);
    expect(matches).toMatchObject([{ value: 3, fired: 3 * SECOND }]);
    expect(correlator.standsAlone(RULES[0])).toBe(true);
  });
});

describe('order and bounds', () => {
  test('what comes too late is judged among its like, and counted', () => {
    const early = burst(5, 0, { user: 'eve' });
    const { matches, correlator } = find([brute], [...burst(8, 10_000, { user: 'bob' }), ...early], {
      bufferInputs: 8,
    });
    expect(correlator.stats().late).toBe(5);
    expect(matches.map((match) => match.group.user)).toContain('bob');
  });

  test('an input without a time is counted and left out', () => {
    const correlator = createCorrelator(setOf(RULES, [brute]));
    correlator.add({ rule: 0, time: Number.NaN, values: ['eve'], ref: 0 });
    correlator.finish();
    expect(correlator.stats()).toMatchObject({ inputs: 1, untimed: 1 });
    expect(() => correlator.add({ rule: 99, time: 0, values: [], ref: 0 })).toThrow(TypeError);
  });

  test('a group holds no more events than its condition needs', () => {
    const endless = { ...brute, timespan: 365 * 86_400 * SECOND };
    const correlator = createCorrelator(setOf(RULES, [endless]));
    for (let i = 0; i < 200_000; i++) {
      correlator.add({ rule: 0, time: i * SECOND, values: ['eve'], ref: i });
      if (i % 1000 === 999) correlator.advance(i * SECOND);
    }
    expect(correlator.stats().bytes).toBeLessThan(400_000);
  });

  test('groups go when their window has passed', () => {
    const correlator = createCorrelator(setOf(RULES, [brute]));
    for (let i = 0; i < 100_000; i++) {
      correlator.add({ rule: 0, time: i * SECOND, values: [`user ${i}`], ref: i });
      if (i % 1000 === 999) correlator.advance(i * SECOND);
    }
    expect(correlator.stats().groups).toBeLessThan(100);
  });
});
