import { describe, expect, test } from 'vitest';
import { type Condition, createPlan, type Node, objectAccess, type Rule, type Test } from '../../src/index.ts';
import { makeRule } from './arbitraries.ts';
import { random } from './satisfy.ts';

const span = { line: 1, column: 1 };
const selected: Condition = { kind: 'selection', name: 'a' };

function item(field: string, asked: Test): Node {
  return { kind: 'item', field, key: field, written: '', test: asked, span };
}

function contains(field: string, text: string): Node {
  return item(field, {
    kind: 'pattern',
    parts: [{ kind: 'any' }, { kind: 'text', text }, { kind: 'any' }],
    cased: false,
  });
}

describe('hostile values', () => {
  test('values that make new sets of atoms without end stay within the bounds', () => {
    // 60 independent words in each of two fields, in rules that need one of each: 2^120 combinations to choose from.
    const words = Array.from({ length: 60 }, (_, i) => `w${String(i).padStart(3, '0')}`);
    const rules: Rule[] = words.map((word, i) =>
      makeRule({ a: { kind: 'all', of: [contains('f', word), contains('g', words[59 - i])], span } }, selected, {}),
    );
    const plan = createPlan(rules, { maxStates: 500, maxRemembered: 1000 });
    const view = plan.view([{}]);
    const pick = random(1);
    const some = () => words.filter(() => pick(2) === 0).join(' ');
    for (let i = 0; i < 3000; i++) {
      const f = some();
      const g = some();
      const expected = rules.filter((_, n) => f.includes(words[n]) && g.includes(words[59 - n]));
      expect(view.match(objectAccess({ f, g })).map((bound) => bound.rule)).toEqual(expected);
      const [{ states, signatures, transitions }] = plan.stats().views;
      expect(states).toBeLessThan(520);
      expect(signatures).toBeLessThan(520);
      expect(transitions).toBeLessThan(2100);
    }
    expect(plan.stats().views[0].epoch).toBeGreaterThan(3);
    expect(plan.stats().remembered).toBeLessThanOrEqual(1000);
  });

  test('a catastrophic expression costs less than a millisecond a kilobyte', () => {
    const rule = makeRule({ a: item('f', { kind: 'regex', source: '(a+)+$', flags: '' }) }, selected, {});
    const view = createPlan([rule], { memory: false }).view([{}]);
    const hostile = `${'a'.repeat(64 * 1024)}!`;
    view.match(objectAccess({ f: hostile }));
    const began = performance.now();
    expect(view.match(objectAccess({ f: hostile }))).toEqual([]);
    expect(performance.now() - began).toBeLessThan(64);
  });

  test('arrays nest as deep as they like', () => {
    let nested: unknown = 'needle';
    for (let i = 0; i < 10_000; i++) nested = [nested];
    const view = createPlan([makeRule({ a: contains('f', 'needle') }, selected, {})]).view([{}]);
    expect(view.match(objectAccess({ f: nested }))).toEqual([]);
    expect(view.match(objectAccess({ f: [['a needle']] }))).toHaveLength(1);
  });

  test('field names of JavaScript itself are fields like others', () => {
    const rules = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map((field) =>
      makeRule({ a: contains(field, 'x') }, selected, {}),
    );
    const view = createPlan(rules).view([{ fields: {} }]);
    expect(view.match(objectAccess({ f: 'x' }))).toEqual([]);
    expect(view.match(objectAccess(JSON.parse('{"__proto__":"x","constructor":"x"}')))).toHaveLength(2);
  });
});
