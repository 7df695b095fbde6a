import { chmod, cp, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LOCK_FILES, lockDataFolder, RESTORING } from '../data-folder/lock-data-folder.ts';
import type { EventStore } from '../events/event-store.ts';
import { refuseUnknown } from '../state/migrate.ts';
import { openStateStore } from '../state/open-state-store.ts';
import { COPIED } from './backup.ts';
import { BackupError } from './backup-error.ts';
import type { BackupManifest } from './manifest.ts';
import { fillState } from './state-fill.ts';
import { verifyBackup } from './verify-backup.ts';

type RestoredEvents = Pick<EventStore, 'ensure' | 'size' | 'restore' | 'close'>;

export interface RestoreOptions {
  /** folder of the backup */
  readonly from: string;
  /** the data folder to fill */
  readonly data: string;
  /** an empty PostgreSQL database of the user's own; left out: our own, in the data folder */
  readonly stateUrl?: string;
  /** opens the event store to fill; called only where the backup has events */
  openEvents(): Promise<RestoredEvents>;
  /** the data folder isn't empty: what is in it is set aside within it (`replaced-TIME`) */
  readonly replace?: boolean;
}

/** What may lie in a data folder that counts as empty, and stays where it is. */
const STAYS = (name: string) =>
  LOCK_FILES.includes(name) || name === RESTORING || name === 'backups' || name.startsWith('replaced-');

/**
 * Fills a data folder from a backup, after every file of it was checked against its hash. A folder whose restore is broken off is refused
 * by the service until it is restored again.
 *
 * @throws BackupError, DataFolderError, StoreIsNewer, StoreUnavailable; Error of the disk
 */
export async function restore(options: RestoreOptions): Promise<BackupManifest> {
  const [from, data] = [resolve(options.from), resolve(options.data)];
  const manifest = await verifyBackup(from);
  refuseUnknown(manifest.state.migrations);
  const lock = lockDataFolder(data, { restoring: true });
  try {
    const present = (await readdir(data)).filter((name) => !STAYS(name));
    const broken = (await stat(join(data, RESTORING)).catch(() => undefined)) !== undefined;
    if (present.length > 0 && options.replace !== true && !broken)
      throw new BackupError(
        'data_folder_not_empty',
        `The data folder ${data} is not empty (${present.slice(0, 5).join(', ')}).`,
        'Restore into another one, or say that this one may be replaced: what is in it is then set aside, not deleted.',
      );
    await writeFile(join(data, RESTORING), `${from}\n`, { mode: 0o600 });
    await setAside(data, present);
    for (const name of COPIED) await copyIfThere(join(from, name), join(data, name));
    const events = manifest.events === null ? undefined : await options.openEvents();
    try {
      for (const organization of manifest.events ?? []) await refuseFilled(events, organization);
      await restoreState(options, join(from, 'state'), manifest);
      for (const organization of manifest.events ?? [])
        await events?.restore(organization, join(from, 'events', organization));
    } finally {
      await events?.close();
    }
    await rm(join(data, RESTORING));
    return manifest;
  } finally {
    lock.release();
  }
}

async function setAside(data: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const aside = join(data, `replaced-${new Date().toISOString().replaceAll(':', '-')}`);
  await mkdir(aside, { mode: 0o700 });
  for (const name of names) await rename(join(data, name), join(aside, name));
}

async function copyIfThere(from: string, to: string): Promise<void> {
  if ((await stat(from).catch(() => undefined)) === undefined) return;
  await cp(from, to, { recursive: true, preserveTimestamps: true });
  await chmod(to, 0o700);
}

async function restoreState(
  { data, stateUrl }: RestoreOptions,
  folder: string,
  { state: { migrations, tables } }: BackupManifest,
): Promise<void> {
  const place = stateUrl === undefined ? { folder: join(resolve(data), 'postgres') } : { url: stateUrl };
  const store = await openStateStore({
    ...place,
    restore: { migrations, fill: (db) => fillState(db, folder, tables) },
  });
  await store.close();
}

async function refuseFilled(store: RestoredEvents | undefined, organization: string): Promise<void> {
  await store?.ensure(organization);
  const size = await store?.size(organization);
  if (size === undefined || size.rows === 0) return;
  throw new BackupError(
    'event_store_not_empty',
    `The event store has ${size.rows} events of the organisation ${organization}, and a backup is restored beside none.`,
    'Give an event store that is empty (also after a restore that was broken off), for what is in it would be lost.',
  );
}
