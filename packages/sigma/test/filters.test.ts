import { describe, expect, it } from 'vitest';
import { evaluate, loadRules, objectAccess, type RuleSet } from '../src/index.ts';

const RULE = `title: R\nid: id-r\nname: r\nlevel: low\nlogsource: {product: windows, category: process_creation}\ndetection:\n  s: {Image: x}\n  condition: s or 1 of them\n`;
const FILTER = (rules: string, condition: string, logsource = 'product: windows') =>
  `title: F\nid: id-f\nlogsource: {${logsource}}\nfilter:\n  rules: ${rules}\n  selection: {User: admin}\n  selection_2: {User: root}\n  condition: ${condition}\n`;

function load(filter: string): RuleSet {
  return loadRules([
    { file: 'r.yml', text: RULE },
    { file: 'f.yml', text: filter },
  ]);
}

function fires(filter: string, event: Record<string, unknown>): boolean {
  return evaluate(load(filter).rules[0], objectAccess(event));
}

describe('filters', () => {
  it('are joined to the rules that they name, by id, by name, or to any', () => {
    for (const rules of ['[id-r]', 'r', 'any', 'Any', '[]']) {
      const filter = FILTER(rules, 'not selection');
      expect(fires(filter, { Image: 'x', User: 'admin' }), rules).toBe(false);
      expect(fires(filter, { Image: 'x', User: 'bob' }), rules).toBe(true);
    }
    expect(fires(FILTER('[other]', 'not selection'), { Image: 'x', User: 'admin' })).toBe(true);
  });

  it('apply where the rule has all that the log source of the filter states', () => {
    const event = { Image: 'x', User: 'admin' };
    expect(fires(FILTER('any', 'not selection', 'category: process_creation'), event)).toBe(false);
    expect(fires(FILTER('any', 'not selection', 'product: linux'), event)).toBe(true);
    expect(fires(FILTER('any', 'not selection', 'product: windows, service: security'), event)).toBe(true);
  });

  it('are ANDed as written, and the form of the specification that keeps only what it describes gets a warning', () => {
    const set = load(FILTER('any', 'selection'));
    expect(set.warnings.map(({ code }) => code)).toContain('filter-inclusion');
    expect(evaluate(set.rules[0], objectAccess({ Image: 'x', User: 'admin' }))).toBe(true);
    expect(evaluate(set.rules[0], objectAccess({ Image: 'x', User: 'bob' }))).toBe(false);
    expect(load(FILTER('any', 'not selection')).warnings.map(({ code }) => code)).toEqual([]);
  });

  it('keep their own names apart from those of the rule', () => {
    const filter = FILTER('any', 'not 1 of them');
    expect(fires(filter, { Image: 'x', User: 'root' })).toBe(false);
    // the rule's own `1 of them` must not see the filter's selections
    expect(fires(filter, { Image: 'y', User: 'bob' })).toBe(false);
    expect([...load(filter).rules[0].selections.keys()]).toEqual(['s', '_filter1_selection', '_filter1_selection_2']);
  });

  it('that apply to nothing say so, and ones without `rules` are refused', () => {
    expect(load(FILTER('[other]', 'not selection')).warnings.map(({ code }) => code)).toEqual(['filter-unused']);
    expect(load(FILTER('any', 'not selection').replace(/ {2}rules.*\n/, '')).refused.map(({ code }) => code)).toEqual([
      'filter-rules',
    ]);
  });
});
