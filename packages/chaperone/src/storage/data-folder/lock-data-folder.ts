import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DataFolderError } from './data-folder-error.ts';

/** A data folder that nobody else uses until it is released or the process ends. */
export interface LockedFolder {
  readonly path: string;
  release(): void;
}

/** Files that belong to the lock and not to the data. */
export const LOCK_FILES: readonly string[] = ['lock', 'lock.holder'];
/** There while a restore runs: what is in the folder then is not whole. */
export const RESTORING = 'restoring';

/** Locks that are held: one that nobody refers to would be let go when memory is tidied up. */
const held = new Set<DatabaseSync>();

/**
 * Makes the folder, for its owner alone, and takes it for this process. The lock is one of the kernel's on a file (SQLite takes it, on every
 * platform): it ends with the process however that ends, and can't be left behind or mistaken for another process's.
 *
 * @throws DataFolderError where another process has it, or a restore into it was broken off (unless `restoring`)
 */
export function lockDataFolder(path: string, { restoring = false }: { restoring?: boolean } = {}): LockedFolder {
  mkdirSync(path, { recursive: true, mode: ownMode() });
  const others = statSync(path).mode & 0o777 & ~ownMode();
  if (others !== 0) chmodSync(path, ownMode());
  const holder = join(path, 'lock.holder');
  const file = join(path, 'lock');
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    chmodSync(file, 0o600);
    // Nothing is ever written, so a journal on the disk has no use.
    lock.exec('pragma journal_mode = memory');
    lock.exec('begin exclusive');
  } catch {
    lock.close();
    throw new DataFolderError(
      'data_folder_in_use',
      `The data folder ${path} is in use by ${whoHolds(holder)}.`,
      'Stop that one first, or give this one a data folder of its own.',
    );
  }
  held.add(lock);
  const release = () => {
    if (!lock.isOpen) return;
    held.delete(lock);
    rmSync(holder, { force: true });
    lock.close();
  };
  try {
    const self = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
    writeFileSync(holder, `${JSON.stringify(self)}\n`, { mode: 0o600 });
    if (!restoring && exists(join(path, RESTORING)))
      throw new DataFolderError(
        'data_folder_half_restored',
        `A restore into ${path} was broken off, so what is in it is not whole.`,
        'Restore again: what is there now is set aside first.',
      );
  } catch (error) {
    release();
    throw error;
  }
  return { path, release };
}

/** Root's PostgreSQL runs as somebody else, who must pass through to its own folder and can see nothing on the way. */
function ownMode(): number {
  return process.getuid?.() === 0 ? 0o711 : 0o700;
}

function whoHolds(file: string): string {
  try {
    const { pid, host, since } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    return `process ${pid} on ${host}, since ${since}`;
  } catch {
    return 'another process';
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
