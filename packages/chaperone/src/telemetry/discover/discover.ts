import type { Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CONTAINER_LIMITS, type ContainerLimits } from '../containers/limits.ts';
import { containerKind, isAppleDouble } from '../containers/magic.ts';
import type { Origin, Step } from '../containers/origin.ts';
import { originBytes, wholeBytes } from '../containers/origin-bytes.ts';
import { readFailure } from '../containers/read-failure.ts';
import { zipMembers } from '../containers/zip.ts';
import type { Unread } from '../event.ts';
import { unread } from '../unread.ts';
import { openSource, type Source, type SourceInfo } from './source.ts';

export interface DiscoverOptions {
  readonly limits?: Partial<ContainerLimits>;
}

/** Folders inside folders; real trees stay far below. */
const MAX_FOLDERS = 128;

interface Walk {
  readonly limits: ContainerLimits;
  /** device and inode of the files already given: a file reached twice is read once */
  readonly files: Set<string>;
  readonly folders: Set<string>;
}

/**
 * Everything to read under files and folders, in a stable order (as given, then by name, byte by byte). Archives are told
 * by content and opened: each member is a source. What can't be read comes in its place with the reason: missing or
 * forbidden files, link loops, pipes, devices and sockets (never opened), damaged and encrypted archives.
 */
export async function* discover(
  paths: readonly string[],
  options: DiscoverOptions = {},
): AsyncGenerator<Source | Unread> {
  const walk: Walk = { limits: { ...CONTAINER_LIMITS, ...options.limits }, files: new Set(), folders: new Set() };
  for (const path of paths) yield* visit(walk, path, []);
}

async function* visit(walk: Walk, path: string, ancestors: readonly string[]): AsyncGenerator<Source | Unread> {
  let stats: Stats;
  try {
    stats = await stat(path);
  } catch (error) {
    yield await linkFailure(path, error);
    return;
  }
  const id = `${stats.dev}:${stats.ino}`;
  if (stats.isDirectory()) yield* visitFolder(walk, path, id, ancestors);
  else if (!stats.isFile()) yield special(path, stats);
  else if (!walk.files.has(id)) {
    walk.files.add(id);
    yield* visitFile(walk, path, stats);
  }
}

async function* visitFolder(
  walk: Walk,
  path: string,
  id: string,
  ancestors: readonly string[],
): AsyncGenerator<Source | Unread> {
  if (ancestors.includes(id)) {
    yield unread('link_loop', path, 'is a link to a folder that it lies in', 'Remove the link, or ignore this.', {
      records: 0,
      stop: true,
    });
    return;
  }
  if (walk.folders.has(id)) return;
  walk.folders.add(id);
  if (ancestors.length >= MAX_FOLDERS) {
    yield unread('folder_too_deep', path, `lies more than ${MAX_FOLDERS} folders deep`, 'Scan it by its own path.', {
      stop: true,
    });
    return;
  }
  let names: Buffer[];
  try {
    names = await readdir(path, { encoding: 'buffer' });
  } catch (error) {
    yield readFailure(path, error);
    return;
  }
  for (const name of names.sort(Buffer.compare)) yield* visit(walk, join(path, name.toString()), [...ancestors, id]);
}

async function* visitFile(walk: Walk, path: string, stats: Stats): AsyncGenerator<Source | Unread> {
  let file: string;
  try {
    file = await realpath(path);
  } catch (error) {
    yield readFailure(path, error);
    return;
  }
  const modified = Math.floor(stats.mtimeMs * 1000);
  if (stats.size === 0) {
    yield unread('file_empty', path, 'is empty', 'Nothing to do, unless it should hold something.', {
      records: 0,
      stop: true,
    });
    return;
  }
  yield* look(walk, { origin: { name: path, file, steps: [] }, size: stats.size, modified });
}

/** A source, or the sources inside it. */
async function* look(walk: Walk, info: SourceInfo): AsyncGenerator<Source | Unread> {
  const { origin } = info;
  const problems: Unread[] = [];
  const head = await firstBytes(origin, walk.limits, (problem) => problems.push(problem));
  if (head.length === 0) {
    if (problems.length > 0) yield* problems;
    else if (origin.steps.length > 0) {
      yield unread('file_empty', origin.name, 'is empty', 'Nothing to do, unless it should hold something.', {
        records: 0,
        stop: true,
      });
    }
    return;
  }
  if (isAppleDouble(head)) return;
  const kind = containerKind(head);
  if (kind === undefined) {
    yield openSource(info, walk.limits);
    return;
  }
  if (origin.steps.length >= walk.limits.maxDepth) {
    yield unread(
      'archive_too_deep',
      origin.name,
      `is an archive inside ${origin.steps.length} others`,
      'Unpack the outer ones and scan the result.',
      { stop: true },
    );
    return;
  }
  if (kind !== 'zip') {
    yield* look(walk, { ...info, origin: { ...origin, steps: [...origin.steps, { kind }] } });
    return;
  }
  yield* lookIntoZip(walk, info);
}

async function* lookIntoZip(walk: Walk, info: SourceInfo): AsyncGenerator<Source | Unread> {
  const { origin } = info;
  let from: string | Buffer = origin.file;
  if (origin.steps.length > 0) {
    const problems: Unread[] = [];
    const whole = await wholeBytes(origin, origin.steps.length, walk.limits, (problem) => problems.push(problem));
    yield* problems;
    if (whole === undefined) return;
    from = whole;
  }
  for await (const member of zipMembers(from, origin.name, walk.limits)) {
    if ('kind' in member) {
      yield member;
      continue;
    }
    const step: Step = { kind: 'zip', member };
    yield* look(walk, {
      origin: { name: `${origin.name}!/${member.name}`, file: origin.file, steps: [...origin.steps, step] },
      size: member.size,
      modified: member.modified === 0 ? info.modified : member.modified,
    });
  }
}

async function firstBytes(origin: Origin, limits: ContainerLimits, report: (problem: Unread) => void): Promise<Buffer> {
  for await (const chunk of originBytes(origin, limits, report)) {
    if (chunk.length > 0) return chunk;
  }
  return Buffer.alloc(0);
}

async function linkFailure(path: string, error: unknown): Promise<Unread> {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
    try {
      await lstat(path);
      return unread('not_found', path, 'is a link to something that does not exist', 'Remove the link, or mend it.', {
        stop: true,
      });
    } catch {
      // not even a link
    }
  }
  return readFailure(path, error);
}

function special(path: string, stats: Stats): Unread {
  const what = stats.isFIFO() ? 'a named pipe' : stats.isSocket() ? 'a socket' : 'a device';
  return unread('not_a_file', path, `is ${what}, not a file`, 'Write its content to a file and scan that.', {
    stop: true,
  });
}
