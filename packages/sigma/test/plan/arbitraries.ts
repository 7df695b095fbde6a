/** Random rules and events over a small alphabet, so that literals hit, nearly hit and overlap all the time. */
import fc from 'fast-check';
import type { Condition, Node, PatternPart, Rule, Test } from '../../src/index.ts';

const SPAN = { line: 1, column: 1 };

/** ASCII of both cases, dashes, wildcards' own characters, and what Unicode folds in surprising ways. */
const UNITS = [
  'a',
  'b',
  'A',
  'B',
  'c',
  ' ',
  '-',
  '/',
  '\\',
  '.',
  '1',
  's',
  'k',
  'ſ',
  'K',
  'İ',
  'Σ',
  'ς',
  '–',
  'é',
  '😀',
  '\ud83d',
  '\0',
];
const PLAIN = ['a', 'b', 'A', 'B', 'c', ' ', '-', '/', '.', '1'];

const unit = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PLAIN) },
  { weight: 1, arbitrary: fc.constantFrom(...UNITS) },
);
export const text = fc.array(unit, { maxLength: 10 }).map((units) => units.join(''));
const literal = fc.array(unit, { minLength: 1, maxLength: 6 }).map((units) => units.join(''));

const part: fc.Arbitrary<PatternPart> = fc.oneof(
  { weight: 5, arbitrary: literal.map((value) => ({ kind: 'text' as const, text: value })) },
  { weight: 4, arbitrary: fc.constant({ kind: 'any' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'one' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'dash' as const }) },
);

const contains = literal.map((value): PatternPart[] => [
  { kind: 'any' },
  { kind: 'text', text: value },
  { kind: 'any' },
]);
const starts = literal.map((value): PatternPart[] => [{ kind: 'text', text: value }, { kind: 'any' }]);
const ends = literal.map((value): PatternPart[] => [{ kind: 'any' }, { kind: 'text', text: value }]);

export const test: fc.Arbitrary<Test> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('pattern' as const),
      parts: fc.oneof(contains, starts, ends, fc.array(part, { maxLength: 5 })),
      cased: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('regex' as const),
      source: fc.constantFrom(
        'a+b',
        '(ab|ba)c',
        '^a.*1$',
        's-?k',
        '[ab]{2,}',
        '(?i)SK',
        '\\d',
        'a|',
        '(a+)+$',
        '\\.1{2}',
        '.{6,}',
      ),
      flags: fc.constantFrom('', 'i', 's'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('number' as const), value: fc.integer({ min: -1, max: 12 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('compare' as const),
      op: fc.constantFrom('lt' as const, 'lte' as const, 'gt' as const, 'gte' as const),
      value: fc.integer({ min: -1, max: 12 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cidr' as const),
      network: fc.constantFrom(
        '10.0.0.0/8',
        '10.1.0.0/16',
        '0.0.0.0/0',
        '10.1.2.3/32',
        'fe80::/10',
        '::/0',
        'fe80::1/128',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'null' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('exists' as const), present: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('fieldref' as const),
      field: fc.constantFrom('f', 'g', 'h'),
      op: fc.constantFrom('equals' as const, 'startswith' as const, 'endswith' as const, 'contains' as const),
      cased: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('timepart' as const),
      part: fc.constantFrom('hour' as const, 'day' as const),
      op: fc.constantFrom('eq' as const, 'gte' as const),
      value: fc.integer({ min: 0, max: 24 }),
    }),
  },
);

function needsField(asked: Test): boolean {
  return asked.kind === 'fieldref' || asked.kind === 'timepart' || asked.kind === 'null' || asked.kind === 'exists';
}

const item = fc
  .record({ field: fc.constantFrom('f', 'g', 'h', 'i', 'f', 'g', null), test })
  .map(({ field, test: asked }): Node => {
    const named = field === null && needsField(asked) ? 'f' : field;
    return { kind: 'item', field: named, key: named ?? '', written: '', test: asked, span: SPAN };
  });

const node: fc.Arbitrary<Node> = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: item },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('all' as const, 'any' as const),
        of: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
        span: fc.constant(SPAN),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('not' as const), of: tie('node'), span: fc.constant(SPAN) }),
    },
  ),
})).node;

const NAMES = ['a', 'b', 'c'];

const condition: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    { weight: 4, arbitrary: fc.constantFrom(...NAMES).map((name): Condition => ({ kind: 'selection', name })) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        of: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: tie('condition').map((of): Condition => ({ kind: 'not', of })) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('of' as const),
        quantity: fc.constantFrom('all' as const, 'any' as const),
        names: fc.subarray(NAMES, { minLength: 1 }),
        written: fc.constant(''),
      }),
    },
  ),
})).condition;

/** A rule of these selections; the log source is one of two. */
export const rule: fc.Arbitrary<Rule> = fc
  .record({ a: node, b: node, c: node, condition, category: fc.constantFrom('x', 'y') })
  .map(({ a, b, c, condition: joined, category }) => makeRule({ a, b, c }, joined, { category }));

/** A rule with nothing but its logic. */
export function makeRule(
  selections: Readonly<Record<string, Node>>,
  joined: Condition,
  logsource: Rule['logsource'],
): Rule {
  return {
    kind: 'rule',
    id: '',
    title: JSON.stringify({ selections, joined }),
    level: 'low',
    references: [],
    tags: [],
    falsepositives: [],
    fields: [],
    custom: {},
    file: 'test.yml',
    span: SPAN,
    logsource,
    selections: new Map(Object.entries(selections)),
    condition: joined,
  };
}

const scalar: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: text },
  { weight: 1, arbitrary: fc.integer({ min: -1, max: 12 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(true, false, null, undefined, '0xb', '7', '-1', 'TRUE', 'false', 11n, 1.5, Number.NaN),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '10.1.2.3',
      '10.9.9.9',
      'fe80::1',
      '::ffff:10.1.0.1',
      ' 10.1.2.3 ',
      '2024-05-06T07:08:09Z',
    ),
  },
);

const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>([[null, ['ab']]], {}, { a: 'ab' }, [], [[]]) },
);

export const fields: fc.Arbitrary<Record<string, unknown>> = fc.record(
  { f: value, g: value, h: value, i: value, j: value },
  { requiredKeys: [] },
);
