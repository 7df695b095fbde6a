import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { writeEvtx } from '@chaperone/evtx/testkit';
import { describe, expect, it } from 'vitest';
import { scan } from '../../src/detection/index.ts';
import { makeZip } from '../telemetry/discover/make-zip.ts';
import { command, folder, launch, launchJson, left, problemsOf, writeRule } from './case.ts';

// The issue's list of bad input, through the real command. Everything lies in one folder beside what is good: what is bad must
// be told with file, reason and mend, be counted, cost little, and must not keep the scan from the rest.

const MB = 1024 * 1024;
const only = ['--rules', 'rule.yml', '--no-builtin-rules', '--workers', '1', '--out', 'out'];
const hostile =
  '\u001b]0;pwned\u0007\u001b[2J</script><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\r\n\u0000\u009b31m';
const alive = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

function write(root: string, files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
}

/** A gzip of `count` members that unpack to the same bytes. */
function repeated(path: string, unpacked: Uint8Array, count: number): void {
  const member = gzipSync(unpacked, { level: 9 });
  const file = openSync(path, 'w');
  for (let i = 0; i < count; i += 1) writeSync(file, member);
  closeSync(file);
}

describe('bad input', () => {
  it('is told, counted and bounded, and the rest goes on', () => {
    const root = folder();
    const logs = join(root, 'logs');
    mkdirSync(logs);
    writeRule(root);
    const good = writeEvtx(Array.from({ length: 300 }, (_, i) => launch(`rar a -hpK ${i}`, i)));
    const two = (between: string | Uint8Array) =>
      Buffer.concat([
        Buffer.from(`${launchJson('rar a -hpA', 1)}\n`),
        Buffer.from(between),
        Buffer.from(`\n${launchJson('rar a -hpB', 2)}\n`),
      ]);
    const zip = (name: string, data: Buffer) => makeZip([{ name, data }]);
    let nested = zip('log.jsonl', Buffer.from(launchJson('rar a -hpN')));
    for (const level of [4, 3, 2, 1]) nested = zip(`${level}.zip`, nested);
    const long = gzipSync(
      Buffer.from(Array.from({ length: 3000 }, (_, i) => launchJson(`rar ${i} ${Math.sin(i)}`, i)).join('\n')),
    );
    write(logs, {
      'good.evtx': good,
      'truncated.evtx': good.subarray(0, good.length - 30_000),
      'header-only.evtx': good.subarray(0, 4096),
      'half-header.evtx': good.subarray(0, 100),
      'empty.evtx': '',
      'empty.jsonl': '',
      'damaged.evtx': Buffer.from(good).fill(0xee, 4096 + 2000, 4096 + 2400),
      'truncated.jsonl.gz': long.subarray(0, long.length - 2000),
      'encrypted.zip': makeZip([
        { name: 'secret.jsonl', data: Buffer.from(launchJson('rar a -hpE')), encrypted: true },
        { name: 'open.jsonl', data: Buffer.from(`${launchJson('rar a -hpO')}\n`) },
      ]),
      'nested.zip': nested,
      'deep.jsonl': two(`{"Event":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
      'utf8.jsonl': two(Buffer.from(launchJson('rar a -hp\u00ff\u00fe', 3), 'latin1')),
      'utf16.jsonl': Buffer.concat([
        Buffer.from([0xff, 0xfe]),
        Buffer.from(two(launchJson('rar \ud800 -hpC', 3)).toString(), 'utf16le'),
        Buffer.from([0x0d, 0xd8, 0x61]),
      ]),
      'no-log.txt': 'Dear all,\nplease find attached the minutes of the meeting.\n',
      'program.exe': Buffer.from('MZ\u0090\0\u0003\0\0\0\u0004\0\0\0'),
      '\u001b[31m<b>=1+1.jsonl': `${launchJson(` -hp${hostile}`, 5, { User: hostile, Image: `=${hostile}` })}\n`,
    });
    // 100 MB without a line end, between two good lines
    const line = openSync(join(logs, 'long-line.jsonl'), 'w');
    writeSync(line, `${launchJson('rar a -hpA', 1)}\n{"x":"`);
    for (let i = 0; i < 100; i += 1) writeSync(line, Buffer.alloc(MB, 97));
    writeSync(line, `"}\n${launchJson('rar a -hpB', 2)}\n`);
    closeSync(line);
    // 10 GB of zeros, and 10 GB of a log
    repeated(join(logs, 'zeros.gz'), Buffer.alloc(64 * MB), 160);
    const same = Buffer.from(`${launchJson(`rar ${'a'.repeat(100_000)}`, 1)}\n`);
    repeated(join(logs, 'bomb.jsonl.gz'), Buffer.alloc(same.length * 600, same), 170);
    mkdirSync(join(logs, 'loop'));
    symlinkSync('..', join(logs, 'loop', 'up'));
    symlinkSync('self', join(logs, 'loop', 'self'));
    symlinkSync('gone', join(logs, 'loop', 'dangling'));
    execFileSync('mkfifo', [join(logs, 'pipe')]);

    const ran = command(root, ['scan', 'logs', '/dev/zero', 'nowhere', ...only, '--format', 'csv']);
    expect(ran.err).not.toContain('fault');
    expect(ran.code).toBe(1);
    expect(ran.ms).toBeLessThan(30_000);
    expect(ran.mb).toBeLessThan(400);

    const { summary, findings } = left(join(root, 'out'));
    const problems = problemsOf(summary, logs);
    const codes = Object.fromEntries(
      Object.entries(problems).map(([file, list]) => [file, [...new Set(list.map(({ code }) => code))].sort()]),
    );
    expect(codes).toEqual({
      '/dev/zero': ['not_a_file'],
      [join(root, 'nowhere')]: ['not_found'],
      'bomb.jsonl.gz': ['archive_bomb', 'json_invalid'],
      'damaged.evtx': expect.arrayContaining([expect.stringMatching(/^evtx_/)]),
      'deep.jsonl': ['json_too_deep'],
      'empty.evtx': ['file_empty'],
      'empty.jsonl': ['file_empty'],
      'encrypted.zip!/secret.jsonl': ['archive_encrypted'],
      'half-header.evtx': ['evtx_not_evtx'],
      'long-line.jsonl': ['record_too_long'],
      'loop/dangling': ['not_found'],
      'loop/self': ['link_loop'],
      'loop/up': ['link_loop'],
      'nested.zip!/1.zip!/2.zip!/3.zip!/4.zip': ['archive_too_deep'],
      'no-log.txt': ['format_unknown'],
      pipe: ['not_a_file'],
      'program.exe': ['format_binary'],
      'truncated.evtx': ['evtx_chunk_truncated'],
      'truncated.jsonl.gz': ['archive_truncated', 'json_invalid'],
      'utf16.jsonl': ['json_invalid', 'text_invalid'],
      'utf8.jsonl': ['text_invalid'],
      'zeros.gz': ['format_binary'],
    });
    for (const problem of Object.values(problems).flat()) {
      expect(problem.reason, problem.file).toMatch(/\w{2}/);
      expect(problem.mend, problem.file).toMatch(/\w{2}/);
    }
    // Each record is read or counted: 300 in the good file, and in the truncated one together.
    const inFile = (name: string) => findings.filter(({ source }) => source.file === join(logs, name)).length;
    expect(inFile('good.evtx')).toBe(300);
    const missing = problems['truncated.evtx'].reduce((sum, { records = 0 }) => sum + records, 0);
    expect(inFile('truncated.evtx') + missing).toBe(300);
    expect(inFile('damaged.evtx')).toBeGreaterThan(150);
    for (const name of ['deep.jsonl', 'long-line.jsonl']) expect(inFile(name), name).toBe(2);
    for (const name of ['utf8.jsonl', 'utf16.jsonl']) expect(inFile(name), name).toBe(3);
    expect(findings.filter(({ source }) => source.file.endsWith('encrypted.zip!/open.jsonl'))).toHaveLength(1);
    expect(summary.records.unread).toBeGreaterThanOrEqual(missing + 2);
    expect(ran.out).toContain(`${summary.files.unread.length} files and ${summary.records.unread} records`);

    // Log text and file names are inert wherever a person reads them.
    const csv = readFileSync(join(root, 'out', 'findings.csv'), 'utf8').replaceAll('\r\n', '\n');
    const page = readFileSync(join(root, 'out', 'report.html'), 'utf8');
    for (const text of [ran.out, ran.err, csv]) expect(text).not.toMatch(alive);
    expect(page.replaceAll('\r', '')).not.toMatch(alive);
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<img src=x');
    expect(csv).not.toMatch(/(^|,)"?[=+@-]/m);
    expect(findings.some(({ account }) => account?.includes('\u001b'))).toBe(true);
    for (const { why } of findings) expect(why).not.toMatch(alive);
  });

  it('a file that may not be read', () => {
    const root = folder();
    writeRule(root);
    mkdirSync(join(root, 'logs', 'closed'), { recursive: true });
    write(root, { 'logs/closed.jsonl': launchJson('rar a -hpX'), 'logs/open.jsonl': `${launchJson('rar a -hpY')}\n` });
    chmodSync(join(root, 'logs/closed.jsonl'), 0o000);
    chmodSync(join(root, 'logs/closed'), 0o000);
    const ran = command(root, ['scan', 'logs', ...only], { bound: true });
    chmodSync(join(root, 'logs/closed'), 0o755);
    expect(ran.code, ran.err).toBe(1);
    const { summary } = left(join(root, 'out'));
    const closed = Object.entries(problemsOf(summary, join(root, 'logs')));
    expect(closed.map(([file, [{ code }]]) => [file, code])).toEqual([
      ['closed', 'no_permission'],
      ['closed.jsonl', 'no_permission'],
    ]);
    expect(ran.out).toContain('may not be read by this user');
    expect(summary.findings.total).toBe(1);
  });

  it.each([
    ['grows', (path: string) => appendFileSync(path, `${launchJson('rar a -hpLATE')}\n`.repeat(1000)), 'file_changed'],
    ['shrinks', (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2)), 'file_shrank'],
  ])('a file that %s while it is read', async (_, change, code) => {
    const root = folder();
    writeRule(root);
    const path = join(root, 'log.jsonl');
    const lines = 40_000;
    writeFileSync(path, `${launchJson('rar l')}\n`.repeat(lines));
    let changed = false;
    const { summary } = await scan({
      paths: [path],
      rules: [join(root, 'rule.yml')],
      builtinRules: false,
      indicators: [],
      level: 'medium',
      workers: 1,
      out: join(root, 'out'),
      onProgress: ({ records }) => {
        if (changed || records === 0) return;
        changed = true;
        change(path);
      },
    });
    expect(changed).toBe(true);
    const [problem] = [...summary.files.unread, ...summary.records.problems];
    expect(problem).toMatchObject({ file: path, code });
    expect(problem.mend).not.toBe('');
    if (code === 'file_changed') expect(summary.records.read).toBe(lines);
    else expect(summary.records.read).toBeLessThan(lines);
  });

  it('an EVTX file that shrinks while it is read', async () => {
    const root = folder();
    writeRule(root);
    const path = join(root, 'log.evtx');
    writeFileSync(path, writeEvtx(Array.from({ length: 30_000 }, (_, i) => launch('rar l', i))));
    let changed = false;
    const { summary } = await scan({
      paths: [path],
      rules: [join(root, 'rule.yml')],
      builtinRules: false,
      indicators: [],
      level: 'medium',
      workers: 1,
      out: join(root, 'out'),
      onProgress: ({ records }) => {
        if (changed || records === 0) return;
        changed = true;
        truncateSync(path, Math.floor(statSync(path).size / 2) + 1000);
      },
    });
    expect(changed).toBe(true);
    expect(summary.records.read).toBeLessThan(30_000);
    expect([...summary.files.unread, ...summary.records.problems].map(({ file }) => file)).toContain(path);
  });

  it('a scan that is stopped writes what it found, and says that this is not all', async () => {
    const root = folder();
    writeRule(root);
    const line = `${launchJson('rar l')}\n`.repeat(2000);
    const file = openSync(join(root, 'log.jsonl'), 'w');
    writeSync(file, `${launchJson('rar a -hpX')}\n`);
    for (let i = 0; i < 200; i += 1) writeSync(file, line);
    closeSync(file);
    const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [main, 'scan', 'log.jsonl', ...only], { cwd: root });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      err += data;
    });
    // Its own file of findings is there: reading begins.
    const begun = () =>
      existsSync(join(root, 'out')) && readdirSync(join(root, 'out')).some((name) => name.startsWith('.parts'));
    while (!begun()) await setTimeout(5);
    child.kill('SIGINT');
    const code = await new Promise((done) => child.on('exit', done));
    const { summary, findings } = left(join(root, 'out'));
    expect({ code, interrupted: summary.interrupted }, err).toEqual({
      code: findings.length > 0 ? 1 : 2,
      interrupted: true,
    });
    expect(findings.length).toBeLessThan(2);
    expect(summary.records.read).toBeLessThan(400_001);
    expect(summary.files.unread).toMatchObject([{ code: 'scan_stopped' }]);
    expect(out).toContain('Stopped before the end');
  });
});
