import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** Size and SHA-256 (hex) of a file. */
export interface FileHash {
  readonly bytes: number;
  readonly sha256: string;
}

/** Hashes every file under a folder, by its path with `/`; with `sync`, after everything is surely on the disk. */
export async function hashFiles(folder: string, { sync = false } = {}): Promise<Map<string, FileHash>> {
  const found = new Map<string, FileHash>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.sort()) {
    const file = await open(path, 'r');
    try {
      if (sync) await file.sync();
      found.set(relative(folder, path).replaceAll(sep, '/'), await hashFile(file));
    } finally {
      await file.close();
    }
  }
  if (sync) for (const path of new Set(entries.map(({ parentPath }) => parentPath))) await syncFolder(path);
  return found;
}

async function hashFile(file: FileHandle): Promise<FileHash> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 1 << 20 })) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** A name is on the disk when its folder is. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
