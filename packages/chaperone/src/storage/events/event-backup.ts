import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { COLUMNS } from './schema.ts';
import type { SqlClient } from './sql-client.ts';

const CONTENTS = 'contents.json';
const NAMES = COLUMNS.map((column) => column.slice(0, column.indexOf(' ')));
const ACTIVITY = ['hour', 'provider', 'account', 'host', 'link', 'source', 'class_uid', 'outcome', 'events'];

/** What a backup of an organisation's events holds: for each day of receipt a file `events-DAY.native.zst`. */
const Contents = z.object({
  format: z.literal('chaperone-events'),
  version: z.literal(1),
  organization: z.string(),
  events: z.array(z.enum(NAMES)).min(1),
  activity: z.array(z.enum(ACTIVITY)).min(1),
  days: z.array(z.object({ day: z.string().regex(/^\d{1,10}$/), rows: z.number() })),
});
type Contents = z.infer<typeof Contents>;

/** A folder that is no whole backup of an organisation's events. */
export class EventBackupError extends Error {
  readonly code = 'event_backup';
  readonly mend = 'Restore from another backup; nothing was changed.';
}

/**
 * Writes an organisation's events into a new folder: a file for each day of receipt, in ClickHouse's Native form under zstd, and one for the
 * activity, which outlives its events. What was stored before the call is in it; events go on being stored meanwhile. The folder appears only
 * when it is whole and on the disk.
 *
 * @throws Error where the folder exists or can't be written
 */
export async function backupEvents(sql: SqlClient, organization: string, database: string, folder: string) {
  const half = `${folder}.${randomUUID()}.part`;
  await mkdir(half, { mode: 0o700 });
  try {
    const days = await sql.query<{ day: string; rows: string }>(
      `SELECT partition_id AS day, toString(sum(rows)) AS rows FROM system.parts
       WHERE active AND database = {database:String} AND table = 'events' GROUP BY day ORDER BY day`,
      { database },
    );
    for (const { day } of days)
      await sql.save(
        `SELECT ${NAMES.join(', ')} FROM ${database}.events WHERE _partition_id = '${day}'`,
        join(half, dayFile(day)),
      );
    const hours = ACTIVITY.map((name) => (name === 'events' ? 'sum(events) AS events' : name)).join(', ');
    await sql.save(
      `SELECT ${hours} FROM ${database}.activity GROUP BY ${ACTIVITY.slice(0, -1).join(', ')}`,
      join(half, 'activity.native.zst'),
    );
    const contents: Contents = {
      format: 'chaperone-events',
      version: 1,
      organization,
      events: NAMES,
      activity: ACTIVITY,
      days: days.map(({ day, rows }) => ({ day, rows: Number(rows) })),
    };
    await writeFile(join(half, CONTENTS), `${JSON.stringify(contents, null, 2)}\n`, { mode: 0o600 });
    for (const name of [...(await readdir(half)), '.']) await onDisk(join(half, name));
    await rename(half, folder);
    await onDisk(join(folder, '..'));
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Puts a backup's events into the organisation's empty tables. All files are looked for before anything is written; a day is written whole or,
 * after a failure, again.
 *
 * @throws EventBackupError where the folder is no whole backup, or one of another organisation
 */
export async function restoreEvents(sql: SqlClient, database: string, folder: string, contents: Contents) {
  for (const { day } of contents.days)
    await sql.load(`${database}.events (${contents.events.join(', ')})`, join(folder, dayFile(day)));
  // The view has counted what came back, but not what had been expired before.
  await sql.command(`TRUNCATE TABLE ${database}.activity`);
  await sql.load(`${database}.activity (${contents.activity.join(', ')})`, join(folder, 'activity.native.zst'));
}

/** Reads and checks what a backup says of itself; `organization` is whose it must be. */
export async function readContents(folder: string, organization: string): Promise<Contents> {
  let contents: Contents;
  try {
    contents = Contents.parse(JSON.parse(await readFile(join(folder, CONTENTS), 'utf8')));
  } catch (cause) {
    throw new EventBackupError(`${folder} holds no backup of events that this Chaperone can read.`, { cause });
  }
  if (contents.organization !== organization)
    throw new EventBackupError(`${folder} holds the events of another organisation.`);
  const there = new Set(await readdir(folder));
  for (const name of [...contents.days.map(({ day }) => dayFile(day)), 'activity.native.zst'])
    if (!there.has(name)) throw new EventBackupError(`${folder} lacks ${name}.`);
  return contents;
}

function dayFile(day: string): string {
  return `events-${day}.native.zst`;
}

async function onDisk(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
