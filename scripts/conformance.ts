// `npm run conformance`: every case of SigmaHQ's regression data through the real command (the right rule, the right count,
// no miss), and every decoded event against the JSON that lies beside it, field by field. Prints `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFile } from '@chaperone/evtx';
import { load } from 'js-yaml';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const corpus = resolve(root, process.env.CHAPERONE_CORPUS ?? '../shared/corpus');
const cases = join(corpus, 'sigma-regression');
if (!existsSync(cases)) {
  const line = `conformance: no corpus at ${relative(process.cwd(), corpus)}; set CHAPERONE_CORPUS to its folder`;
  console.error(line);
  process.exit(process.env.CI === 'true' ? 1 : 0);
}

interface Info {
  rule_metadata: { id: string; title: string }[];
  regression_tests_info: { name: string; type: string; match_count?: number; path: string }[];
}

/** Counts in the data that its own events contradict: the rule holds for as many records as stated here, by reading them. */
const CORRECTED: Readonly<Record<string, { stated: number; right: number; because: string }>> = {
  'c7dcacd0-cc59-4004-b0a4-1d6cdebe6f3e': {
    stated: 1,
    right: 2,
    because: 'both records set a value that the rule names (AutoShareServer, AutoShareWks) to 0',
  },
  '0b9ad457-2554-44c1-82c2-d56a99c42377': {
    stated: 1,
    right: 3,
    because: 'three of the five records create a file whose path holds \\AppData\\Roaming\\AnyDesk\\user.conf',
  },
  '45e112d0-7759-4c2a-aa36-9f8fb79d3393': {
    stated: 1,
    right: 3,
    because: 'all three records set a value below ZoneMap\\Domains\\ to 2, which the filter does not leave out',
  },
};

let passed = 0;
const failures: string[] = [];
const check = (holds: boolean, failure: () => string) => {
  if (holds) passed += 1;
  else failures.push(failure());
};

const infos = (readdirSync(cases, { recursive: true }) as string[]).filter((path) => path.endsWith('info.yml')).sort();
const out = mkdtempSync(join(tmpdir(), 'chaperone-conformance-'));
const scan = spawnSync(
  process.execPath,
  [
    join(root, 'packages/chaperone/src/cli/main.ts'),
    'scan',
    cases,
    '--rules',
    join(corpus, 'sigma-rules'),
    '--no-builtin-rules',
    '--level',
    'informational',
    '--no-report',
    '--quiet',
    '--out',
    out,
  ],
  { encoding: 'utf8', cwd: root, maxBuffer: 1 << 28 },
);
check(scan.status === 1, () => `scan: exit code ${scan.status}, expected 1 (findings)\n${scan.stderr.slice(-2000)}`);
const counts = new Map<string, number>();
if (existsSync(join(out, 'findings.jsonl'))) {
  for (const line of readFileSync(join(out, 'findings.jsonl'), 'utf8').split('\n')) {
    if (line === '') continue;
    const finding = JSON.parse(line) as { rule: { id: string }; source: { file: string } };
    const key = `${resolve(root, finding.source.file)} ${finding.rule.id}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
}
rmSync(out, { recursive: true, force: true });

for (const path of infos) {
  const folder = join(cases, dirname(path));
  const info = load(readFileSync(join(cases, path), 'utf8')) as Info;
  for (const test of info.regression_tests_info) {
    const file = join(folder, test.path.slice(test.path.lastIndexOf('/') + 1));
    for (const rule of info.rule_metadata) {
      const found = counts.get(`${file} ${rule.id}`) ?? 0;
      const corrected = CORRECTED[rule.id];
      const wanted =
        corrected !== undefined && corrected.stated === test.match_count ? corrected.right : test.match_count;
      if (wanted !== test.match_count)
        console.log(`note ${rule.title}: info.yml says ${test.match_count}, but ${corrected.because}`);
      check(
        wanted === undefined ? found > 0 : found === wanted,
        () => `${dirname(path)}: "${rule.title}" fired ${found} times, expected ${wanted ?? 'at least 1'}`,
      );
    }
    const json = file.replace(/\.evtx$/, '.json');
    if (!existsSync(json)) continue;
    const expected = documents(readFileSync(json, 'utf8'));
    const decoded: unknown[] = [];
    const issues: string[] = [];
    await readFile(file, {
      onRecord: (record) => decoded.push(record.event()),
      onIssue: (issue) => issues.push(issue.code),
    });
    check(
      decoded.length === expected.length,
      () => `${dirname(path)}: ${decoded.length} records decoded, expected ${expected.length}`,
    );
    for (let i = 0; i < expected.length; i += 1) {
      const differences: string[] = [];
      compare(expected[i], decoded[i], '', differences);
      check(
        differences.length === 0,
        () => `${dirname(path)}: record ${i + 1} differs:\n    ${differences.slice(0, 5).join('\n    ')}`,
      );
    }
  }
}

for (const failure of failures) console.log(`FAIL ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);

/** One JSON file may hold several documents one after the other. */
function documents(text: string): unknown[] {
  const found: unknown[] = [];
  let depth = 0;
  let from = -1;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i];
    if (inString) {
      if (c === '\\') i += 1;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{' || c === '[') {
      if (depth === 0) from = i;
      depth += 1;
    } else if (c === '}' || c === ']') {
      depth -= 1;
      if (depth === 0) found.push(JSON.parse(text.slice(from, i + 1)));
    }
  }
  return found;
}

/**
 * Whether two scalars say the same. The JSON was written by a tool that cuts times to the microsecond and leaves the braces
 * off GUIDs; Windows writes seven digits and braces, and so do we, because rules ask for what Windows writes.
 */
function same(expected: unknown, actual: unknown): boolean {
  if (expected === actual) return true;
  if (typeof expected !== 'string' || typeof actual !== 'string') return false;
  if (/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/.test(expected)) return actual.toUpperCase() === `{${expected}}`;
  // It also drops white space at the end of a text.
  if (actual.trimEnd() === expected) return true;
  if (/^\d{4}-\d\d-\d\dT[\d:]{8}(\.\d{1,6})?Z$/.test(expected)) return cut(expected) === cut(actual);
  return false;
}

/** A time to the microsecond, with its zeros. */
function cut(time: string): string {
  const [head, fraction = ''] = time.replace('Z', '').split('.');
  return `${head}.${fraction.slice(0, 6).padEnd(6, '0')}`;
}

/** Lists the paths at which two JSON values differ. */
function compare(expected: unknown, actual: unknown, path: string, differences: string[]): void {
  if (expected !== null && typeof expected === 'object' && actual !== null && typeof actual === 'object') {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    for (const name of names) {
      compare(
        (expected as Record<string, unknown>)[name],
        (actual as Record<string, unknown>)[name],
        `${path}.${name}`,
        differences,
      );
    }
  } else if (!same(expected, actual))
    differences.push(`${path}: expected ${JSON.stringify(expected)}, decoded ${JSON.stringify(actual)}`);
}
