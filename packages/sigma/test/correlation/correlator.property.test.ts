import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Correlation } from '../../src/ast.ts';
import { createCorrelator } from '../../src/correlation/correlator.ts';
import type { CorrelationMatch } from '../../src/correlation/match.ts';
import { base, condition, input, timespan } from './arbitraries.ts';
import { correlation, rule, setOf } from './build.ts';
import { type OracleInput, type OracleMatch, oracle } from './oracle.ts';

/** `CHAPERONE_EFFORT=20` tries twenty times as many */
const EFFORT = Number(process.env.CHAPERONE_EFFORT ?? 1);
const RULES = ['a', 'b', 'c'].map(rule);
function run(
  correlations: readonly Correlation[],
  inputs: readonly OracleInput[],
  options: { bufferInputs?: number } = {},
): { matches: CorrelationMatch[]; refused: boolean; late: number } {
  const set = setOf(RULES, correlations);
  const matches: CorrelationMatch[] = [];
  const correlator = createCorrelator(set, { ...options, onMatch: (match) => matches.push(match) });
  for (const one of inputs) {
    const needs = correlator.needs(RULES[one.rule]);
    if (needs === undefined) continue;
    const values = needs.map((field) => (one.fields as Record<string, unknown>)[field]);
    correlator.add({ rule: one.rule, time: one.time, values, ref: one });
  }
  correlator.finish();
  expect(correlator.stats().groups).toBe(0);
  return { matches, refused: correlator.refused.length > 0, late: correlator.stats().late };
}

function plain(matches: readonly (CorrelationMatch | OracleMatch)[]): string[] {
  return matches
    .map((match) => {
      const name = typeof match.correlation === 'string' ? match.correlation : match.correlation.name;
      const group =
        typeof match.group === 'string' ? match.group : Object.values(match.group).join(' | ').toLowerCase();
      const value = Math.round(match.value * 1e6) / 1e6;
      return JSON.stringify({
        name,
        group,
        start: match.start,
        end: match.end,
        fired: match.fired,
        value,
        count: match.count,
      });
    })
    .sort();
}

test('any order of arrival finds what the definition says', () => {
  fc.assert(
    fc.property(base, fc.array(input(false), { maxLength: 60 }), fc.infiniteStream(fc.nat()), (parts, inputs, keys) => {
      const one = correlation('x', parts as Partial<Correlation>);
      const first = run([one], inputs);
      if (first.refused) return;
      const expected = plain(oracle(setOf(RULES, [one]), inputs));
      expect(plain(first.matches)).toEqual(expected);
      const shuffled = inputs.map((value) => ({ value, key: keys.next().value! })).sort((a, b) => a.key - b.key);
      expect(
        plain(
          run(
            [one],
            shuffled.map(({ value }) => value),
          ).matches,
        ),
      ).toEqual(expected);
    }),
    { numRuns: 3000 * EFFORT },
  );
});

test('chains find what the definition says', () => {
  const outer = fc.oneof(
    fc.record({
      type: fc.constant('event_count' as const),
      condition,
      groupBy: fc.constantFrom([], ['user']),
      timespan,
    }),
    fc.record({
      type: fc.constantFrom('temporal' as const, 'temporal_ordered' as const),
      groupBy: fc.constantFrom([], ['user']),
      timespan,
    }),
  );
  fc.assert(
    fc.property(
      base,
      outer,
      fc.uniqueArray(input(true), { maxLength: 60, selector: (one) => one.time }),
      (inside, outside, inputs) => {
        // n is the only field that inner and outer could see differently; an inner one that isn't grouped by user carries it
        const inner = correlation('inner', { ...(inside as Partial<Correlation>), timespan: inside.timespan * 1000 });
        const top = correlation('outer', {
          ...(outside as Partial<Correlation>),
          timespan: outside.timespan * 1000,
          rules: ['inner', 'c'],
          generate: true,
        });
        const found = run([top, inner], inputs);
        if (found.refused) return;
        expect(plain(found.matches)).toEqual(plain(oracle(setOf(RULES, [top, inner]), inputs)));
      },
    ),
    { numRuns: 1500 * EFFORT },
  );
});

test('a small buffer gives the same as long as nothing comes later than it holds', () => {
  fc.assert(
    fc.property(base, fc.array(input(true), { maxLength: 80 }), (parts, inputs) => {
      const one = correlation('x', { ...(parts as Partial<Correlation>), timespan: parts.timespan * 1000 });
      const sorted = [...inputs]
        .sort((a, b) => a.time - b.time)
        .filter((two, i, all) => i === 0 || all[i - 1].time < two.time);
      // neighbours change places: never later than the half of a buffer of eight
      for (let i = 0; i + 1 < sorted.length; i += 2) [sorted[i], sorted[i + 1]] = [sorted[i + 1], sorted[i]];
      const small = run([one], sorted, { bufferInputs: 8 });
      if (small.refused) return;
      expect(small.late).toBe(0);
      expect(plain(small.matches)).toEqual(plain(oracle(setOf(RULES, [one]), sorted)));
    }),
    { numRuns: 1000 * EFFORT },
  );
});
