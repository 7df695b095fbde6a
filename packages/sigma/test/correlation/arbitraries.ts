import fc from 'fast-check';
import type { Correlation, TemporalCondition } from '../../src/ast.ts';

const op = fc.constantFrom('gt', 'gte', 'lt', 'lte', 'eq', 'neq');
const bound = fc.integer({ min: 0, max: 6 });
export const condition = fc.oneof(
  fc.tuple(fc.constantFrom('gt', 'gte'), bound).map(([o, value]) => [{ op: o, value }]),
  fc.tuple(op, bound).map(([o, value]) => [{ op: o, value }]),
  fc.tuple(bound, bound).map(([low, more]) => [
    { op: 'gte', value: low },
    { op: 'lt', value: low + more },
  ]),
) as fc.Arbitrary<Correlation['condition']>;
const groupBy = fc.constantFrom([], ['user'], ['user', 'host']);
export const timespan = fc.constantFrom(3, 10, 25);
const some = fc.constantFrom(['a'], ['a', 'b'], ['a', 'b', 'c'], ['c', 'a'], ['id-b', 'a']);

const temporalCondition: fc.Arbitrary<TemporalCondition> = fc.letrec<{ node: TemporalCondition }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', 'c').map((ref): TemporalCondition => ({ kind: 'rule', ref })),
    tie('node').map((of): TemporalCondition => ({ kind: 'not', of })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('node'), { minLength: 1, maxLength: 3 }))
      .map(([kind, of]): TemporalCondition => ({ kind: kind as 'and' | 'or', of })),
  ),
})).node;

/** What a correlation of any type may say. */
export const base = fc.oneof(
  fc.record({ type: fc.constant('event_count' as const), rules: some, groupBy, timespan, condition }),
  fc.record({
    type: fc.constant('value_count' as const),
    rules: some,
    groupBy,
    timespan,
    condition,
    fields: fc.constantFrom(['n'], ['n', 'host']),
  }),
  fc.record({
    type: fc.constantFrom(
      'value_sum' as const,
      'value_avg' as const,
      'value_median' as const,
      'value_percentile' as const,
    ),
    rules: some,
    groupBy,
    timespan,
    condition,
    fields: fc.constant(['n']),
    percentile: fc.constantFrom(0, 33, 50, 95, 100),
  }),
  fc.record({ type: fc.constant('temporal' as const), rules: some, groupBy, timespan }),
  fc.record({ type: fc.constant('temporal' as const), rules: some, groupBy, timespan, condition }),
  fc.record({ type: fc.constant('temporal_ordered' as const), rules: some, groupBy, timespan }),
  fc.record({
    type: fc.constantFrom('temporal' as const, 'temporal_ordered' as const),
    rules: fc.constant(['a', 'b', 'c']),
    groupBy,
    timespan,
    temporal: temporalCondition,
  }),
);

/** An event of one of three rules; times collide unless `distinctTimes`. */
export const input = (distinctTimes: boolean) =>
  fc.record({
    rule: fc.integer({ min: 0, max: 2 }),
    time: fc.integer({ min: 0, max: distinctTimes ? 100_000 : 60 }),
    fields: fc.record({
      user: fc.constantFrom('eve', 'EVE', 'bob', null, 7),
      host: fc.constantFrom('h1', 'h2', undefined),
      n: fc.constantFrom(1, 2, '3', 0.5, -2, '0', 'x', null, 4),
    }),
  });
