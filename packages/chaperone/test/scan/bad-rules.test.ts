import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeEvtx } from '@chaperone/evtx/testkit';
import { describe, expect, it } from 'vitest';
import { command, folder, launch, launchJson, left, PASSWORD_RULE, writeRule } from './case.ts';

// Bad rules and registries through the real command: each is told at its line, costs little, and the rest is used.

const plain = ['--no-builtin-rules', '--out', 'out', '--workers', '1'];
const head = (id: number) => `title: Rule ${id}
id: 6a1f5f0e-2c43-4a52-8a0e-0f2a7a6f${String(id).padStart(4, '0')}
logsource: {category: process_creation, product: windows}
level: high
`;
/** Ten to the ninth strings, if somebody writes them out. */
const bomb = `${['a: &a [x, x, x, x, x, x, x, x, x, x]', ...Array.from('bcdefghi', (name, at) => `${name}: &${name} [${`*${'abcdefgh'[at]}, `.repeat(9)}*${'abcdefgh'[at]}]`)].join('\n')}\n`;

describe('rules', () => {
  it('with a catastrophic expression cost less than a millisecond per KB of a hostile value', () => {
    const root = folder();
    const kb = 2000;
    // Values that differ, so that none is remembered: 20 KB each, in which (a+)+$ never matches.
    const lines = Array.from({ length: kb / 20 }, (_, i) => launchJson(`${'a'.repeat(20_000)}!${i}`, i)).join('\n');
    writeFileSync(join(root, 'log.jsonl'), lines);
    writeRule(root, `${head(1)}detection: { s: { CommandLine|endswith: nothing }, condition: s }\n`, 'cheap.yml');
    const hostile = ['(a+)+$', '^(a|a)*$', '(.*a){20}b', '([a-z]+)*!{3}', '^(?:a?){30}a{30}b'];
    writeRule(
      root,
      hostile
        .map((one, i) => `${head(i + 2)}detection: { s: { CommandLine|re: '${one}' }, condition: s }\n`)
        .join('---\n'),
      'hostile.yml',
    );
    const cheap = command(root, ['scan', 'log.jsonl', '--rules', 'cheap.yml', ...plain]);
    const ran = command(root, ['scan', 'log.jsonl', '--rules', 'hostile.yml', ...plain]);
    const { summary } = left(join(root, 'out'));
    expect(summary.rules.loaded + summary.rules.refused.length).toBe(hostile.length);
    expect(summary.rules.loaded).toBeGreaterThan(1);
    expect(summary.records.read).toBe(kb / 20);
    expect(ran.ms - cheap.ms).toBeLessThan(kb * hostile.length);
  });

  it('that cannot run are refused with file, line, reason and mend, and the others run', () => {
    const root = folder();
    writeFileSync(join(root, 'log.evtx'), writeEvtx([launch('rar a -hpX')]));
    const files: Record<string, string> = {
      'bomb.yml': `${head(1)}detection: { s: { CommandLine: x }, condition: s }\n${bomb}`,
      'broken.yml': `${head(2)}detection: { s: { CommandLine: x, condition: s }\n`,
      'no-condition.yml': `${head(3)}detection: { s: { CommandLine: x } }\n`,
      'no-selection.yml': `${head(4)}detection:\n  s: { CommandLine: x }\n  condition: s and gone\n`,
      'bad-regex.yml': `${head(5)}detection:\n  s:\n    CommandLine|re: '(unclosed'\n  condition: s\n`,
      'bad-modifier.yml': `${head(6)}detection:\n  s:\n    CommandLine|sideways: x\n  condition: s\n`,
      'bad-cidr.yml': `${head(7)}detection:\n  s:\n    IpAddress|cidr: 10.0.0.0/99\n  condition: s\n`,
      'binary.yml': '\u0000\u0001\u0002\u00ff',
      'empty.yml': '',
      'good.yml': PASSWORD_RULE,
      'deep.yml': `${head(8)}detection: ${'{ s: '.repeat(5000)}x${' }'.repeat(5000)}\n`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
    const ran = command(root, ['scan', 'log.evtx', '--rules', '.', ...plain]);
    expect(ran.code, ran.err).toBe(1);
    expect(ran.ms).toBeLessThan(10_000);
    expect(ran.mb).toBeLessThan(400);
    const { summary, findings } = left(join(root, 'out'));
    expect(findings).toHaveLength(1);
    const refused = new Map(summary.rules.refused.map((one) => [one.file.split('/').at(-1), one]));
    expect([...refused.keys()].sort()).toEqual(
      expect.arrayContaining([
        'bad-cidr.yml',
        'bad-modifier.yml',
        'bad-regex.yml',
        'binary.yml',
        'broken.yml',
        'deep.yml',
        'no-condition.yml',
        'no-selection.yml',
      ]),
    );
    expect(refused.has('good.yml')).toBe(false);
    for (const one of refused.values()) {
      expect(one.line).toBeGreaterThan(0);
      expect(one.reason).not.toBe('');
      expect(one.mend).not.toBe('');
    }
    expect(refused.get('bad-regex.yml')).toMatchObject({ line: 7 });
    expect(ran.out).toContain(`${summary.rules.loaded} rule, ${summary.rules.refused.length} refused`);
  });
});

describe('a registry', () => {
  const scan = (root: string, text: string) => {
    writeRule(root);
    writeFileSync(join(root, 'log.evtx'), writeEvtx([launch('rar a -hpX')]));
    writeFileSync(join(root, 'chaperone.yaml'), text);
    return command(root, ['scan', 'log.evtx', '--rules', 'rule.yml', ...plain, '--registry', 'chaperone.yaml']);
  };

  it.each([
    ['a YAML bomb', `organization: { name: A, zone: UTC }\n${bomb}`],
    ['no YAML', 'organization: [\n'],
    ['no zone', 'organization: { name: A }\n'],
    ['empty', ''],
    ['nesting without end', `organization: ${'{ name: '.repeat(20_000)}x${' }'.repeat(20_000)}\n`],
    ['larger than any registry', `# ${'x'.repeat(1000)}\n`.repeat(20_000)],
  ])('that is %s: refused at its line or used in part, within a moment', (_, text) => {
    const root = folder();
    const ran = scan(root, text);
    expect(ran.err).not.toContain('fault');
    expect(ran.ms).toBeLessThan(10_000);
    expect(ran.mb).toBeLessThan(400);
    if (ran.code === 3) expect(ran.err).toMatch(/chaperone\.yaml:\d+:\d+: error REGISTRY_\w+: .+\n.*\S/);
    else expect(left(join(root, 'out')).summary.notices?.length).toBeGreaterThan(0);
  });

  it('that contradicts itself: what contradicts is told at its line, and the rest is used', () => {
    const root = folder();
    const ran = scan(
      root,
      `organization: { name: Lakeside Clinic, zone: Europe/Berlin }
providers:
  - name: Northgate IT
    slug: northgate
    accounts: [{ name: "CLINIC\\\\msp-adm" }, { name: "clinic\\\\MSP-ADM" }]
    networks: [198.51.100.0/24]
    agreement: { from: 2026-01-01, to: 2025-01-01 }
  - name: Westdata
    accounts: [{ name: "CLINIC\\\\msp-adm" }]
    networks: [198.51.100.0/25]
`,
    );
    expect(ran.code, ran.err).toBe(1);
    const { summary, findings } = left(join(root, 'out'));
    const lines = new Set(summary.notices?.map(({ line }) => line));
    expect([...lines].sort()).toEqual(expect.arrayContaining([5, 7, 9]));
    for (const { mend, column } of summary.notices ?? []) {
      expect(mend).not.toBe('');
      expect(column).toBeGreaterThan(0);
    }
    expect(ran.out).toMatch(/chaperone\.yaml:5:\d+: /);
    expect(findings.some(({ rule }) => rule.title === 'Archive with a password')).toBe(true);
  });
});
