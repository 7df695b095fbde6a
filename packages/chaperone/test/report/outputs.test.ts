import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Finding, ScanResult } from '../../src/detection/index.ts';
import { csvCell } from '../../src/report/csv.ts';
import { readFindings, writeReports } from '../../src/report/index.ts';
import { ocsfDetectionFinding } from '../../src/report/ocsf.ts';
import { writeAtomically } from '../../src/report/write-atomically.ts';
import { sampleResult } from '../../testkit/sample-result.ts';

const require = createRequire(import.meta.url);
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
const schemaOf = (name: string): ValidateFunction => ajv.compile(require(`../../schema/${name}.schema.json`));
const findingSchema = schemaOf('findings');
const summarySchema = schemaOf('summary');

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'chaperone-outputs-'));
});
afterEach(() => rm(out, { recursive: true, force: true }));

async function write(result: ScanResult): Promise<void> {
  await writeFile(join(out, 'findings.jsonl'), result.findings.map((each) => `${JSON.stringify(each)}\n`).join(''));
  await writeReports(result, { out, formats: ['csv', 'ocsf', 'timesketch'], page: false, zone: 'Europe/Zurich' });
}

const lines = async (name: string): Promise<Record<string, unknown>[]> =>
  (await readFile(join(out, name), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the schemas', () => {
  test('accept what a scan writes', async () => {
    await write(sampleResult());
    for (const line of await lines('findings.jsonl'))
      expect(findingSchema(line), ajv.errorsText(findingSchema.errors)).toBe(true);
    expect(
      summarySchema(JSON.parse(await readFile(join(out, 'summary.json'), 'utf8'))),
      ajv.errorsText(summarySchema.errors),
    ).toBe(true);
  });

  test('know every field of the contract: a finding that has them all passes', () => {
    const full: Required<Finding> = {
      ...(sampleResult().findings.find(({ detector }) => detector === 'correlation') as Finding),
      time_end: '2026-11-20T02:14:05.000001Z',
      sources: [{ file: 'a', record: 1, offset: 2 }],
      attribution: 'x',
      hosts: ['a', 'b'],
      event: { class: 'c', raw: 'r' },
    };
    expect(findingSchema(full), ajv.errorsText(findingSchema.errors)).toBe(true);
  });

  test.each([
    ['an unknown field', { surprise: 1 }],
    ['a level that is none', { level: 'severe' }],
    ['a time in another form', { time: '2026-11-20 02:14' }],
    ['a missing field', { why: undefined }],
  ])('refuse %s', (_, change) => {
    expect(findingSchema(JSON.parse(JSON.stringify({ ...sampleResult().findings[0], ...change })))).toBe(false);
  });

  test('describe every field', () => {
    const bare: string[] = [];
    const walk = (schema: Record<string, unknown>, path: string) => {
      for (const [name, value] of Object.entries(
        (schema.properties ?? {}) as Record<string, Record<string, unknown>>,
      )) {
        if (value.description === undefined && value.$ref === undefined) bare.push(`${path}.${name}`);
        walk(value, `${path}.${name}`);
        if (value.items !== undefined) walk(value.items as Record<string, unknown>, `${path}.${name}[]`);
      }
    };
    for (const name of ['findings', 'summary']) walk(require(`../../schema/${name}.schema.json`), name);
    expect(bare).toEqual([]);
  });
});

describe('findings.csv', () => {
  test('reads back row by row', async () => {
    const result = sampleResult();
    await write(result);
    const rows = parse(await readFile(join(out, 'findings.csv'), 'utf8'), { columns: true }) as Record<
      string,
      string
    >[];
    expect(rows).toHaveLength(result.findings.length);
    expect(rows[0]).toMatchObject({
      level: result.findings[0].level,
      rule_title: result.findings[0].rule.title,
      source_record: String(result.findings[0].source.record),
    });
  });

  test.each([
    ['=HYPERLINK("http://evil.invalid","x")', `"'=HYPERLINK(""http://evil.invalid"",""x"")"`],
    ["+1+cmd|' /C calc'!A0", `'+1+cmd|' /C calc'!A0`],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\\t=1"],
    ['\r=1', "'\\r=1"],
    ['  =1', '"\'  =1"'.slice(1, -1)],
    ['＝1', "'＝1"],
    ['"=1"', `"'""=1"""`],
    ['a,b', '"a,b"'],
    ['line\nend', 'line\\nend'],
    [12, '12'],
    [null, ''],
  ])('makes %j inert', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });
});

describe('findings.ocsf.jsonl', () => {
  test('holds detection findings of class 2004 with everything that OCSF requires', async () => {
    const result = sampleResult();
    await write(result);
    const all = await lines('findings.ocsf.jsonl');
    expect(all).toHaveLength(result.findings.length);
    for (const line of all) {
      expect(line).toMatchObject({
        class_uid: 2004,
        category_uid: 2,
        activity_id: 1,
        type_uid: 200_401,
        finding_info: { uid: expect.any(String), title: expect.any(String) },
        metadata: { version: '1.5.0', product: { name: 'Chaperone', vendor_name: 'Chaperone' } },
      });
      expect(Number.isInteger(line.time)).toBe(true);
      expect([1, 2, 3, 4, 5]).toContain(line.severity_id);
    }
  });

  test('keeps the events’ own times apart from when the finding was made', () => {
    const result = sampleResult();
    const correlation = result.findings.find(({ detector }) => detector === 'correlation')!;
    const line = ocsfDetectionFinding(correlation, result.summary) as {
      time: number;
      start_time: number;
      end_time: number;
    };
    expect(line.time).toBe(Date.parse(result.summary.finished));
    expect(line.end_time - line.start_time).toBe(2_400_000);
    const untimed = result.findings.find(({ time }) => time === null)!;
    expect(ocsfDetectionFinding(untimed, result.summary)).not.toHaveProperty('start_time');
  });

  test('names techniques, their parents and their tactics as ATT&CK does', () => {
    const result = sampleResult();
    const line = ocsfDetectionFinding(
      result.findings.find(({ rule }) => rule.id === 'b2f9a7de-01')!,
      result.summary,
    ) as { finding_info: { attacks: unknown } };
    expect(line.finding_info.attacks).toEqual([
      {
        tactics: [{ uid: 'TA0006', name: 'Credential Access' }],
        technique: { uid: 'T1003' },
        sub_technique: { uid: 'T1003.003' },
      },
    ]);
  });
});

test('findings.timesketch.jsonl holds what its importer asks for, and says which time it is', async () => {
  const result = sampleResult();
  await write(result);
  const all = await lines('findings.timesketch.jsonl');
  for (const line of all) {
    expect(line.message).toEqual(expect.any(String));
    expect(Number.isNaN(Date.parse(line.datetime as string))).toBe(false);
    expect(line.timestamp_desc).toEqual(expect.any(String));
  }
  expect(all.filter(({ timestamp_desc }) => timestamp_desc === 'Time of scan (the event states none)')).toHaveLength(1);
});

test('a broken findings.jsonl is said by line, and leaves no half file behind', async () => {
  const result = sampleResult();
  await writeFile(join(out, 'findings.jsonl'), `${JSON.stringify(result.findings[0])}\n{"id":`);
  await expect(writeReports(result, { out, formats: ['csv'], page: false, zone: 'UTC' })).rejects.toMatchObject({
    code: 'broken_findings',
    message: expect.stringContaining('line 2'),
  });
  expect(await readdir(out)).toEqual(['findings.jsonl']);
});

describe('writing', () => {
  test('a full disk is said plainly', async () => {
    // /dev/full refuses every write with ENOSPC, but a neighbour can't be made in /dev: fail inside the stream instead
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    async function* chunks(): AsyncGenerator<string> {
      yield 'a';
      throw full;
    }
    await expect(writeAtomically(join(out, 'x'), chunks())).rejects.toMatchObject({
      name: 'ReportError',
      code: 'disk_full',
      file: join(out, 'x'),
      mend: expect.stringContaining('--out'),
    });
    expect(await readdir(out)).toEqual([]);
  });

  test('a reader never sees half a file: the old one stays until the new one is whole', async () => {
    await writeFile(join(out, 'x'), 'old');
    async function* chunks(): AsyncGenerator<string> {
      yield 'n'.repeat(600_000);
      expect(await readFile(join(out, 'x'), 'utf8')).toBe('old');
      yield 'ew';
    }
    expect(await writeAtomically(join(out, 'x'), chunks())).toEqual({ bytes: 600_002 });
    expect((await readFile(join(out, 'x'), 'utf8')).length).toBe(600_002);
  });

  test('a folder in the way, and a path through a file', async () => {
    await mkdir(join(out, 'x'));
    await expect(writeAtomically(join(out, 'x'), ['a'])).rejects.toMatchObject({ name: 'ReportError' });
    await writeFile(join(out, 'file'), '');
    await expect(writeAtomically(join(out, 'file', 'y'), ['a'])).rejects.toMatchObject({ code: 'not_a_folder' });
    expect((await readdir(out)).sort()).toEqual(['file', 'x']);
  });
});

test('findings are streamed: a hundred thousand of them cost no memory', async () => {
  const line = `${JSON.stringify(sampleResult({ scale: 0.01 }).findings[0])}\n`;
  await writeFile(join(out, 'findings.jsonl'), line.repeat(100_000));
  const before = process.memoryUsage().rss;
  let count = 0;
  let most = 0;
  for await (const finding of readFindings(join(out, 'findings.jsonl'))) {
    count += finding.level.length > 0 ? 1 : 0;
    if (count % 10_000 === 0) most = Math.max(most, process.memoryUsage().rss - before);
  }
  expect(count).toBe(100_000);
  expect(most).toBeLessThan(150_000_000);
});
