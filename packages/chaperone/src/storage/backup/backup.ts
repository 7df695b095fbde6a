import { chmod, cp, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { EventStore } from '../events/event-store.ts';
import { BackupError } from './backup-error.ts';
import { hashFiles } from './file-hashes.ts';
import { type BackupManifest, MANIFEST } from './manifest.ts';
import { dumpState } from './state-dump.ts';

export interface BackupOptions {
  /** an open state store */
  readonly state: { readonly url: string };
  /** left out: the backup is of the state alone, as before an upgrade */
  readonly events?: Pick<EventStore, 'backup' | 'ensure'>;
  /** the data folder, for its keys and certificates */
  readonly data: string;
  /** a folder that isn't there yet, or is empty */
  readonly to: string;
  /** version of this program */
  readonly program: string;
}

/** Folders of the data folder that are copied as they are. */
export const COPIED: readonly string[] = ['keys', 'tls'];

/**
 * Writes a backup while the service runs: the state as it stood at one moment, then the events (so that those of every finding are in it),
 * the keys, and a manifest with the SHA-256 of every file. Who has the folder has the keys: it is for its owner alone.
 *
 * @throws BackupError, StoreUnavailable; Error of the disk. What was written is removed then
 */
export async function backup(options: BackupOptions): Promise<BackupManifest> {
  const to = resolve(options.to);
  const made = new Date().toISOString();
  await mkdir(to, { recursive: true, mode: 0o700 });
  if ((await readdir(to)).length > 0)
    throw new BackupError('target_not_empty', `The folder ${to} is not empty.`, 'Name one that is not there yet.');
  await chmod(to, 0o700);
  try {
    const { migrations, tables, organizations } = await dumpState(options.state.url, join(to, 'state'));
    if (options.events !== undefined) await backupEvents(options.events, organizations, join(to, 'events'));
    for (const name of COPIED) await copyIfThere(join(options.data, name), join(to, name));
    const manifest: BackupManifest = {
      format: 1,
      program: options.program,
      made,
      state: { migrations: [...migrations], tables: [...tables] },
      events: options.events === undefined ? null : [...organizations],
      files: Object.fromEntries(await hashFiles(to, { sync: true })),
    };
    await writeLast(to, manifest);
    return manifest;
  } catch (error) {
    for (const name of await readdir(to)) await rm(join(to, name), { recursive: true, force: true });
    throw error;
  }
}

async function backupEvents(
  store: Pick<EventStore, 'backup' | 'ensure'>,
  organizations: readonly string[],
  folder: string,
): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  for (const organization of organizations) {
    // One that was made a moment ago may have no tables yet.
    await store.ensure(organization);
    await store.backup(organization, join(folder, organization));
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  const there = await stat(from).catch(() => undefined);
  // Keeps the modes: keys stay for their owner alone.
  if (there !== undefined) await cp(from, to, { recursive: true, preserveTimestamps: true });
}

/** The manifest makes the folder a backup, so it comes when all the rest is on the disk. */
async function writeLast(folder: string, manifest: BackupManifest): Promise<void> {
  const writing = join(folder, `${MANIFEST}.writing`);
  const file = await open(writing, 'wx', 0o600);
  await file.writeFile(`${JSON.stringify(manifest, undefined, 2)}\n`);
  await file.sync();
  await file.close();
  await rename(writing, join(folder, MANIFEST));
}
