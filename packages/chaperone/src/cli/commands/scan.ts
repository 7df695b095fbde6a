import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Level } from '@chaperone/sigma';
import type { ScanProgress, ScanResult } from '../../detection/index.ts';
import {
  counted,
  type Format,
  formats,
  inert,
  isZone,
  levels,
  pageFile,
  proposalFile,
  ReportError,
  rank,
  summaryFile,
  verdictWords,
  writeReports,
} from '../../report/index.ts';
import { loadScan, type Scan } from '../engine.ts';
import { exit, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { prepareOut } from '../out-folder.ts';
import { parseTime } from '../parse-time.ts';
import { summaryText } from '../summary-text.ts';
import { paintFor } from '../terminal/paint.ts';
import { showProgress } from '../terminal/progress.ts';

/** The options of `chaperone scan` as commander gives them. */
export interface ScanArguments {
  rules?: string[];
  builtinRules: boolean;
  registry?: string;
  indicators?: string[];
  since?: string;
  until?: string;
  level: string;
  workers?: string;
  out: string;
  force?: boolean;
  format?: string[];
  zone?: string;
  mapping?: string[];
  pipeline?: string[];
  carve?: boolean;
  json?: boolean;
  report: boolean;
  quiet?: boolean;
  /** the sample case: its findings are what it is for, so the exit code isn’t theirs */
  sample?: boolean;
}

/** `chaperone scan`: checks what was asked, runs the engine, writes the report, and says what was found. */
export async function scan(
  paths: string[],
  given: ScanArguments,
  io: Io,
  load: () => Promise<Scan> = loadScan,
): Promise<number> {
  const asked = await normalise(paths, given, io);
  await prepareOut(asked.out, given.force === true);
  const run = await load();
  const stop = new AbortController();
  const progress = given.quiet === true ? undefined : showProgress(io);
  const forget = io.onInterrupt(() => {
    progress?.done();
    if (stop.signal.aborted) process.exit(exit.killed);
    io.stderr.write('Stopping: what was found so far is being written. Ctrl-C again stops at once.\n');
    stop.abort();
  });
  try {
    const onProgress = (state: ScanProgress) => {
      if (!stop.signal.aborted) progress?.update(state);
    };
    const found = await run({ ...asked, signal: stop.signal, onProgress }).catch((error) => refuse(error, asked.out));
    progress?.done();
    const result = completed(found, asked.level, stop.signal.aborted, asked.zone);
    const zone = result.summary.zone ?? 'UTC';
    await writeReports(result, { out: asked.out, formats: asked.formats, page: given.report, zone });
    const code = exitCode(result);
    say(result, code, { asked, given, io });
    return code;
  } finally {
    progress?.done();
    forget();
  }
}

/** The engine's own refusals (a registry or pipeline that can't be used) and a disk that is full, put into words for the user. */
function refuse(error: unknown, out: string): never {
  if (error instanceof Error && error.name === 'ScanInputError') throw new UsageError(error.message);
  // a worker's failure arrives as text
  const told = error instanceof Error ? /\b(ENOSPC|EDQUOT)\b/.exec(error.message)?.[1] : undefined;
  const code = (error as NodeJS.ErrnoException)?.code ?? told;
  const path = (error as NodeJS.ErrnoException)?.path ?? out;
  if (code === 'ENOSPC' || code === 'EDQUOT' || (path.startsWith(out) && (code === 'EACCES' || code === 'EROFS')))
    throw ReportError.from(Object.assign(new Error(String(error), { cause: error }), { code }), path);
  throw error;
}

/** What the command line knows and the engine need not: the level, the zone to show, and whether it was stopped. */
function completed(found: ScanResult, level: Level, interrupted: boolean, zone: string | undefined): ScanResult {
  const shown = zone ?? found.summary.zone;
  return {
    ...found,
    summary: {
      ...found.summary,
      level,
      ...(shown === undefined ? {} : { zone: shown }),
      ...(interrupted ? { interrupted } : {}),
    },
  };
}

/** Findings win over unread: a script that must know both reads `files.unread` and `records.unread` of summary.json. */
export function exitCode({ summary }: ScanResult): number {
  const least = rank(summary.level ?? 'medium');
  if (levels.some((level) => rank(level) >= least && summary.findings.by_level[level] > 0)) return exit.found;
  const unread = summary.files.unread.length > 0 || summary.records.unread > 0 || summary.interrupted === true;
  return unread ? exit.unread : exit.clean;
}

function say(
  result: ScanResult,
  code: number,
  { asked, given, io }: { asked: { out: string; level: Level }; given: ScanArguments; io: Io },
): void {
  const { summary } = result;
  if (given.json === true) io.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  else if (given.quiet === true)
    io.stdout.write(`${verdictWords[summary.verdict.state]}: ${inert(summary.verdict.text)}\n`);
  else {
    const report = resolve(asked.out, given.report ? pageFile : summaryFile);
    const paint = paintFor(io.stdout, io.env);
    const proposal = result.proposal === null ? undefined : resolve(asked.out, proposalFile);
    io.stdout.write(summaryText(result, { paint, columns: io.stdout.columns ?? 100, report, proposal }));
    if (given.sample !== true)
      io.stdout.write(`\n${paint.dim(`Exit code ${code}: ${reason(code, asked.level, result)}.`)}\n`);
  }
}

function reason(code: number, level: Level, { summary }: ScanResult): string {
  const above = levels
    .filter((each) => rank(each) >= rank(level))
    .reduce((sum, each) => sum + summary.findings.by_level[each], 0);
  const threshold = level === 'critical' ? 'critical' : `${level} or above`;
  if (code === exit.found) return `${counted(above, 'finding')} at ${threshold}`;
  if (code === exit.unread) {
    const why = summary.interrupted === true ? 'the scan was stopped before its end' : 'not everything could be read';
    return `no finding at ${threshold}, but ${why}`;
  }
  return `no finding at ${threshold}, and everything could be read`;
}

async function normalise(paths: string[], given: ScanArguments, io: Io) {
  const absolute = (path: string) => resolve(io.cwd, path);
  const level = levels.find((each) => each === given.level.toLowerCase());
  if (level === undefined) throw new UsageError(`"${given.level}" is no level`, `Give one of ${levels.join(', ')}.`);
  const wanted = (given.format ?? [])
    .flatMap((text) => text.split(','))
    .map((text) => text.trim().toLowerCase())
    .filter((text) => text !== '');
  for (const each of wanted)
    if (!(formats as readonly string[]).includes(each))
      throw new UsageError(`"${each}" is no output format`, `Give one or more of ${formats.join(', ')}.`);
  if (given.zone !== undefined && !isZone(given.zone))
    throw new UsageError(
      `"${given.zone}" is no time zone that this machine knows`,
      'Give an IANA name such as Europe/Zurich or America/New_York.',
    );
  const workers = given.workers === undefined ? undefined : Number(given.workers);
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 1 && workers <= 256))
    throw new UsageError(`"${given.workers}" is no number of workers`, 'Give a whole number from 1 to 256.');
  const moment = (text: string | undefined, end: boolean) =>
    text === undefined ? undefined : parseTime(text, { zone: given.zone ?? 'UTC', now: io.now(), end });
  const since = moment(given.since, false);
  const until = moment(given.until, true);
  if (since !== undefined && until !== undefined && since >= until)
    throw new UsageError('--since is not before --until', 'Nothing can lie between them; swap or correct them.');
  const must = async (option: string, path: string) => {
    try {
      await access(absolute(path));
    } catch {
      throw new UsageError(
        `${option} ${path}: there is no such file or folder, or it may not be read`,
        'Check the path.',
      );
    }
  };
  for (const path of given.rules ?? []) await must('--rules', path);
  for (const path of given.indicators ?? []) await must('--indicators', path);
  for (const path of given.mapping ?? []) await must('--mapping', path);
  for (const path of given.pipeline ?? []) await must('--pipeline', path);
  if (given.registry !== undefined) await must('--registry', given.registry);
  return {
    paths: paths.map(absolute),
    rules: (given.rules ?? []).map(absolute),
    builtinRules: given.builtinRules,
    registry: given.registry === undefined ? undefined : absolute(given.registry),
    indicators: (given.indicators ?? []).map(absolute),
    since,
    until,
    level,
    workers,
    out: absolute(given.out),
    zone: given.zone,
    mapping: (given.mapping ?? []).map(absolute),
    pipelines: (given.pipeline ?? []).map(absolute),
    carve: given.carve === true,
    formats: [...new Set(wanted)] as Format[],
  };
}
