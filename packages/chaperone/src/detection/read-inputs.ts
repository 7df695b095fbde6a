import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  loadDirectory,
  loadPipeline,
  loadRules,
  type Pipeline,
  type RuleSet,
  type RuleSource,
  type Unread as UnreadRules,
} from '@chaperone/sigma';
import { formatProblem, loadRegistryFile, type Registry, type RegistryProblem } from '../registry/index.ts';
import { type CsvMapping, loadCsvMapping, type Unread } from '../telemetry/index.ts';
import type { Problems } from './engine/problems.ts';
import { type PackedIndicators, readIndicatorFiles } from './indicators/index.ts';
import type { ScanOptions } from './scan.ts';
import type { Problem } from './scan-result.ts';

/** Something that the user asked for can't be used: a registry, a pipeline. The message names file, place and mend. */
export class ScanInputError extends Error {
  override readonly name = 'ScanInputError';
}

/** What a scan judges by. */
export interface Inputs {
  readonly registry: Registry | undefined;
  readonly rules: RuleSet;
  readonly indicators: PackedIndicators;
  readonly mappings: readonly CsvMapping[];
}

const content = fileURLToPath(new URL('../../../../content/', import.meta.url));

/**
 * Reads everything beside the logs. A file that as a whole can't be read goes to `problems`, for then less was looked for than
 * was asked; mistakes inside a file, whose rest is used, go to `notices`.
 *
 * @throws {ScanInputError} where going on would answer another question than was asked
 */
export async function readInputs(options: ScanOptions, problems: Problems, notices: Problem[]): Promise<Inputs> {
  const registry = options.registry === undefined ? undefined : registryOf(options.registry, notices);
  const mappings = (options.mapping ?? []).map(mappingOf);
  const rules = await rulesOf(options, problems);
  const indicators = await indicatorsOf(options, problems, notices);
  return { registry, rules, indicators, mappings };
}

function registryOf(file: string, notices: Problem[]): Registry {
  const { registry, problems } = loadRegistryFile(file);
  if (registry === undefined) throw new ScanInputError(problems.map((problem) => formatProblem(problem)).join('\n'));
  for (const problem of problems) notices.push(noticeOf(problem));
  return registry;
}

function noticeOf({ severity, code, message, mend, file, line, column, setAside }: RegistryProblem): Problem {
  const aside = setAside === undefined ? '' : ` It was set aside: ${setAside}.`;
  return { file, code: code.toLowerCase(), severity, reason: `${message}${aside}`, mend, line, column };
}

function mappingOf(file: string): CsvMapping {
  const loaded = loadCsvMapping(textOf(file, 'mapping'), file);
  if ('mapping' in loaded) return loaded.mapping;
  throw new ScanInputError(
    loaded.problems.map((one) => `${one.file}:${one.line}: ${one.message}\n  ${one.mend}`).join('\n'),
  );
}

async function rulesOf(options: ScanOptions, problems: Problems): Promise<RuleSet> {
  const folders = [...(options.builtinRules ? [join(content, 'rules')] : []), ...options.rules];
  const sources: RuleSource[] = [];
  for (const folder of folders) {
    const loaded = await loadDirectory(folder);
    for (const source of loaded.sources) sources.push(source);
    for (const one of loaded.unread) problems.add(unreadRule(one));
  }
  return loadRules(sources, { pipelines: (options.pipelines ?? []).map(pipelineOf) });
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

function pipelineOf(file: string): Pipeline {
  const loaded = loadPipeline({ file, text: textOf(file, 'pipeline') });
  if (loaded.pipeline !== undefined) return loaded.pipeline;
  throw new ScanInputError(
    loaded.refused.map((one) => `${one.file}:${one.line}: ${one.message}\n  ${one.mend}`).join('\n'),
  );
}

async function indicatorsOf(options: ScanOptions, problems: Problems, notices: Problem[]): Promise<PackedIndicators> {
  const files = [
    ...(options.builtinRules ? [join(content, 'indicators', 'cloud-hopper.csv')] : []),
    ...options.indicators,
  ];
  const read = await readIndicatorFiles(files);
  for (const { code, message, mend, file, line } of read.problems) {
    const name = code.toLowerCase();
    if (code === 'INDICATORS_UNREADABLE' || code === 'INDICATORS_TOO_LARGE')
      problems.add({ kind: 'unread', code: name, message, mend, file, records: 0, stop: true });
    else notices.push({ file, code: name, severity: 'warning', reason: message, mend, line });
  }
  return read.packed;
}

function textOf(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ScanInputError(`${file}: the ${what} can't be read: ${code}\n  Check the path and its permissions.`);
  }
}
