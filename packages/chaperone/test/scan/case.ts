import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EventSpec } from '@chaperone/evtx/testkit';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, expect } from 'vitest';
import type { Finding, Problem, Summary } from '../../src/detection/index.ts';

// A case: a folder of its own, the real command over it as a child process, and what the command left there.

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const require = createRequire(import.meta.url);
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
const findingSchema = ajv.compile(require('../../schema/findings.schema.json'));
const summarySchema = ajv.compile(require('../../schema/summary.schema.json'));

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder, removed after the test. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'chaperone-case-'));
  folders.push(made);
  return made;
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** wall clock of the whole process */
  readonly ms: number;
  /** the most memory that the process held, in MB */
  readonly mb: number;
}

/** Tells at the end how much memory the process held at most. */
const MEASURE = `data:text/javascript,import { writeFileSync } from 'node:fs'; process.on('exit', () => writeFileSync(process.env.CHAPERONE_MB, String(process.resourceUsage().maxRSS / 1024)));`;

/** Takes from root what lets it read every file. The user stays the same, so that a clone in a closed folder still runs. */
const BOUND = ['--bounding-set', '-dac_override,-dac_read_search', '--inh-caps', '-dac_override,-dac_read_search'];

/** Runs the real command in a folder, `bound` to what file modes allow. Killed after a minute, which no test needs. */
export function command(cwd: string, argv: readonly string[], { bound = false } = {}): Ran {
  const measured = join(mkdtempSync(join(tmpdir(), 'chaperone-mb-')), 'mb');
  folders.push(join(measured, '..'));
  const begun = performance.now();
  const run = [process.execPath, '--import', MEASURE, main, ...argv];
  const [program, ...rest] = bound && process.getuid?.() === 0 ? ['setpriv', ...BOUND, ...run] : run;
  const child = spawnSync(program as string, rest, {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 1 << 26,
    env: { ...process.env, CHAPERONE_MB: measured, NO_COLOR: '1' },
  });
  const ms = performance.now() - begun;
  const mb = existsSync(measured) ? Number(readFileSync(measured, 'utf8')) : Number.NaN;
  return { code: child.status, out: child.stdout, err: child.stderr, ms, mb };
}

export interface Left {
  readonly summary: Summary;
  readonly findings: Finding[];
  /** findings.jsonl as it stands */
  readonly lines: string;
}

/** What a scan left in its folder; both files have to keep to their schemas. */
export function left(out: string): Left {
  const lines = readFileSync(join(out, 'findings.jsonl'), 'utf8');
  const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
  expect(summarySchema(summary), ajv.errorsText(summarySchema.errors)).toBe(true);
  const findings = lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Finding);
  for (const finding of findings) expect(findingSchema(finding), ajv.errorsText(findingSchema.errors)).toBe(true);
  expect(findings).toHaveLength(summary.findings.total);
  return { summary, findings, lines };
}

/** All that the summary says was not read, by the file's name in the case. */
export function problemsOf({ files, records }: Summary, root: string): Record<string, Problem[]> {
  const found: Record<string, Problem[]> = {};
  for (const problem of [...files.unread, ...records.problems]) {
    const name = problem.file.replace(`${root}/`, '');
    found[name] ??= [];
    found[name].push(problem);
  }
  return found;
}

/** A rule that finds {@link launch}'s and {@link launchJson}'s command lines with ` -hp`. */
export const PASSWORD_RULE = `title: Archive with a password
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

export function writeRule(root: string, text = PASSWORD_RULE, name = 'rule.yml'): string {
  writeFileSync(join(root, name), text);
  return name;
}

const EPOCH = Date.parse('2026-11-20T01:00:00Z') * 1000;

/** A process start as Sysmon logs it, `second` seconds after one o'clock. */
export const launch = (command: string, second = 0, over: Partial<EventSpec> = {}): EventSpec => ({
  provider: 'Microsoft-Windows-Sysmon',
  eventId: 1,
  channel: 'Microsoft-Windows-Sysmon/Operational',
  computer: 'FS02.clinic.test',
  time: EPOCH + second * 1e6 + 123_456,
  data: { Image: 'C:\\t\\rar.exe', CommandLine: command, User: 'CLINIC\\msp-adm' },
  ...over,
});

/** The same as a line of JSON. */
export function launchJson(command: string, second = 0, fields: Record<string, unknown> = {}): string {
  return JSON.stringify({
    Event: {
      System: {
        Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
        EventID: 1,
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        Computer: 'FS02.clinic.test',
        TimeCreated: {
          '#attributes': {
            SystemTime: new Date((EPOCH + second * 1e6) / 1000).toISOString().replace('.000Z', '.123456Z'),
          },
        },
      },
      EventData: { Image: 'C:\\t\\rar.exe', CommandLine: command, User: 'CLINIC\\msp-adm', ...fields },
    },
  });
}
