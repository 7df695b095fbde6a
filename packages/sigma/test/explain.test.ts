import { describe, expect, it } from 'vitest';
import { evaluate, explain, type ItemTrace, type NodeTrace, objectAccess, sentence } from '../src/index.ts';
import { oneRule } from './one-rule.ts';

const rule = oneRule(`img:
  Image|endswith: '\\whoami.exe'
  CommandLine|contains|windash: ['-all', '-user']
filter_system:
  User: SYSTEM
filter_admin:
  User|startswith: adm_
condition: img and not 1 of filter_*`);

const say = (event: Record<string, unknown>) => sentence(explain(rule, objectAccess(event)));
const HIT = { Image: 'C:\\Windows\\System32\\WHOAMI.exe', CommandLine: 'whoami /all', User: 'bob' };

function items(node: NodeTrace): ItemTrace[] {
  if (node.kind === 'item') return [node];
  return node.kind === 'not' ? items(node.of) : node.of.flatMap(items);
}

describe('explanations', () => {
  it('say in words why a rule holds', () => {
    expect(say(HIT)).toBe(
      'The rule holds: `img` holds, because Image (`C:\\Windows\\System32\\WHOAMI.exe`) ends with `\\whoami.exe` and CommandLine (`whoami /all`) contains `-all`; none of `filter_*`.',
    );
  });

  it('say in words which item failed, and what the value was', () => {
    expect(say({ ...HIT, Image: 'C:\\cmd.exe' })).toBe(
      'The rule does not hold: `img` does not, because Image (`C:\\cmd.exe`) does not end with `\\whoami.exe`.',
    );
    expect(say({ Image: HIT.Image })).toContain('CommandLine is absent, so it does not contain `-all`');
    expect(say({ ...HIT, User: 'ADM_eve' })).toBe(
      'The rule does not hold: `filter_admin` holds, because User (`ADM_eve`) starts with `adm_`.',
    );
  });

  it('give the part of the value that matched, in UTF-16 units', () => {
    const explanation = explain(rule, objectAccess({ ...HIT, CommandLine: '\u{1f600} whoami /USER x' }));
    const held = explanation.selections.flatMap(({ node }) => items(node)).filter((one) => one.held);
    expect(held.map(({ field, value }) => [field, value?.matched])).toEqual([
      ['Image', [19, 30]],
      ['CommandLine', [10, 15]],
    ]);
    const { text, matched } = held[1].value!;
    expect(text.slice(...matched!)).toBe('/USER');
  });

  it('name the field of the source, the element of an array, and the keyword', () => {
    const mapped = explain(rule, objectAccess({ NewProcessName: ['x', HIT.Image], CommandLine: '-all' }), {
      Image: 'NewProcessName',
    });
    expect(sentence(mapped)).toContain('Image (here NewProcessName) (`C:\\Windows\\System32\\WHOAMI.exe`)');
    const keyword = oneRule('k: [evil]\ncondition: k');
    expect(sentence(explain(keyword, objectAccess({ a: { b: 'an EVIL thing' } })))).toContain(
      'a value (`an EVIL thing`) contains `evil`',
    );
    expect(sentence(explain(keyword, objectAccess({ a: 'good' })))).toContain('no value contains `evil`');
  });

  it('are bounded, however long the value and the list', () => {
    const long = `${'x'.repeat(100_000)}needle${'y'.repeat(100_000)}`;
    const wide = oneRule(
      `s:\n  F|contains:\n${Array.from({ length: 3000 }, (_, i) => `    - n${i}x`).join('\n')}\n    - needle\ncondition: s`,
    );
    const held = explain(wide, objectAccess({ F: long }));
    expect(JSON.stringify(held).length).toBeLessThan(5_000);
    const { value } = items(held.selections[0].node)[0];
    expect(value).toMatchObject({ length: 200_006, matched: [100_000, 100_006] });
    expect(value!.text.slice(100_000 - value!.offset, 100_006 - value!.offset)).toBe('needle');
    const failed = explain(wide, objectAccess({ F: 'nothing' }));
    expect(JSON.stringify(failed).length).toBeLessThan(20_000);
    expect(sentence(failed)).toContain('(and 2997 more that fail)');
  });

  it('let no escape code through', () => {
    const hostile = say({ ...HIT, CommandLine: '\u001b[2J-all\r\n\u202eevil' });
    expect(hostile).toContain('\\x1b[2J-all\\r\\n\\u{202e}evil');
  });

  it('agree with the evaluator', () => {
    const rules = [
      rule,
      oneRule('a:\n  F|neq: [x, y]\nb:\n  - G|exists: true\n  - H: null\ncondition: not a or (b and not a)'),
      oneRule("a:\n  F|re: 'x.y'\n  G|cidr: 10.0.0.0/8\nb:\n  F|fieldref: G\ncondition: 1 of them"),
    ];
    const values = [undefined, null, '', 'x', 'xzy', 4, '10.1.1.1', ['x', '10.2.2.2'], { deep: 'x' }];
    for (const one of rules) {
      for (const F of values) {
        for (const G of values) {
          const event = objectAccess({ ...HIT, F, G });
          const explanation = explain(one, event);
          expect(explanation.held).toBe(evaluate(one, event));
          expect(sentence(explanation)).toMatch(explanation.held ? /^The rule holds/ : /^The rule does not/);
        }
      }
    }
  });
});
