import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { memoryIo } from '../../testkit/memory-io.ts';

// The whole way with the real engine: from bytes to the report and the exit code.

const require = createRequire(import.meta.url);
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
const findingSchema = ajv.compile(require('../../schema/findings.schema.json'));
const summarySchema = ajv.compile(require('../../schema/summary.schema.json'));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaperone-scan-'));
  await writeFile(join(folder, 'rule.yml'), rule);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const rule = `title: Archive with a password
id: 6a1f5f0e-2c43-4a52-8a0e-0f2a7a6f3c11
author: Chaperone contributors
logsource: {category: process_creation, product: windows}
detection:
  selection:
    CommandLine|contains: ' -hp'
  condition: selection
tags: [attack.collection, attack.t1560.001]
level: high
`;

const event = (commandLine: string, second: number) =>
  JSON.stringify({
    Event: {
      System: {
        Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
        EventID: 1,
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        Computer: 'FS02',
        TimeCreated: { '#attributes': { SystemTime: `2026-11-20T01:14:${String(second).padStart(2, '0')}.123456Z` } },
      },
      EventData: { Image: 'C:\\t\\rar.exe', CommandLine: commandLine, User: 'CLINIC\\msp-adm' },
    },
  });

const put = (name: string, lines: readonly string[]) => writeFile(join(folder, name), `${lines.join('\n')}\n`);

async function chaperone(...argv: string[]) {
  const io = memoryIo({ cwd: folder });
  const code = await run(['scan', ...argv, '--rules', 'rule.yml', '--no-builtin-rules', '--workers', '1'], io);
  return { code, out: io.out(), err: io.err() };
}

const summary = async () => JSON.parse(await readFile(join(folder, 'chaperone-report', 'summary.json'), 'utf8'));

test('1 with a finding, and every output speaks of it', async () => {
  await put('log.jsonl', [event('rar a x.rar', 1), event('rar a -hpK n.rar C:\\Share', 2), event('rar l', 3)]);
  const { code, out } = await chaperone('log.jsonl', '--format', 'csv,ocsf,timesketch', '--zone', 'Europe/Zurich');
  expect(out).toContain('1 high');
  expect(out).toContain('Exit code 1: 1 finding at medium or above.');
  expect(code).toBe(1);
  const lines = (await readFile(join(folder, 'chaperone-report', 'findings.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  const finding = JSON.parse(lines[0]);
  expect(findingSchema(finding), ajv.errorsText(findingSchema.errors)).toBe(true);
  expect(finding).toMatchObject({
    time: '2026-11-20T01:14:02.123456Z',
    level: 'high',
    account: 'CLINIC\\msp-adm',
    host: 'FS02',
    source: { record: 2 },
  });
  const said = await summary();
  expect(summarySchema(said), ajv.errorsText(summarySchema.errors)).toBe(true);
  expect(said).toMatchObject({
    level: 'medium',
    zone: 'Europe/Zurich',
    files: { read: 1, unread: [] },
    records: { read: 3, unread: 0 },
  });
  const page = await readFile(join(folder, 'chaperone-report', 'report.html'), 'utf8');
  expect(page).toContain('2026-11-20 02:14:02');
  expect(page).toMatch(/rar a<mark> -hp<\/mark>K n\.rar/);
  for (const name of ['findings.csv', 'findings.ocsf.jsonl', 'findings.timesketch.jsonl'])
    expect(await readFile(join(folder, 'chaperone-report', name), 'utf8')).toContain('Archive with a password');
  expect(await readdir(join(folder, 'chaperone-report'))).toHaveLength(8);
});

test('0 when nothing is found and everything was read', async () => {
  await put('log.jsonl', [event('rar l', 1)]);
  const { code, out } = await chaperone('log.jsonl');
  expect(out).toContain('Exit code 0');
  expect(code).toBe(0);
});

test('2 when nothing is found but something could not be read; 1 when both', async () => {
  await writeFile(join(folder, 'log.jsonl'), `${event('rar l', 1)}\n{"Event": broken\n${event('rar l', 2)}\n`);
  expect((await chaperone('log.jsonl')).code).toBe(2);
  expect((await summary()).records).toMatchObject({ read: 2, unread: 1 });
  await writeFile(join(folder, 'log.jsonl'), `${event('rar a -hpX', 1)}\n{"Event": broken\n`);
  const { code, out } = await chaperone('log.jsonl');
  expect(code).toBe(1);
  expect(out).toContain('1 record');
});

test('2 for a path that is not there', async () => {
  const { code, out } = await chaperone('gone');
  expect(code).toBe(2);
  expect(out).toContain('gone');
});

test('--level decides the exit code and hides nothing', async () => {
  await put('log.jsonl', [event('rar a -hpX', 1)]);
  expect((await chaperone('log.jsonl', '--level', 'critical')).code).toBe(0);
  expect((await summary()).findings.total).toBe(1);
});

test('--since and --until leave out what lies outside, and say how much', async () => {
  await put('log.jsonl', [event('rar a -hpX', 1), event('rar a -hpX', 30)]);
  await chaperone('log.jsonl', '--since', '2026-11-20T01:14:10Z', '--until', '2026-11-20');
  expect(await summary()).toMatchObject({ findings: { total: 1 }, records: { outside: 1 } });
});

test('3 for a registry that can’t be used, in words', async () => {
  await put('log.jsonl', [event('rar l', 1)]);
  await writeFile(join(folder, 'chaperone.yaml'), 'organization: 7\n');
  const { code, err } = await chaperone('log.jsonl', '--registry', 'chaperone.yaml');
  expect(code).toBe(3);
  expect(err).toContain('chaperone.yaml:1');
  expect(err).not.toContain('at ');
});

test('a report in the folder that is scanned changes nothing the next time', async () => {
  await put('log.jsonl', [event('rar a -hpX', 1)]);
  await chaperone('.');
  const first = await summary();
  await chaperone('.');
  const second = await summary();
  expect(second.findings).toEqual(first.findings);
  expect(second.files).toEqual(first.files);
});
