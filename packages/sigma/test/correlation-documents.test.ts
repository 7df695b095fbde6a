import { describe, expect, it } from 'vitest';
import { type Correlation, loadRules, type RuleSet } from '../src/index.ts';

const RULE = (name: string, id = `id-${name}`) =>
  `title: ${name}\nid: ${id}\nname: ${name}\nlevel: low\nlogsource: {product: windows}\ndetection:\n  s: {A: ${name}}\n  condition: s\n`;
const CORRELATION = (body: string, head = 'title: C\nid: id-c\nlevel: high\n') =>
  `${head}correlation:\n${body
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')}\n`;

function load(...documents: string[]): RuleSet {
  return loadRules([{ file: 'c.yml', text: documents.join('---\n') }]);
}

function one(body: string): Correlation {
  const set = load(RULE('a'), RULE('b'), CORRELATION(body));
  if (set.correlations.length !== 1) throw new Error(JSON.stringify(set.refused));
  return set.correlations[0];
}

function code(body: string): string | undefined {
  return load(RULE('a'), RULE('b'), CORRELATION(body)).refused[0]?.code;
}

const COUNT = 'type: event_count\nrules: [a]\ntimespan: 10m\ncondition: {gte: 5}';

describe('correlations', () => {
  it('19: knows every type, and what each needs', () => {
    expect(one(COUNT).type).toBe('event_count');
    for (const type of ['value_count', 'value_sum', 'value_avg', 'value_percentile', 'value_median']) {
      expect(one(`type: ${type}\nrules: a\ntimespan: 1h\ncondition: {gt: 5, field: X}`).fields).toEqual(['X']);
      expect(code(`type: ${type}\nrules: a\ntimespan: 1h\ncondition: {gt: 5}`)).toBe('correlation-field');
    }
    for (const type of ['temporal', 'temporal_ordered']) {
      expect(one(`type: ${type}\nrules: [a, b]\ntimespan: 1h`).condition).toEqual([]);
    }
    expect(code('type: event_sum\nrules: a\ntimespan: 1h\ncondition: {gt: 5}')).toBe('correlation-type');
    expect(code('rules: a\ntimespan: 1h\ncondition: {gt: 5}')).toBe('correlation-type');
  });

  it('20: refers by id or name, to rules or correlations, within a file of many documents', () => {
    expect(one(COUNT.replace('[a]', '[id-a, b]')).rules).toEqual(['id-a', 'id-b']);
    const chain = load(
      RULE('a'),
      CORRELATION(COUNT, 'title: X\nname: many_a\nid: id-x\nlevel: low\n'),
      CORRELATION(COUNT.replace('[a]', '[many_a]')),
    );
    expect(chain.correlations.map(({ rules }) => rules)).toEqual([['id-a'], ['id-x']]);
    expect(code(COUNT.replace('[a]', '[nowhere]'))).toBe('reference-missing');
    expect(code('type: event_count\ntimespan: 1h\ncondition: {gt: 5}')).toBe('correlation-rules');
  });

  it('21: group-by is optional, one field or several', () => {
    expect(one(COUNT).groupBy).toEqual([]);
    expect(one(`${COUNT}\ngroup-by: User`).groupBy).toEqual(['User']);
    expect(one(`${COUNT}\ngroup-by: [User, Host]`).groupBy).toEqual(['User', 'Host']);
  });

  it('22: reads time spans, in microseconds', () => {
    const span = (text: string) => one(COUNT.replace('10m', text)).timespan;
    expect([span('30s'), span('10m'), span('2h'), span('1d'), span('1w')]).toEqual([
      30e6, 600e6, 7200e6, 86400e6, 604800e6,
    ]);
    expect(span('1M')).toBe(2_629_746e6);
    expect(span('1y')).toBe(31_556_952e6);
    for (const bad of ['0s', '10', 'm', '10 m', '1.5h', '-1h'])
      expect(code(COUNT.replace('10m', bad)), bad).toBe('correlation-timespan');
  });

  it('23: reads comparisons, ranges and tuples', () => {
    expect(one(COUNT.replace('{gte: 5}', '{gt: 100, lte: 200}')).condition).toEqual([
      { op: 'gt', value: 100 },
      { op: 'lte', value: 200 },
    ]);
    for (const op of ['gt', 'gte', 'lt', 'lte', 'eq', 'neq']) {
      expect(one(COUNT.replace('gte', op)).condition).toEqual([{ op, value: 5 }]);
    }
    expect(one('type: value_count\nrules: a\ntimespan: 1h\ncondition: {gt: 5, field: [X, Y]}').fields).toEqual([
      'X',
      'Y',
    ]);
    expect(code('type: value_sum\nrules: a\ntimespan: 1h\ncondition: {gt: 5, field: [X, Y]}')).toBe(
      'correlation-field',
    );
    expect(code(COUNT.replace('gte', 'about'))).toBe('correlation-condition');
    expect(code(COUNT.replace('5', 'many'))).toBe('correlation-condition');
    expect(code(COUNT.replace('condition: {gte: 5}', ''))).toBe('correlation-condition');
  });

  it('24: keeps the order of the list', () => {
    expect(one('type: temporal_ordered\nrules: [b, a]\ntimespan: 1h').rules).toEqual(['id-b', 'id-a']);
    expect(code('type: temporal\nrules: [a]\ntimespan: 1h')).toBe('correlation-rules');
  });

  it('25: reads the percentile, 50 by default', () => {
    const body = 'type: value_percentile\nrules: a\ntimespan: 1h\ncondition: {gt: 5, field: X, percentile: 95}';
    expect(one(body).percentile).toBe(95);
    expect(one(body.replace(', percentile: 95', '')).percentile).toBe(50);
    expect(code(body.replace('95', '101'))).toBe('correlation-condition');
  });

  it('26: reads aliases, by id', () => {
    const aliases = 'aliases:\n  who:\n    a: User\n    id-b: Account';
    expect(one(`type: temporal\nrules: [a, b]\ntimespan: 1h\ngroup-by: who\n${aliases}`).aliases).toEqual(
      new Map([
        [
          'who',
          new Map([
            ['id-a', 'User'],
            ['id-b', 'Account'],
          ]),
        ],
      ]),
    );
    expect(code(`type: temporal\nrules: [a, b]\ntimespan: 1h\naliases: {who: {nobody: User}}`)).toBe(
      'reference-missing',
    );
    expect(code(`type: temporal\nrules: [a, b]\ntimespan: 1h\naliases: {who: {a: [User]}}`)).toBe('correlation-alias');
  });

  it('27: generate is false unless said, and the level is that of the correlation', () => {
    expect(one(COUNT).generate).toBe(false);
    expect(one(`${COUNT}\ngenerate: true`).generate).toBe(true);
    expect(one(COUNT).level).toBe('high');
    expect(code(`${COUNT}\ngenerate: maybe`)).toBe('document-type');
  });

  it('28: an unsupported must is an error, a should a warning', () => {
    const set = load(
      RULE('a').replace('condition: s', 'condition: s | count() > 5'),
      RULE('b').replace('  condition', '  timeframe: 5m\n  condition'),
    );
    expect(set.refused.map((one) => one.code)).toEqual(['condition-aggregation']);
    expect(set.warnings.map((one) => one.code)).toEqual(['condition-timeframe']);
    expect(set.rules).toHaveLength(1);
  });

  it('2.2: rules: any, and boolean conditions of temporal correlations', () => {
    expect(one(COUNT.replace('[a]', 'any'))).toMatchObject({ anyRule: true, rules: [] });
    const temporal = one('type: temporal\nrules: [a, b]\ntimespan: 1h\ncondition: a and not b');
    expect(temporal.temporal).toEqual({
      kind: 'and',
      of: [
        { kind: 'rule', ref: 'id-a' },
        { kind: 'not', of: { kind: 'rule', ref: 'id-b' } },
      ],
    });
    expect(one('type: temporal\ntimespan: 1h\ncondition: id-a or (b and a)').rules).toEqual(['id-a', 'id-b', 'id-a']);
    expect(code('type: temporal\nrules: [a, b]\ntimespan: 1h\ncondition: a and')).toBe('correlation-condition');
    expect(code('type: temporal\nrules: [a, b]\ntimespan: 1h\ncondition: a')).toBe('correlation-condition');
    expect(code('type: temporal\nrules: [a]\ntimespan: 1h\ncondition: a and b')).toBe('correlation-condition');
    expect(code('type: event_count\nrules: [a]\ntimespan: 1h\ncondition: a and b')).toBe('correlation-condition');
  });
});

describe('references', () => {
  const link = (name: string, to: string) =>
    CORRELATION(COUNT.replace('[a]', `[${to}]`), `title: ${name}\nname: ${name}\nid: id-${name}\nlevel: low\n`);

  it('refuses circles, and what leads into one', () => {
    const set = load(link('x', 'y'), link('y', 'x'), link('z', 'x'), link('self', 'self'));
    expect(set.correlations).toEqual([]);
    expect(set.refused.map(({ rule, code: found }) => [rule, found])).toEqual([
      ['x', 'reference-cycle'],
      ['y', 'reference-cycle'],
      ['self', 'reference-cycle'],
      ['z', 'reference-refused'],
    ]);
  });

  it('refuses what refers to a refused document, and says so', () => {
    const set = load(
      RULE('bad').replace('condition: s', 'condition: t'),
      link('x', 'bad'),
      link('y', 'x'),
      'title: [\nid: id-broken\n',
      link('v', 'id-broken'),
    );
    expect(set.refused.map(({ code: found }) => found).sort()).toEqual(
      ['condition-name', 'reference-refused', 'reference-refused', 'reference-refused', 'yaml-syntax'].sort(),
    );
  });

  it('keeps both of two documents with one id, and refuses to choose between them', () => {
    const set = load(RULE('a', 'same'), RULE('b', 'same'), link('x', 'same'), link('y', 'a'));
    expect(set.rules).toHaveLength(2);
    expect(set.warnings.map(({ code: found, line }) => [found, line])).toEqual([['id-duplicate', 10]]);
    expect(set.refused.map(({ code: found }) => found)).toEqual(['reference-ambiguous', 'reference-ambiguous']);
  });
});
