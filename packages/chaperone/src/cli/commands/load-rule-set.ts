import { access, readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  lint,
  loadDirectory,
  loadPipeline,
  loadRules,
  type Pipeline,
  type Refusal,
  type RuleSet,
  type RuleSource,
  renderRefusal,
  type Unread,
} from '@chaperone/sigma';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';

/** Our own rule pack in the repository. */
export const ownRules = fileURLToPath(new URL('../../../../../content/rules', import.meta.url));

export interface LoadedRules {
  readonly set: RuleSet;
  readonly sources: readonly RuleSource[];
  readonly unread: readonly Unread[];
}

/**
 * Reads rules as a scan does. File names are shown relative to the working folder.
 *
 * @throws {UsageError} for a path that doesn't exist, and for a pipeline that can't be used
 */
export async function loadRuleSet(
  paths: readonly string[],
  { pipeline = [] }: { pipeline?: readonly string[] },
  io: Io,
): Promise<LoadedRules> {
  const sources: RuleSource[] = [];
  const unread: Unread[] = [];
  for (const path of paths) {
    await mustExist(path, io);
    const loaded = await loadDirectory(resolve(io.cwd, path));
    sources.push(...loaded.sources.map(({ file, text }) => ({ file: shown(file, io), text })));
    unread.push(...loaded.unread.map((each) => ({ ...each, path: shown(each.path, io) })));
  }
  const pipelines = await Promise.all(pipeline.map((path) => readPipeline(path, io)));
  return { set: loadRules(sources, { pipelines }), sources, unread };
}

/** What runs but looks wrong: the warnings of loading and those of the linter, each once. */
export function warningsOf({ set, sources }: LoadedRules): Refusal[] {
  const seen = new Set<string>();
  return [...set.warnings, ...sources.flatMap((source) => lint(source))].filter(({ file, line, column, code }) => {
    const key = `${file}:${line}:${column}:${code}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

/** @throws {UsageError} when there is nothing at the path */
export async function mustExist(path: string, { cwd }: Io): Promise<void> {
  await access(resolve(cwd, path)).catch(() => {
    throw new UsageError(`${path}: there is no such file or folder, or it may not be read`, 'Check the path.');
  });
}

async function readPipeline(path: string, io: Io): Promise<Pipeline> {
  await mustExist(path, io);
  const source = { file: path, text: await readFile(resolve(io.cwd, path), 'utf8') };
  const { pipeline, refused } = loadPipeline(source);
  if (pipeline === undefined)
    throw new UsageError(
      `the pipeline can’t be used:\n${refused.map((each) => renderRefusal(each, source.text)).join('\n')}`,
    );
  return pipeline;
}

function shown(file: string, { cwd }: Io): string {
  const short = relative(cwd, file);
  return short.startsWith('..') || short === '' ? file : short;
}
