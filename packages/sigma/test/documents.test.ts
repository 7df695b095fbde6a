import { describe, expect, it } from 'vitest';
import { evaluate, loadRules, objectAccess } from '../src/index.ts';
import { loadText, oneRule, ruleText } from './one-rule.ts';

const RULE = ruleText('s:\n  A: b\ncondition: s');

describe('documents', () => {
  it('keep what the author wrote, by YAML 1.2', () => {
    const rule = oneRule('s:\n  A: [0x10, ~, yes, TRUE, 2024-01-02, 1.50, "x", 0o17]\ncondition: s');
    const node = rule.selections.get('s');
    if (node?.kind !== 'any') throw new Error('no list');
    const written = node.of.map((one) => (one.kind === 'item' ? [one.written, one.test.kind] : []));
    expect(written).toEqual([
      ['0x10', 'number'],
      ['~', 'null'],
      ['yes', 'pattern'],
      ['TRUE', 'boolean'],
      ['2024-01-02', 'pattern'],
      ['1.50', 'number'],
      ['x', 'pattern'],
      ['0o17', 'number'],
    ]);
  });

  it('stand many in a file, and a broken one takes no other with it', () => {
    const broken = 'title: Broken\ndetection: [\n';
    const set = loadText([RULE, broken, RULE.replace('000001', '000002'), '# nothing\n'].join('---\n'));
    expect(set.rules).toHaveLength(2);
    expect(set.refused.map(({ code, line, rule }) => [code, line > 10, rule])).toEqual([
      ['yaml-syntax', true, 'Broken'],
    ]);
    expect(set.rules[1].span.line).toBeGreaterThan(set.refused[0].line);
  });

  it('give places that are right, in any line ending', () => {
    for (const ending of ['\n', '\r\n']) {
      const text = RULE.replace('A: b', 'A|nope: b').replaceAll('\n', ending);
      expect(loadText(text).refused[0]).toMatchObject({ line: 9, column: 7 });
    }
  });

  it('may use anchors and merge keys', () => {
    const rule = oneRule('base: &base\n  A: b\ns:\n  <<: *base\n  C: d\ncondition: s');
    expect(evaluate(rule, objectAccess({ A: 'b', C: 'd' }))).toBe(true);
    expect(evaluate(rule, objectAccess({ C: 'd' }))).toBe(false);
  });

  it('get a stable id where they have none', () => {
    const text = RULE.replace(/^id:.*\n/m, '');
    const id = loadText(text).rules[0].id;
    expect(id).toMatch(/^unnamed-[0-9a-f]{16}$/);
    expect(loadText(text).rules[0].id).toBe(id);
    const two = loadText(`${text}---\n${text}`);
    expect(new Set(two.rules.map((rule) => rule.id)).size).toBe(2);
  });

  it('cannot reach prototypes', () => {
    const rule = loadText(`${RULE}__proto__: {polluted: true}\nconstructor: x\n`).rules[0];
    expect(Object.keys(rule.custom)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const set = loadRules([{ file: 'x', text: ruleText("s:\n  A|expand: '%constructor%'\ncondition: s") }], {
      placeholders: {},
    });
    expect(set.refused[0].code).toBe('placeholder-unresolved');
  });

  it('of hostile shape are refused soon', () => {
    const started = performance.now();
    for (const text of [
      '['.repeat(100_000),
      `${'a:\n '.repeat(1)}${'- '.repeat(50_000)}x`,
      `a: "${'\\x'.repeat(100_000)}`,
      `? ${'x'.repeat(100_000)}`,
      `${'a: &a\n'.repeat(1000)}`,
      ruleText(`s:\n  A: b\ncondition: ${'not '.repeat(50_000)}s`),
      ruleText(`s:\n  A: b\ncondition: ${'s or '.repeat(50_000)}s`),
      `a: ${'\u0000'.repeat(1000)}`,
    ]) {
      const set = loadText(text);
      expect(set.rules.length + set.refused.length, text.slice(0, 20)).toBe(1);
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('collections of old', () => {
  const SHARED =
    'action: global\ntitle: Shared\nlevel: high\nlogsource: {product: windows}\ndetection: {condition: s}\n';
  const PART = (value: string) => `detection: {s: {A: ${value}}}\n`;

  it('share attributes, until they are reset, and repeat', () => {
    const set = loadText(
      [SHARED, PART('1'), PART('2'), `action: repeat\nlevel: low\n`, 'action: reset\n', PART('3')].join('---\n'),
    );
    const values = set.rules.map((rule) => [1, 2].map((A) => evaluate(rule, objectAccess({ A }))));
    expect(values).toEqual([
      [true, false],
      [false, true],
      [false, true],
    ]);
    expect(set.rules.map(({ level, title }) => [level, title])).toEqual([
      ['high', 'Shared'],
      ['high', 'Shared'],
      ['low', 'Shared'],
    ]);
    expect(set.refused.map(({ code }) => code)).toEqual(['logsource-missing']);
    expect(new Set(set.rules.map(({ id }) => id)).size).toBe(3);
  });

  it('say what they cannot follow', () => {
    expect(loadText('action: repeat\n').refused[0].code).toBe('collection-action');
    expect(loadText('action: gobal\n').refused[0]).toMatchObject({ code: 'collection-action', line: 1 });
  });
});

describe('long documents', () => {
  it('are read in time that grows with their length', () => {
    const many = (count: number, line: (index: number) => string) =>
      Array.from({ length: count }, (_, i) => line(i)).join('');
    const started = performance.now();
    const selections = many(20_000, (i) => `s${i}:\n  A: ${i}\n`);
    expect(oneRule(`${selections}condition: all of s1*`).selections.size).toBe(20_000);
    expect(loadText(ruleText(`${selections}condition: ${many(900, () => '1 of s* and ')}s1`)).refused[0].code).toBe(
      'condition-length',
    );
    expect(loadText(ruleText(`${selections}condition: ${many(3000, () => 's1 or ')}s1`)).refused[0].code).toBe(
      'condition-length',
    );
    const unknown = loadText(ruleText(`${selections}condition: nothing_like_it`)).refused[0];
    expect(unknown.mend.length).toBeLessThan(1000);
    const wide = oneRule(`s:\n  A|contains:\n${many(50_000, (i) => `    - n${i}\n`)}condition: s`);
    expect(evaluate(wide, objectAccess({ A: 'x n49999' }))).toBe(true);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
