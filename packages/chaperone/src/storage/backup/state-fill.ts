import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { type Kysely, sql, type Transaction } from 'kysely';
import { SYSTEM } from '../state/row-security.ts';
import { BackupError } from './backup-error.ts';
import type { BackupManifest } from './manifest.ts';
import { fileOf } from './state-dump.ts';

/** Rows, and characters, that are inserted at once. */
const ROWS = 1_000;
const CHARACTERS = 4 << 20;

/**
 * Fills the tables of an empty database from a dump, all or nothing.
 *
 * @throws BackupError where there are not as many rows as the manifest says; Error of the database
 */
export async function fillState(
  db: Kysely<never>,
  folder: string,
  tables: BackupManifest['state']['tables'],
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select set_config('role', ${SYSTEM}, true)`.execute(tx);
    for (const { name, rows } of tables) {
      const filled = await fillTable(tx, name, join(folder, fileOf(name)));
      if (filled !== rows)
        throw new BackupError(
          'backup_broken',
          `The backup says that the table ${name} has ${rows} rows, and there are ${filled}.`,
          'Use another backup.',
        );
    }
  });
}

async function fillTable(tx: Transaction<never>, table: string, file: string): Promise<number> {
  let count = 0;
  let lines: string[] = [];
  let characters = 0;
  const flush = async () => {
    if (lines.length === 0) return;
    const rows = `[${lines.join(',')}]`;
    await sql`insert into ${sql.table(table)} select * from json_populate_recordset(null::${sql.table(table)}, ${rows}::json)`.execute(
      tx,
    );
    count += lines.length;
    lines = [];
    characters = 0;
  };
  const source = createReadStream(file);
  const input = source.pipe(createZstdDecompress());
  source.once('error', (error) => input.destroy(error));
  for await (const line of linesOf(input)) {
    lines.push(line);
    characters += line.length;
    if (lines.length >= ROWS || characters >= CHARACTERS) await flush();
  }
  await flush();
  return count;
}

/** Lines end at a line feed alone: Node's readline also breaks at U+2028, which stands in logs. */
async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of input.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
