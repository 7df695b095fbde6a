import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type CorrelationMatch,
  createCorrelator,
  type Level,
  loadDirectory,
  loadPipeline,
  loadRules,
  type Pipeline,
  type RuleSet,
  type Unread as UnreadRules,
} from '@chaperone/sigma';
import { formatProblem, loadRegistryFile, type Registry } from '../registry/index.ts';
import type { Unread } from '../telemetry/index.ts';
import { assemble } from './engine/assemble.ts';
import type { LaneResult, LaneSetup } from './engine/lane.ts';
import { Problems } from './engine/problems.ts';
import { runHere, runWorkers, type SentInput } from './engine/run-lanes.ts';
import { tasksOf } from './engine/tasks.ts';
import { type Indicator, loadIndicatorFile } from './indicators/index.ts';
import type { ScanResult } from './scan-result.ts';

export interface ScanProgress {
  /** bytes read so far, and found so far to be read */
  readonly bytes: number;
  readonly totalBytes: number | undefined;
  readonly records: number;
  readonly findings: number;
  readonly file: string;
}

export interface ScanOptions {
  /** files and folders */
  readonly paths: readonly string[];
  /** files and folders of Sigma rules, beside our own */
  readonly rules: readonly string[];
  readonly builtinRules: boolean;
  /** a chaperone.yaml */
  readonly registry?: string;
  readonly indicators: readonly string[];
  /** microseconds since 1970; `until` is the first moment that no longer counts */
  readonly since?: number;
  readonly until?: number;
  readonly level: Level;
  /** threads; by default as many as the machine has cores, at most 8 */
  readonly workers?: number;
  /** folder for findings.jsonl; made if it doesn't exist */
  readonly out: string;
  /** IANA zone of time stamps that state none */
  readonly zone?: string;
  /** mapping files for CSV */
  readonly mapping?: readonly string[];
  /** pySigma pipelines for the rules */
  readonly pipelines?: readonly string[];
  readonly carve?: boolean;
  onProgress?(state: ScanProgress): void;
  readonly signal?: AbortSignal;
}

/** Something that the user asked for can't be used: a registry, a pipeline. The message names file, place and mend. */
export class ScanInputError extends Error {
  override readonly name = 'ScanInputError';
}

const content = fileURLToPath(new URL('../../../../content/', import.meta.url));

/**
 * Reads logs, judges every event, and says what was found. Writes `findings.jsonl` into `out`; the rest of the report is made
 * from the result.
 *
 * @throws {ScanInputError} for a registry or pipeline that can't be used
 */
export async function scan(options: ScanOptions): Promise<ScanResult> {
  const started = new Date();
  const begun = performance.now();
  mkdirSync(options.out, { recursive: true });
  const registry = options.registry === undefined ? undefined : registryOf(options.registry);
  const problems = new Problems();
  const rules = await rulesOf(options, problems);
  const indicators = indicatorsOf(options, problems);
  const organization = registry?.organization.slug ?? null;
  const workers = options.workers ?? Math.min(8, availableParallelism());

  const state = { bytes: 0, totalBytes: 0, records: 0, findings: 0 };
  const report = (file: string) => options.onProgress?.({ ...state, file });
  const read = new Set<string>();
  const matches: CorrelationMatch[] = [];
  const correlator = createCorrelator(rules, { onMatch: (match) => matches.push(match) });
  const parts = join(options.out, `.parts-${process.pid}`);
  mkdirSync(parts, { recursive: true });
  try {
    const tasks = tasksOf(options.paths, workers, {
      onUnread: (problem) => problems.add(problem),
      onSource: (path, size) => {
        state.totalBytes += size;
        report(path);
      },
    });
    const hooks = {
      correlate: (input: SentInput) =>
        correlator.add({ rule: input.rule, time: input.time, values: input.values, ref: input }),
      progress: (bytes: number, records: number, findings: number, file: string) => {
        state.bytes += bytes;
        state.records += records;
        state.findings += findings;
        report(file);
      },
      done: (result: { path: string; read: boolean }) => {
        if (result.read) read.add(result.path);
      },
      signal: options.signal,
    };
    const setups = Array.from(
      { length: workers },
      (_, number): LaneSetup => ({
        number,
        rules,
        registry,
        indicators,
        organization,
        part: join(parts, `${number}.jsonl`),
        since: options.since,
        until: options.until,
        zone: options.zone ?? registry?.organization.zone.name,
        carve: options.carve ?? false,
      }),
    );
    const lanes: LaneResult[] =
      workers === 1
        ? await runHere(setups[0], tasks, hooks, correlator)
        : await runWorkers(setups, options.registry && resolve(options.registry), tasks, hooks);
    correlator.finish();
    return await assemble({
      options,
      started,
      begun,
      registry,
      rules,
      correlationRefusals: correlator.refused,
      problems,
      filesRead: read.size,
      bytesRead: state.bytes,
      lanes,
      parts: setups.map((setup) => setup.part),
      matches,
      organization,
      indicators: indicators.length,
    });
  } finally {
    rmSync(parts, { recursive: true, force: true });
  }
}

function registryOf(file: string): Registry {
  const { registry, problems } = loadRegistryFile(file);
  if (registry !== undefined) return registry;
  throw new ScanInputError(problems.map((problem) => formatProblem(problem)).join('\n'));
}

async function rulesOf(options: ScanOptions, problems: Problems): Promise<RuleSet> {
  const folders = [...(options.builtinRules ? [join(content, 'rules')] : []), ...options.rules];
  const sources = [];
  for (const folder of folders) {
    const loaded = await loadDirectory(folder);
    sources.push(...loaded.sources);
    for (const one of loaded.unread) problems.add(unreadRule(one));
  }
  const pipelines: Pipeline[] = [];
  for (const file of options.pipelines ?? []) pipelines.push(pipelineOf(file));
  return loadRules(sources, { pipelines });
}

function unreadRule(one: UnreadRules): Unread {
  return {
    kind: 'unread',
    code: 'rules_unreadable',
    message: one.reason,
    mend: 'Check that the rule file exists and may be read.',
    file: one.path,
    records: 0,
    stop: true,
  };
}

function indicatorsOf(options: ScanOptions, problems: Problems): Indicator[] {
  const files = [
    ...(options.builtinRules ? [join(content, 'indicators', 'cloud-hopper.csv')] : []),
    ...options.indicators,
  ];
  const all: Indicator[] = [];
  for (const file of files) {
    const loaded = loadIndicatorFile(file);
    for (const indicator of loaded.indicators) all.push(indicator);
    for (const { code, message, mend, line } of loaded.problems) {
      problems.add({ kind: 'unread', code: code.toLowerCase(), message, mend, file, record: line, records: 0 });
    }
  }
  return all;
}

function pipelineOf(file: string): Pipeline {
  const loaded = loadPipeline({ file, text: readFileSync(file, 'utf8') });
  if (loaded.pipeline === undefined)
    throw new ScanInputError(
      loaded.refused.map((one) => `${one.file}:${one.line}: ${one.message} ${one.mend}`).join('\n'),
    );
  return loaded.pipeline;
}
