import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BackupError } from './backup-error.ts';

/** The last file that a backup writes: without it a folder is no backup. */
export const MANIFEST = 'manifest.json';

const schema = z.strictObject({
  format: z.literal(1),
  /** version of the Chaperone that made it */
  program: z.string(),
  /** when it was begun: the moment that the state is of */
  made: z.iso.datetime(),
  state: z.strictObject({
    /** that the database had, oldest first */
    migrations: z.array(z.string()).min(1),
    /** in the order in which they can be filled */
    tables: z.array(z.strictObject({ name: z.string().regex(/^[a-z_]+$/), rows: z.int().min(0) })),
  }),
  /** organisations whose events are in it; null: made without the event store */
  events: z.array(z.uuid()).nullable(),
  /** every other file by its path with `/`: bytes and SHA-256 in hex */
  files: z.record(z.string(), z.strictObject({ bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});

export type BackupManifest = z.infer<typeof schema>;

/** @throws BackupError where the folder holds no backup that this program can read */
export function readManifest(folder: string): BackupManifest {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'));
  } catch {
    throw new BackupError(
      'no_backup',
      `${folder} holds no whole backup: its ${MANIFEST} is missing or unreadable.`,
      'A backup that was broken off has none. Use another one.',
    );
  }
  const { format } = (document ?? {}) as { format?: unknown };
  if (typeof format === 'number' && format > 1)
    throw new BackupError(
      'backup_is_newer',
      `The backup ${folder} was made by a newer Chaperone (form ${format}).`,
      'Restore it with that version.',
    );
  const read = schema.safeParse(document);
  if (!read.success)
    throw new BackupError(
      'backup_broken',
      `${join(folder, MANIFEST)} is not as Chaperone writes it: ${z.prettifyError(read.error)}.`,
      'Use another backup.',
    );
  return read.data;
}
