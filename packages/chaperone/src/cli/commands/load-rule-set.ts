import { access } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDirectory, loadRules, type RuleSet, type RuleSource, type Unread } from '@chaperone/sigma';
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
 * @throws {UsageError} for a path that doesn't exist
 */
export async function loadRuleSet(paths: readonly string[], io: Io): Promise<LoadedRules> {
  const sources: RuleSource[] = [];
  const unread: Unread[] = [];
  for (const path of paths) {
    const absolute = resolve(io.cwd, path);
    await access(absolute).catch(() => {
      throw new UsageError(`${path}: there is no such file or folder, or it may not be read`, 'Check the path.');
    });
    const loaded = await loadDirectory(absolute);
    sources.push(...loaded.sources.map(({ file, text }) => ({ file: shown(file, io), text })));
    unread.push(...loaded.unread.map((each) => ({ ...each, path: shown(each.path, io) })));
  }
  return { set: loadRules(sources), sources, unread };
}

function shown(file: string, { cwd }: Io): string {
  const short = relative(cwd, file);
  return short.startsWith('..') || short === '' ? file : short;
}
