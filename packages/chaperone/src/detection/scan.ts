import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { type CorrelationMatch, createCorrelator, type Level } from '@chaperone/sigma';
import type { Unread } from '../telemetry/index.ts';
import { assemble } from './engine/assemble.ts';
import type { LaneResult, LaneSetup } from './engine/lane.ts';
import { Problems } from './engine/problems.ts';
import { runLanes, type SentInput } from './engine/run-lanes.ts';
import { tasksOf } from './engine/tasks.ts';
import { readInputs } from './read-inputs.ts';
import type { Problem, ScanResult } from './scan-result.ts';

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

/**
 * Reads logs, judges every event, and says what was found. Writes `findings.jsonl` into `out`; the rest of the report is made
 * from the result.
 *
 * @throws {ScanInputError} for a registry, pipeline or mapping that can't be used
 */
export async function scan(options: ScanOptions): Promise<ScanResult> {
  const started = new Date();
  const begun = performance.now();
  mkdirSync(options.out, { recursive: true });
  const problems = new Problems();
  const notices: Problem[] = [];
  const { registry, rules, indicators, mappings } = await readInputs(options, problems, notices);
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
        mappings,
      }),
    );
    const registryFile = options.registry && resolve(options.registry);
    const lanes: LaneResult[] = await runLanes(setups, registryFile, tasks, hooks, correlator);
    if (options.signal?.aborted === true) problems.add(stopped(options.paths));
    correlator.finish();
    return await assemble({
      options,
      started,
      begun,
      registry,
      rules,
      correlationRefusals: correlator.refused,
      problems,
      notices,
      filesRead: read.size,
      bytesRead: state.bytes,
      lanes,
      parts: setups.map((setup) => setup.part),
      matches,
      organization,
      indicators: indicators.size,
    });
  } finally {
    rmSync(parts, { recursive: true, force: true });
  }
}

/** What a scan that was stopped did not come to: how much it is, nobody has counted. */
function stopped(paths: readonly string[]): Unread {
  return {
    kind: 'unread',
    code: 'scan_stopped',
    message: 'was not read to its end, because the scan was stopped',
    mend: 'Scan again, and let it end.',
    file: paths.length === 1 ? paths[0] : `${paths[0]} and ${paths.length - 1} more`,
    records: 0,
    stop: true,
  };
}
