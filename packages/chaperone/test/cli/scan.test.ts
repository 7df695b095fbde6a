import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ScanArguments, scan } from '../../src/cli/commands/scan.ts';
import type { Scan, ScanOptions } from '../../src/cli/engine.ts';
import type { ScanResult } from '../../src/detection/index.ts';
import { memoryIo } from '../../testkit/memory-io.ts';
import { sampleResult } from '../../testkit/sample-result.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaperone-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const defaults: ScanArguments = { builtinRules: true, level: 'medium', out: 'report', report: true };

/** Stands for the engine: writes the findings that a result has, as the real one does. The real one is tested in detection. */
function engine(result: ScanResult, during?: (options: ScanOptions) => void): () => Promise<Scan> {
  return async () => async (options) => {
    await writeFile(
      join(options.out, 'findings.jsonl'),
      result.findings.map((each) => `${JSON.stringify(each)}\n`).join(''),
    );
    during?.(options);
    return result;
  };
}

function changed(change: (summary: ScanResult['summary']) => Partial<ScanResult['summary']>): ScanResult {
  const result = sampleResult();
  return { ...result, summary: { ...result.summary, ...change(result.summary) } };
}

const nothingFound = (summary: ScanResult['summary']) => ({
  ...summary.findings,
  total: 3,
  by_level: { critical: 0, high: 0, medium: 0, low: 3, informational: 0 },
});
const allRead = {
  files: { read: 4, unread: [] },
  records: { read: 9, unread: 0, problems: [], untimed: 0, outside: 0 },
};

describe('exit code', () => {
  test.each([
    ['1 with findings, even when something was unread', {}, changed(() => ({})), 1],
    [
      '0 when nothing reaches the level and all was read',
      {},
      changed((s) => ({ findings: nothingFound(s), ...allRead })),
      0,
    ],
    [
      '2 when nothing reaches the level and something was unread',
      {},
      changed((s) => ({ findings: nothingFound(s) })),
      2,
    ],
    [
      '1 when the level is lowered to what was found',
      { level: 'low' },
      changed((s) => ({ findings: nothingFound(s), ...allRead })),
      1,
    ],
  ])('%s', async (_, given, result, code) => {
    const io = memoryIo({ cwd: folder });
    expect(await scan(['logs'], { ...defaults, ...given }, io, engine(result))).toBe(code);
    expect(io.out()).toContain(`Exit code ${code}:`);
  });
});

test('the summary says the verdict, what to look at, coverage, gaps and where the report is', async () => {
  const io = memoryIo({ cwd: folder });
  await scan(['logs'], defaults, io, engine(sampleResult()));
  expect(io.out().replace(folder, '<folder>')).toMatchInlineSnapshot(`
    "
    Compromise is likely
    Northgate IT’s account CLINIC\\msp-adm was used at night from 16 to 21 November to copy the directory
    database and to send 1.2 GB of patient records out. Northgate’s technicians have no ticket for it.

    Look at these first
    1  critical  Directory database copied with ntdsutil
       ntdsutil made a full copy of the directory database into C:\\PerfLogs on DC01, started by
       CLINIC\\msp-adm. Whoever has that copy has every password hash of the domain.
    2  critical  Renamed PuTTY secure copy sends data out
       Within 40 minutes of the archives, c:\\windows\\temp\\svc.exe, which is PuTTY’s pscp under another
       name, sent 1.2 GB from FS02 to 198.51.100.23.
    3  high  Archive made in a folder where no one looks
       rar.exe packed C:\\Share\\Records into encrypted volumes under C:\\$Recycle.Bin on FS02.
    4  high  Provider account used outside the agreed hours
       CLINIC\\msp-adm (Northgate IT) logged on to DC01 at 02:14 by the domain controller’s clock,
       outside the agreed hours 08:00 to 18:00 Europe/Zurich. Seen in DC01’s Security log.
    5  medium  Account that looks like a provider’s and that nobody declared
       CLINIC\\ngate-svc2 follows Northgate’s naming and came from its network, but no registry entry
       names it.

    Findings      2 critical, 13 high, 25 medium, 163 low, 412 informational
    By provider   Northgate IT 561, no provider known 54
    By account    CLINIC\\msp-adm (Northgate IT) 613, CLINIC\\ngate-svc2 (Northgate IT) 2
    Was there     5 sources, 2026-11-16 to 2026-11-22
                  windows/Security from DC01: 7 of 7 days
                  windows/Security from FS02: 5 of 7 days
                  windows/Sysmon from WS17: 5 of 7 days
                  cisco-asa from fw-edge: 7 of 7 days
                  openvpn: 0 of 7 days
    Not answered  Were provider sessions opened with a ticket? no ticket system’s log was among the
                  sources
                  Did the VPN ask for a second factor? the VPN log names no factor for 212 sessions
    Not read      2 files and 17 records
                  logs/WS09/Security.evtx: the file belongs to another user and may not be read
                  logs/backup.zip: the archive is encrypted
                  logs/FS02/Security.evtx: the chunk ends inside a record
    Read          41 files, 1.9 GB, 2,418,233 records in 43 s; 3,842 rules, 1 refused
    Held back     3 findings by the exception for undeclared-tool until 2026-12-31 (Head of IT: Trial of
                  a new tool)

    Report        <folder>/report/report.html

    Exit code 1: 40 findings at medium or above.
    "
  `);
});

test('every form asked for is written, and nothing else', async () => {
  const io = memoryIo({ cwd: folder });
  await scan(['logs'], { ...defaults, format: ['csv,ocsf', 'timesketch'] }, io, engine(sampleResult()));
  expect((await readdir(join(folder, 'report'))).sort()).toEqual([
    '.chaperone',
    'findings.csv',
    'findings.jsonl',
    'findings.ocsf.jsonl',
    'findings.timesketch.jsonl',
    'report.html',
    'summary.json',
  ]);
  const second = memoryIo({ cwd: folder });
  await scan(['logs'], { ...defaults, report: false }, second, engine(sampleResult()));
  expect((await readdir(join(folder, 'report'))).sort()).toEqual(['.chaperone', 'findings.jsonl', 'summary.json']);
});

test('--json prints summary.json as it was written', async () => {
  const io = memoryIo({ cwd: folder });
  await scan(['logs'], { ...defaults, json: true }, io, engine(sampleResult()));
  expect(io.out()).toBe(await readFile(join(folder, 'report', 'summary.json'), 'utf8'));
  expect(JSON.parse(io.out()).level).toBe('medium');
});

test('--quiet says one line', async () => {
  const io = memoryIo({ cwd: folder, columns: 80 });
  await scan(
    ['logs'],
    { ...defaults, quiet: true },
    io,
    engine(sampleResult(), (o) => o.onProgress?.({ bytes: 1, totalBytes: 2, records: 1, findings: 0, file: 'a' })),
  );
  expect(io.out().trimEnd().split('\n')).toHaveLength(1);
  expect(io.err()).toBe('');
});

test('a folder with other files is refused unless forced, and then only our files are touched', async () => {
  await writeFile(join(folder, 'thesis.txt'), 'years of work');
  await writeFile(join(folder, 'summary.json'), '{"mine":true}');
  const io = memoryIo({ cwd: folder });
  await expect(scan(['logs'], { ...defaults, out: '.' }, io, engine(sampleResult()))).rejects.toMatchObject({
    name: 'UsageError',
  });
  expect(await readFile(join(folder, 'summary.json'), 'utf8')).toBe('{"mine":true}');
  await scan(['logs'], { ...defaults, out: '.', force: true }, io, engine(sampleResult()));
  expect(await readFile(join(folder, 'thesis.txt'), 'utf8')).toBe('years of work');
});

test('Ctrl-C stops, and what was found until then is written and said', async () => {
  const io = memoryIo({ cwd: folder });
  let stopped = false;
  const result = changed((s) => ({ findings: nothingFound(s), ...allRead }));
  const code = await scan(
    ['logs'],
    defaults,
    io,
    engine(result, (options) => {
      io.interrupt();
      stopped = options.signal?.aborted === true;
    }),
  );
  expect(stopped).toBe(true);
  expect(code).toBe(2);
  expect(io.err()).toContain('Stopping');
  expect(io.out()).toContain('Stopped before the end');
  expect(JSON.parse(await readFile(join(folder, 'report', 'summary.json'), 'utf8')).interrupted).toBe(true);
  expect(await readFile(join(folder, 'report', 'report.html'), 'utf8')).toContain('stopped before its end');
});

test('what the engine is given: absolute paths, microseconds, the end of a day for --until', async () => {
  await writeFile(join(folder, 'chaperone.yaml'), '');
  const io = memoryIo({ cwd: folder });
  let seen: ScanOptions | undefined;
  await scan(
    ['logs'],
    { ...defaults, registry: 'chaperone.yaml', since: '7d', until: '2026-11-24', zone: 'Europe/Zurich', workers: '2' },
    io,
    engine(sampleResult(), (options) => {
      seen = options;
    }),
  );
  expect(seen).toMatchObject({
    paths: [join(folder, 'logs')],
    registry: join(folder, 'chaperone.yaml'),
    since: Date.parse('2026-11-18T10:00:00Z') * 1000,
    until: Date.parse('2026-11-24T23:00:00Z') * 1000,
    workers: 2,
    out: join(folder, 'report'),
  });
});

test.each([
  [{ level: 'severe' }, 'severe'],
  [{ format: ['xlsx'] }, 'xlsx'],
  [{ zone: 'Mars/Olympus' }, 'Mars/Olympus'],
  [{ workers: '0' }, 'workers'],
  [{ since: 'yesterday' }, 'yesterday'],
  [{ since: '2026-11-20', until: '2026-11-19' }, '--since'],
  [{ registry: 'gone.yaml' }, 'gone.yaml'],
  [{ rules: ['gone'] }, 'gone'],
])('wrong usage is said before anything is read or written: %j', async (given, said) => {
  const io = memoryIo({ cwd: folder });
  await expect(
    scan(['logs'], { ...defaults, ...given }, io, () => Promise.reject(new Error('loaded'))),
  ).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringContaining(said),
  });
  expect(await readdir(folder)).toEqual([]);
});

test('no text of a log reaches the terminal alive', async () => {
  const io = memoryIo({ cwd: folder, columns: 90 });
  const hostile = sampleResult({ poison: (text) => `\u001b[2J\u001b]0;pwned\u0007\u202e${text}\u009b31m\r\n` });
  await scan(['logs'], { ...defaults, format: ['csv'] }, io, engine(hostile));
  const own = /\u001b\[(?:\d+(?:;\d+)?)m|[\n]/g;
  const rest = io.out().replace(own, '');
  expect(rest).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  expect(rest).toContain('\\u{1b}[2J');
  const csv = await readFile(join(folder, 'report', 'findings.csv'), 'utf8');
  expect(csv.replaceAll('\r\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
});

test.each([
  [
    'a full disk, told by the system',
    Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }),
    'disk_full',
  ],
  [
    'a full disk, told by a worker',
    new Error('A worker of the scan failed: Error: ENOSPC: no space left on device, write'),
    'disk_full',
  ],
])('%s, is said plainly', async (_, error, code) => {
  const io = memoryIo({ cwd: folder });
  const full = async () => () => Promise.reject(error);
  await expect(scan(['logs'], defaults, io, full)).rejects.toMatchObject({ name: 'ReportError', code });
});

test.runIf(process.platform === 'linux')('a place where nothing can be made is refused, not waited for', async () => {
  const io = memoryIo({ cwd: folder });
  const given = { ...defaults, out: '/proc/none/report' };
  await expect(scan(['logs'], given, io, engine(sampleResult()))).rejects.toMatchObject({ name: 'ReportError' });
});

test('folders above --out are made', async () => {
  const io = memoryIo({ cwd: folder });
  await scan(['logs'], { ...defaults, out: 'a/b/c' }, io, engine(sampleResult()));
  expect(await readdir(join(folder, 'a', 'b', 'c'))).toContain('report.html');
});
