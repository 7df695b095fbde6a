// `npm test`: the checks, then every test. Prints one plain closing line that CI can read: `N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const only = process.argv.slice(2);

/** Runs a tool of node_modules on our own Node and returns whether it passed. */
function tool(title: string, args: readonly string[]): boolean {
  const begun = Date.now();
  const done = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  const passed = done.status === 0;
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${title} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  return passed;
}

/** Debian's Chromium for the browser tests, where it is missing and may be installed. */
function browser(): void {
  if (['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].some((path) => existsSync(path)))
    return;
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  console.log('Installing Chromium for the browser tests (once) ...');
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numFailedTestSuites: number;
}

const checks =
  only.length > 0
    ? []
    : [
        tool('types', ['node_modules/typescript7/bin/tsc', '--noEmit', '-p', 'tsconfig.json']),
        tool('types of the console', [
          'node_modules/typescript7/bin/tsc',
          '--noEmit',
          '-p',
          'packages/console/tsconfig.json',
        ]),
        tool('format and lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']),
        tool('arrows between rooms', ['scripts/check-arrows.mjs']),
        tool('nothing unused', ['node_modules/knip/bin/knip.js', '--no-progress']),
      ];
if (only.length === 0) browser();

const out = mkdtempSync(join(tmpdir(), 'chaperone-test-'));
const file = join(out, 'report.json');
const ran = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...only,
  ],
  { cwd: root, stdio: 'inherit' },
);
const report: Report | undefined = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
rmSync(out, { recursive: true, force: true });

const checksFailed = checks.filter((passed) => !passed).length;
const passed = (report?.numPassedTests ?? 0) + checks.length - checksFailed;
// A suite that couldn't be loaded has no failed test of its own.
const failed = (report ? Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0) : 1) + checksFailed;
const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(ran.status === 0 && checksFailed === 0 && failed === 0 ? 0 : 1);
