import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join, matchesGlob, relative } from 'node:path';

/** A file in a watched folder. */
export interface FolderFile {
  readonly path: string;
  readonly stats: Stats;
}

const MAX_DEPTH = 16;
const MAX_FILES = 20_000;

/**
 * The files below a folder, oldest first, so that a rotated log is read before the one that follows it. Links are not followed: what lies
 * outside was not named. Hidden files and those half written by rsync and the like (`.name.XXXX`, `name.part`) wait.
 *
 * @throws the error of the folder itself, if it can't be read
 */
export async function folderFiles(folder: string, include: string | undefined): Promise<FolderFile[]> {
  const files: FolderFile[] = [];
  const walk = async (path: string, depth: number): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true }).catch((error) => {
      if (depth === 0) throw error;
      return [];
    });
    for (const entry of entries) {
      const at = join(path, entry.name);
      if (entry.name.startsWith('.') || files.length >= MAX_FILES) continue;
      if (entry.isDirectory() && depth < MAX_DEPTH) await walk(at, depth + 1);
      if (!entry.isFile() || /\.(?:part|partial|tmp|crdownload|swp)$/i.test(entry.name)) continue;
      if (include !== undefined && !matchesGlob(relative(folder, at), include)) continue;
      const stats = await lstat(at).catch(() => undefined);
      if (stats?.isFile() === true) files.push({ path: at, stats });
    }
  };
  await walk(folder, 0);
  return files.sort((a, b) => a.stats.mtimeMs - b.stats.mtimeMs || (a.path < b.path ? -1 : 1));
}
