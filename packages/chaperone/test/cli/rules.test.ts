import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { memoryIo } from '../../testkit/memory-io.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaperone-rules-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function chaperone(...argv: string[]) {
  const io = memoryIo({ cwd: folder });
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
}

const put = (name: string, text: string) => writeFile(join(folder, name), text);

const good = `title: Archive with a password
id: 6a1f5f0e-2c43-4a52-8a0e-0f2a7a6f3c11
status: test
description: An archive is made with its file names encrypted.
author: Chaperone contributors
date: 2026-11-25
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    Image|endswith: '\\rar.exe'
    CommandLine|contains: ' -hp'
  filter:
    User: 'CLINIC\\backup'
  condition: selection and not filter
falsepositives:
  - Backups
level: high
`;

// A Winlogbeat-like line is what a scan would meet; EventData as Sysmon writes it
const sysmon = (data: Record<string, string>) =>
  JSON.stringify({
    Event: {
      System: {
        Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
        EventID: 1,
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        Computer: 'FS02',
        TimeCreated: { '#attributes': { SystemTime: '2026-11-20T01:14:05.123456Z' } },
      },
      EventData: data,
    },
  });

describe('rules check', () => {
  test('0 for rules that can run', async () => {
    await put('good.yml', good);
    const { code, out } = await chaperone('rules', 'check', '.');
    expect(out).toContain('1 file: 1 rule, 0 correlations and 0 filters can run; 0 documents refused');
    expect(code).toBe(0);
  });

  test('1 for one that cannot, with the line, a caret and the mend', async () => {
    await put('bad.yml', good.replace('|endswith', '|endwith'));
    const { code, out } = await chaperone('rules', 'check', 'bad.yml');
    expect(code).toBe(1);
    expect(out).toContain('error[modifier-unknown]');
    expect(out).toContain('--> bad.yml:12:11');
    expect(out).toMatch(/12 \| {5}Image\|endwith/);
    expect(out).toContain('= mend:');
  });

  test('--strict counts warnings, --json says the same as data', async () => {
    await put(
      'odd.yml',
      good.replace('level: high', 'level: high\nunknown-key: 1').replace('status: test', 'status: odd'),
    );
    const plain = await chaperone('rules', 'check', '.', '--json');
    const data = JSON.parse(plain.out);
    expect(data).toMatchObject({ files: 1 });
    const strict = await chaperone('rules', 'check', '.', '--strict');
    expect(strict.code).toBe(data.warnings.length > 0 || data.refused.length > 0 ? 1 : 0);
    expect(data.warnings.length + data.refused.length).toBeGreaterThan(0);
  });

  test('text of a rule file reaches the terminal inert', async () => {
    await put('evil.yml', good.replace('|endswith', '|end\u001b[2Jwith\u202e'));
    const { out } = await chaperone('rules', 'check', '.');
    expect(out.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  test('a missing folder is wrong usage', async () => {
    expect(await chaperone('rules', 'check', 'gone')).toMatchObject({ code: 3, out: '' });
  });
});

test('rules list shows the most serious first', async () => {
  await put('a.yml', good.replace('level: high', 'level: low').replace('6a1f5f0e', '7a1f5f0e'));
  await put('b.yml', good);
  const { code, out } = await chaperone('rules', 'list', '.');
  expect(code).toBe(0);
  expect(out.split('\n').map((line) => line.split(/\s+/)[0])).toEqual(['high', 'low', '']);
});

describe('rules explain', () => {
  beforeEach(() => put('rule.yml', good));

  test('says which item held and marks the part that matched', async () => {
    await put(
      'log.jsonl',
      `${sysmon({ Image: 'C:\\Windows\\explorer.exe', CommandLine: 'explorer', User: 'CLINIC\\a' })}\n${sysmon({ Image: 'C:\\t\\rar.exe', CommandLine: 'rar a -hpX n.rar C:\\Share', User: 'CLINIC\\msp-adm' })}\n`,
    );
    const { code, out } = await chaperone('rules', 'explain', 'rule.yml', 'log.jsonl#2');
    expect(out).toContain('The rule fires.');
    expect(out).toContain('applies');
    expect(out).toContain('C:\\t»\\rar.exe«');
    expect(out).toContain('rar a» -hp«X n.rar');
    expect(out).toMatch(/fails filter\n {2}fails User: /);
    expect(code).toBe(1);
  });

  test('says what failed, and exit code 0, when it does not fire', async () => {
    await put(
      'log.jsonl',
      `${sysmon({ Image: 'C:\\Windows\\explorer.exe', CommandLine: 'explorer', User: 'CLINIC\\a' })}\n`,
    );
    const { code, out } = await chaperone('rules', 'explain', 'rule.yml', 'log.jsonl');
    expect(out).toContain('The rule does not fire.');
    expect(out).toContain('value C:\\Windows\\explorer.exe');
    expect(code).toBe(0);
  });

  test('says when the log source does not fit, whatever the tests say', async () => {
    await put('rule.yml', good.replace('category: process_creation', 'category: dns_query'));
    await put('log.jsonl', `${sysmon({ Image: 'C:\\t\\rar.exe', CommandLine: 'rar a -hpX', User: 'x' })}\n`);
    const { code, out } = await chaperone('rules', 'explain', 'rule.yml', 'log.jsonl:1');
    expect(out).toContain('does not apply to such events');
    expect(out).toContain('The rule does not fire. Its log source does not fit');
    expect(code).toBe(0);
  });

  test('takes a JSON object that someone wrote by hand, and says what it could not tell', async () => {
    await put('event.json', JSON.stringify({ Image: 'C:\\rar.exe', CommandLine: 'rar a -hpX', User: 'x' }));
    const { code, out } = await chaperone('rules', 'explain', 'rule.yml', 'event.json');
    expect(out).toContain('log source can’t be told');
    expect(code).toBe(1);
  });

  test('finds a rule by id or title in --rules', async () => {
    await put('event.json', JSON.stringify({ Image: 'C:\\rar.exe', CommandLine: 'rar a -hpX', User: 'x' }));
    for (const name of ['6a1f5f0e-2c43-4a52-8a0e-0f2a7a6f3c11', 'archive with a password'])
      expect(await chaperone('rules', 'explain', name, 'event.json', '--rules', '.')).toMatchObject({ code: 1 });
  });

  test('--json says it as data', async () => {
    await put('event.json', JSON.stringify({ Image: 'C:\\rar.exe', CommandLine: 'rar a -hpX', User: 'x' }));
    const { out } = await chaperone('rules', 'explain', 'rule.yml', 'event.json', '--json');
    expect(JSON.parse(out)).toMatchObject({
      fires: true,
      rule: { title: 'Archive with a password' },
      explanation: { held: true },
    });
  });

  test.each([
    ['no such rule', ['nope', 'log.jsonl#1'], 'there is no rule'],
    ['no such file', ['rule.yml', 'gone.jsonl#1'], 'gone.jsonl'],
    ['no such record', ['rule.yml', 'log.jsonl#9'], 'holds no record 9'],
    ['which one?', ['rule.yml', 'log.jsonl'], 'holds 2 events'],
    ['an unknown zone', ['rule.yml', 'log.jsonl#1', '--zone', 'Mars/Olympus'], 'Mars/Olympus'],
  ])('%s: wrong usage, in words', async (_, argv, said) => {
    const line = sysmon({ Image: 'a', CommandLine: 'b', User: 'c' });
    await put('log.jsonl', `${line}\n${line}\n`);
    const { code, err } = await chaperone('rules', 'explain', ...argv);
    expect(err).toContain(said);
    expect(code).toBe(3);
  });

  test('a correlation names the rules to explain instead', async () => {
    await put(
      'rule.yml',
      `${good}---\ntitle: Many archives\nid: 0d6d1a34-7d0e-4b8e-9a2e-5a6a3c1f9b77\ncorrelation:\n  type: event_count\n  rules: [6a1f5f0e-2c43-4a52-8a0e-0f2a7a6f3c11]\n  group-by: [Computer]\n  timespan: 10m\n  condition: {gte: 3}\nlevel: high\n`,
    );
    await put('event.json', '{"Image":"x"}');
    const { code, err } = await chaperone('rules', 'explain', 'many archives', 'event.json', '--rules', '.');
    expect(err).toContain('is a correlation');
    expect(code).toBe(3);
  });
});
