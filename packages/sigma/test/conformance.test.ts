import { describe, expect, it } from 'vitest';
import { evaluate, loadRules, objectAccess } from '../src/index.ts';
import { conditionHolds, holds, loadText, oneRule, refusal, ruleText, warnings } from './one-rule.ts';

/** The checklist of Sigma 2.1, point by point, each with what must match and what must not. */
describe('values', () => {
  it('1: compares texts without case unless cased; expressions with case', () => {
    expect(holds(`F: WhoAmI`, { F: 'whoami' })).toBe(true);
    expect(holds(`F: ärger`, { F: 'ÄRGER' })).toBe(true);
    expect(holds(`F|cased: WhoAmI`, { F: 'whoami' })).toBe(false);
    expect(holds(`F|cased: WhoAmI`, { F: 'WhoAmI' })).toBe(true);
    expect(holds(`F|contains|cased: Am`, { F: 'WhoAmI' })).toBe(true);
    expect(holds(`F|contains|cased: am`, { F: 'WhoAmI' })).toBe(false);
    expect(holds(`F|re: Who`, { F: 'WhoAmI' })).toBe(true);
    expect(holds(`F|re: who`, { F: 'WhoAmI' })).toBe(false);
  });

  it('2: `*` is any run, `?` one character, and a plain value is the whole field', () => {
    expect(holds(`F: 'a*z'`, { F: 'az' })).toBe(true);
    expect(holds(`F: 'a*z'`, { F: 'abcz' })).toBe(true);
    expect(holds(`F: 'a*z'`, { F: 'abczy' })).toBe(false);
    expect(holds(`F: 'a?z'`, { F: 'abz' })).toBe(true);
    expect(holds(`F: 'a?z'`, { F: 'az' })).toBe(false);
    expect(holds(`F: 'a?z'`, { F: 'a\u{1f600}z' })).toBe(true);
    expect(holds(`F: abc`, { F: 'abcd' })).toBe(false);
    expect(holds(`F: '*'`, { F: '' })).toBe(true);
    expect(holds(`F: '*'`, {})).toBe(false);
    expect(holds(`F: 'line*end'`, { F: 'line\n\nend' })).toBe(true);
  });

  it('3: reads backslashes as the specification says', () => {
    expect(holds(String.raw`F: 'a\*b'`, { F: 'a*b' })).toBe(true);
    expect(holds(String.raw`F: 'a\*b'`, { F: 'axb' })).toBe(false);
    expect(holds(String.raw`F: 'a\?b'`, { F: 'a?b' })).toBe(true);
    expect(holds(String.raw`F: 'a\?b'`, { F: 'axb' })).toBe(false);
    expect(holds(String.raw`F: 'C:\x'`, { F: String.raw`C:\x` })).toBe(true);
    expect(holds(String.raw`F: 'C:\\x'`, { F: String.raw`C:\x` })).toBe(true);
    expect(holds(String.raw`F: 'C:\\x'`, { F: String.raw`C:\\x` })).toBe(false);
    expect(holds(String.raw`F: 'C:\\*'`, { F: String.raw`C:\anything` })).toBe(true);
    expect(holds(String.raw`F: 'C:\\*'`, { F: 'C:*' })).toBe(false);
    expect(holds(String.raw`F: 'C:\\\*'`, { F: String.raw`C:\*` })).toBe(true);
    expect(holds(String.raw`F: 'C:\\\*'`, { F: String.raw`C:\x` })).toBe(false);
    expect(holds(String.raw`F: '\\\\host'`, { F: String.raw`\\host` })).toBe(true);
    expect(holds(String.raw`F: '\\\host'`, { F: String.raw`\\host` })).toBe(true);
    expect(holds(`F: 'C:\\'`, { F: 'C:\\' })).toBe(true);
    expect(holds(String.raw`F|endswith: 'dir\'`, { F: 'C:\\dir\\' })).toBe(true);
  });

  it('4: numbers equal numeric texts in any notation, booleans equal their words', () => {
    for (const value of [4, '4', '0x4', '0x00000004', 4n, 4.0])
      expect(holds('F: 4', { F: value }), String(value)).toBe(true);
    for (const value of [5, '44', ' 4', '04', '4x', true, null])
      expect(holds('F: 4', { F: value }), String(value)).toBe(false);
    expect(holds('F: 0x4', { F: '4' })).toBe(true);
    expect(holds(`F: '0x17'`, { F: 23 })).toBe(true);
    expect(holds(`F: '4688'`, { F: 4688 })).toBe(true);
    expect(holds(`F: '10.0'`, { F: '10' })).toBe(false);
    expect(holds('F: 12345678901234567890', { F: '12345678901234567890' })).toBe(true);
    expect(holds('F: 12345678901234567890', { F: '12345678901234567891' })).toBe(false);
    expect(holds('F: true', { F: true })).toBe(true);
    expect(holds('F: true', { F: 'TRUE' })).toBe(true);
    expect(holds(`F: 'true'`, { F: true })).toBe(true);
    expect(holds('F: true', { F: 1 })).toBe(false);
    expect(holds('F: false', { F: 'true' })).toBe(false);
    expect(holds('F|contains: 44', { F: '1445' })).toBe(true);
  });

  it("5: '' is present and empty; null is null or absent", () => {
    expect(holds(`F: ''`, { F: '' })).toBe(true);
    expect(holds(`F: ''`, {})).toBe(false);
    expect(holds(`F: ''`, { F: null })).toBe(false);
    expect(holds(`F: ''`, { F: 'x' })).toBe(false);
    for (const nothing of ['null', '~', '']) {
      expect(holds(`F: ${nothing}`, {})).toBe(true);
      expect(holds(`F: ${nothing}`, { F: null })).toBe(true);
      expect(holds(`F: ${nothing}`, { F: '' })).toBe(false);
    }
    expect(holds(`F: 'null'`, {})).toBe(false);
  });

  it('6: exists asks for presence and nothing else', () => {
    expect(holds('F|exists: true', { F: '' })).toBe(true);
    expect(holds('F|exists: true', { F: 0 })).toBe(true);
    expect(holds('F|exists: true', {})).toBe(false);
    expect(holds('F|exists: false', {})).toBe(true);
    expect(holds('F|exists: false', { F: 'x' })).toBe(false);
    expect(refusal('F|exists: maybe')).toBe('modifier-type');
    expect(refusal('F|contains|exists: true')).toBe('modifier-order');
  });

  it('7: an empty list is null', () => {
    expect(holds('F: []', {})).toBe(true);
    expect(holds('F: []', { F: 'x' })).toBe(false);
  });
});

describe('structures', () => {
  it('a map is AND, a list of maps OR, and maps in lists nest', () => {
    expect(holds('A: 1\nB: 2', { A: 1, B: 2 })).toBe(true);
    expect(holds('A: 1\nB: 2', { A: 1 })).toBe(false);
    expect(holds('- A: 1\n- B: 2', { B: 2 })).toBe(true);
    expect(holds('- A: 1\n- B: 2', { A: 2 })).toBe(false);
    expect(holds('- A: 1\n  B: 2\n- - C: 3\n  - D: 4', { D: 4 })).toBe(true);
    expect(holds('- A: 1\n  B: 2\n- - C: 3\n  - D: 4', { A: 1 })).toBe(false);
    expect(holds('A: [1, 2]', { A: 2 })).toBe(true);
    expect(holds('A: [1, 2]', { A: 3 })).toBe(false);
    expect(holds('- A: 1\n- needle', { B: 'a needle here' })).toBe(true);
  });

  it('a list of plain values is keywords, in any value or in the raw text', () => {
    expect(holds('- EvilService\n- svc -n', { A: 'the EVILSERVICE runs' })).toBe(true);
    expect(holds('- EvilService', { A: { deep: ['x', 'evilservice'] } })).toBe(true);
    expect(holds('- EvilService', { A: 'x' }, 'raw evilservice line')).toBe(true);
    expect(holds('- EvilService', { A: 'x' }, 'raw')).toBe(false);
    expect(holds("- 'a*z'", { A: 'xx a..z xx' })).toBe(true);
    expect(holds('- 4625', { A: 'id 4625 seen' })).toBe(true);
    expect(holds("'|re': 'a[0-9]z'", { A: 'xa5zx' })).toBe(true);
    expect(refusal("- ''")).toBe('keyword-value');
  });

  it("'|all' makes either AND", () => {
    expect(holds("'|all':\n  - one\n  - two", { A: 'two', B: 'one' })).toBe(true);
    expect(holds("'|all':\n  - one\n  - two", { A: 'two' })).toBe(false);
    expect(holds("'|all':\n  - A: 1\n  - B: 2", { A: 1, B: 2 })).toBe(true);
    expect(holds("'|all':\n  - A: 1\n  - B: 2", { A: 1 })).toBe(false);
  });

  it('an array in an event holds where any element does', () => {
    expect(holds('F|startswith: b', { F: ['abc', 'bcd'] })).toBe(true);
    expect(holds('F|startswith: b', { F: ['abc', ['xyz']] })).toBe(false);
    expect(holds('F|contains|all: [a, b]', { F: ['a', 'b'] })).toBe(true);
    expect(holds('F: null', { F: [] })).toBe(true);
  });
});

describe('modifiers', () => {
  it('an unknown one is an error, and they are read from left to right', () => {
    expect(refusal('F|contain: x')).toBe('modifier-unknown');
    expect(refusal('F|: x')).toBe('modifier-unknown');
    expect(refusal('F|contains|re: x')).toBe('modifier-order');
    expect(refusal('F|i: x')).toBe('modifier-type');
    expect(warnings('F|Contains: x')).toContain('modifier-case');
  });

  it('8: contains, startswith, endswith add `*` only where it is missing, and `.*` after re', () => {
    expect(holds('F|contains: mid', { F: 'a mid b' })).toBe(true);
    expect(holds('F|startswith: mid', { F: 'a mid b' })).toBe(false);
    expect(holds('F|startswith: a', { F: 'a mid b' })).toBe(true);
    expect(holds('F|endswith: b', { F: 'a mid b' })).toBe(true);
    expect(holds('F|endswith: mid', { F: 'a mid b' })).toBe(false);
    expect(oneRule("s:\n  F|contains: '*x*'\ncondition: s")).toEqual(
      expect.objectContaining({ condition: { kind: 'selection', name: 's' } }),
    );
    const parts = (key: string, value: string) => {
      const node = oneRule(`s:\n  F|${key}: '${value}'\ncondition: s`).selections.get('s');
      if (node?.kind !== 'item') throw new Error('not an item');
      return node.test.kind === 'pattern' ? node.test.parts.map((part) => part.kind) : node.test;
    };
    expect(parts('contains', '*x*')).toEqual(['any', 'text', 'any']);
    expect(parts('endswith', '*x')).toEqual(['any', 'text']);
    expect(parts('re|contains', 'x')).toEqual({ kind: 'regex', source: '.*x.*', flags: '' });
    expect(parts('re|startswith', '^x$')).toEqual({ kind: 'regex', source: '^x$', flags: '' });
    expect(parts('re|endswith', 'x')).toEqual({ kind: 'regex', source: '.*x', flags: '' });
  });

  it('9: all joins values by AND and wants two', () => {
    expect(holds('F|contains|all: [a, b]', { F: 'xaxbx' })).toBe(true);
    expect(holds('F|contains|all: [a, b]', { F: 'xax' })).toBe(false);
    expect(warnings('F|contains|all: a')).toContain('all-single');
    expect(warnings('F|contains|all: [a, b]')).not.toContain('all-single');
  });

  it('10: neq negates the whole item', () => {
    expect(holds('F|neq: a', { F: 'b' })).toBe(true);
    expect(holds('F|neq: a', { F: 'A' })).toBe(false);
    expect(holds('F|neq: [a, b]', { F: 'b' })).toBe(false);
    expect(holds('F|neq: a', {})).toBe(true);
    expect(holds('F|contains|neq: a', { F: 'xyz' })).toBe(true);
    expect(holds('F|fieldref|neq: G', { F: 1, G: 2 })).toBe(true);
    expect(holds('F|fieldref|neq: G', { F: 1, G: 1 })).toBe(false);
  });

  it('11: re takes the raw text and the flags i, m, s', () => {
    expect(holds(String.raw`F|re: 'a\*b'`, { F: 'a*b' })).toBe(true);
    expect(holds(String.raw`F|re: '\\\\host'`, { F: String.raw`\\host` })).toBe(true);
    expect(holds('F|re|i: WHO', { F: 'who' })).toBe(true);
    expect(holds("F|re: '(?i)WHO'", { F: 'who' })).toBe(true);
    expect(holds("F|re: '^b'", { F: 'a\nb' })).toBe(false);
    expect(holds("F|re|m: '^b'", { F: 'a\nb' })).toBe(true);
    expect(holds("F|re: 'a.b'", { F: 'a\nb' })).toBe(false);
    expect(holds("F|re|s: 'a.b'", { F: 'a\nb' })).toBe(true);
    expect(refusal("F|re: '(a'")).toBe('regex-syntax');
    for (const foreign of ['(?=a)b', '(?!a)b', '(?<=a)b', '(?<!a)b', String.raw`(a)\1`, 'a++b', '(?>a)', '(?(1)a|b)']) {
      expect(refusal(`F|re: '${foreign}'`), foreign).toBe('regex-construct');
    }
    expect(refusal(String.raw`F|re: '\\1[(?=]a\+\+'`)).toBeUndefined();
  });

  it('12: cidr in IPv4 and IPv6', () => {
    expect(holds('F|cidr: 10.0.0.0/8', { F: '10.1.2.3' })).toBe(true);
    expect(holds('F|cidr: 10.0.0.0/8', { F: '11.1.2.3' })).toBe(false);
    expect(holds('F|cidr: 10.0.0.0/8', { F: '::ffff:10.1.2.3' })).toBe(true);
    expect(holds("F|cidr: 'fe80::/10'", { F: 'fe80::1%eth0' })).toBe(true);
    expect(holds("F|cidr: 'fe80::/10'", { F: '2001:db8::1' })).toBe(false);
    expect(holds("F|cidr: '::/0'", { F: '10.1.2.3' })).toBe(false);
    expect(holds("F|cidr: '::1/128'", { F: '::1' })).toBe(true);
    expect(holds('F|cidr: [192.168.0.0/16, 127.0.0.1]', { F: '127.0.0.1' })).toBe(true);
    expect(holds('F|cidr: 10.0.0.0/8', { F: 'not an address' })).toBe(false);
    expect(warnings('F|cidr: 10.1.2.3/8')).toContain('cidr-host-bits');
    expect(refusal('F|cidr: 10.0.0.0/40')).toBe('cidr-invalid');
    expect(refusal('F|cidr: 10.0.0.0/x')).toBe('cidr-invalid');
  });

  it('13: lt, lte, gt, gte on numbers', () => {
    expect(holds('F|lt: 5', { F: 4 })).toBe(true);
    expect(holds('F|lt: 5', { F: 5 })).toBe(false);
    expect(holds('F|lte: 5', { F: '5' })).toBe(true);
    expect(holds('F|gt: 5', { F: '0x6' })).toBe(true);
    expect(holds('F|gt: 5', { F: 5 })).toBe(false);
    expect(holds('F|gte: 5.5', { F: 5.5 })).toBe(true);
    expect(holds('F|gte: 5', { F: 'many' })).toBe(false);
    expect(holds('F|lt: 5', {})).toBe(false);
    expect(refusal('F|gt: many')).toBe('modifier-type');
  });

  it('14: windash takes all permutations of five dashes, where a dash begins a word', () => {
    const dashes = ['-', '/', '\u2013', '\u2014', '\u2015'];
    for (const a of dashes) {
      for (const b of dashes) expect(holds(`F|contains|windash: ' -x -y'`, { F: `cmd ${a}x ${b}y` }), a + b).toBe(true);
    }
    expect(holds(`F|contains|windash: ' -x'`, { F: 'cmd +x' })).toBe(false);
    expect(holds(`F|contains|windash: '-param-name'`, { F: '/param-name' })).toBe(true);
    expect(holds(`F|contains|windash: '-param-name'`, { F: '/param/name' })).toBe(false);
    expect(holds(`F|contains|windash: 'a - b'`, { F: 'a / b' })).toBe(false);
  });

  it('15: base64, base64offset and the UTF-16 encodings before it', () => {
    const b64 = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding).toString('base64');
    expect(holds('F|base64: foo', { F: b64('foo') })).toBe(true);
    expect(holds('F|base64: foo', { F: b64('bar') })).toBe(false);
    for (const before of ['', 'x', 'xy', 'xyz']) {
      expect(holds('F|base64offset|contains: http://', { F: b64(`${before}http://host/`) })).toBe(true);
      expect(holds('F|wide|base64offset|contains: IEX', { F: b64(`${before}IEX (x)`, 'utf16le') })).toBe(true);
      expect(holds('F|utf16le|base64offset|contains: naïve', { F: b64(`${before}naïve`, 'utf16le') })).toBe(true);
    }
    expect(holds('F|base64offset|contains: http://', { F: b64('xhttps') })).toBe(false);
    const bigEndian = Buffer.from('cmd', 'utf16le').swap16();
    expect(holds('F|utf16be|base64: cmd', { F: bigEndian.toString('base64') })).toBe(true);
    const marked = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('cmd', 'utf16le')]);
    expect(holds('F|utf16|base64: cmd', { F: marked.toString('base64') })).toBe(true);
    expect(refusal("F|base64: 'a*'")).toBe('encode-wildcard');
    expect(refusal(String.raw`F|base64: 'a\*'`)).toBeUndefined();
    expect(warnings('F|wide: cmd')).toContain('encode-plain');
  });

  it('16: an unresolved placeholder refuses the rule, with its name', () => {
    const text = ruleText("s:\n  F|expand: '%admins%'\ncondition: s");
    const refused = loadText(text).refused[0];
    expect(refused.code).toBe('placeholder-unresolved');
    expect(refused.message).toContain('%admins%');
    const [rule] = loadRules([{ file: 'x', text }], { placeholders: { admins: ['root', 'adm_*'] } }).rules;
    expect(evaluate(rule, objectAccess({ F: 'ADM_bob' }))).toBe(true);
    expect(evaluate(rule, objectAccess({ F: 'bob' }))).toBe(false);
    expect(holds("F: '%PATH%'", { F: '%path%' })).toBe(true);
  });

  it('17: fieldref compares fields, also with startswith, endswith, contains', () => {
    expect(holds('A|fieldref: B', { A: 'X', B: 'x' })).toBe(true);
    expect(holds('A|fieldref: B', { A: 'X', B: 'y' })).toBe(false);
    expect(holds('A|fieldref: B', { A: 'X' })).toBe(false);
    expect(holds('A|fieldref: B', { A: '0x10', B: 16 })).toBe(true);
    expect(holds('A|fieldref|startswith: B', { A: 'xyz', B: 'xy' })).toBe(true);
    expect(holds('A|startswith|fieldref: B', { A: 'xyz', B: 'yz' })).toBe(false);
    expect(holds('A|fieldref|endswith: B', { A: 'xyz', B: 'yz' })).toBe(true);
    expect(holds('A|fieldref|contains: B', { A: 'xyz', B: 'Y' })).toBe(true);
    expect(holds('A|fieldref|cased: B', { A: 'X', B: 'x' })).toBe(false);
    expect(refusal("A|fieldref: 'B*'")).toBe('modifier-type');
  });

  it('18: parts of a time, without zone conversion', () => {
    const time = { T: '2024-12-30T23:10:05-05:00' };
    expect(holds('T|minute: 10', time)).toBe(true);
    expect(holds('T|hour: 23', time)).toBe(true);
    expect(holds('T|hour: 4', time)).toBe(false);
    expect(holds('T|hour|gte: 20', time)).toBe(true);
    expect(holds('T|hour|lt: 20', time)).toBe(false);
    expect(holds('T|day: 30', time)).toBe(true);
    expect(holds('T|week: 1', time)).toBe(true);
    expect(holds('T|month: 12', time)).toBe(true);
    expect(holds('T|year: 2024', time)).toBe(true);
    expect(holds('T|year: 2025', time)).toBe(false);
    expect(holds('T|hour: 8', { T: 'soon' })).toBe(false);
    expect(refusal('T|hour: 24')).toBe('modifier-type');
  });
});

describe('conditions', () => {
  const names = ['a', 'b', 'c', 'sel_1', 'sel_2', '_hidden'];
  it('or binds weaker than and, and than not, not than of', () => {
    expect(conditionHolds('a or b and c', names, ['a'])).toBe(true);
    expect(conditionHolds('(a or b) and c', names, ['a'])).toBe(false);
    expect(conditionHolds('not a and b', names, ['b'])).toBe(true);
    expect(conditionHolds('not (a and b)', names, ['b'])).toBe(true);
    expect(conditionHolds('not a or b', names, ['a', 'b'])).toBe(true);
    expect(conditionHolds('not 1 of sel_* and a', names, ['a'])).toBe(true);
    expect(conditionHolds('not 1 of sel_* and a', names, ['a', 'sel_2'])).toBe(false);
    expect(conditionHolds('not not a', names, ['a'])).toBe(true);
  });

  it('of takes patterns with `*` anywhere, any and 1 are alike, and them leaves out names with _', () => {
    expect(conditionHolds('all of sel_*', names, ['sel_1', 'sel_2'])).toBe(true);
    expect(conditionHolds('all of sel_*', names, ['sel_1'])).toBe(false);
    expect(conditionHolds('any of s*_2', names, ['sel_2'])).toBe(true);
    expect(conditionHolds("1 of '*_2'".replaceAll("'", ''), names, ['sel_1'])).toBe(false);
    expect(conditionHolds('1 of them', names, ['_hidden'])).toBe(false);
    expect(conditionHolds('all of them', names, ['a', 'b', 'c', 'sel_1', 'sel_2'])).toBe(true);
    expect(conditionHolds('1 of _*', names, ['_hidden'])).toBe(true);
  });

  it('a list of conditions is OR', () => {
    expect(conditionHolds('[a and b, c]', names, ['c'])).toBe(true);
    expect(conditionHolds('[a and b, c]', names, ['a'])).toBe(false);
  });
});
