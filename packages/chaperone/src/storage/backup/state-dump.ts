import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import pg from 'pg';
import { SYSTEM } from '../state/row-security.ts';
import { translate } from '../state/translate.ts';

/** What was written of the state store. */
export interface StateDump {
  readonly migrations: readonly string[];
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  readonly organizations: readonly string[];
}

/** Of the moment only: after a restore everybody signs in anew, and no one-time link that was used works again. */
const LEFT_OUT = ['session', 'one_time_token', 'idempotency'];
/** Rows read at once. */
const STEP = 1_000;

/**
 * Writes every table as it stands at one moment, while others read and write: `TABLE.ndjson.zst`, a row a line.
 *
 * @throws StoreUnavailable; Error of the disk
 */
export async function dumpState(url: string, folder: string): Promise<StateDump> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const client = new pg.Client({ connectionString: url, application_name: 'chaperone backup' });
  // A connection that breaks is told by the question that was asked.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('begin isolation level repeatable read, read only');
    const migrations = await list(client, 'select name from kysely_migration order by name');
    const names = await tablesInOrder(client);
    await client.query(`set local role ${SYSTEM}`);
    const organizations = await list(client, 'select id::text as name from organization order by id');
    const tables: { name: string; rows: number }[] = [];
    for (const name of names.filter((one) => !LEFT_OUT.includes(one)))
      tables.push({ name, rows: await dumpTable(client, name, join(folder, fileOf(name))) });
    await client.query('commit');
    return { migrations, tables, organizations };
  } catch (error) {
    throw translate(error);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The file of a table. */
export function fileOf(table: string): string {
  return `${table}.ndjson.zst`;
}

async function dumpTable(client: pg.Client, table: string, file: string): Promise<number> {
  let count = 0;
  const name = pg.escapeIdentifier(table);
  await client.query(`declare reading no scroll cursor for select row_to_json(t)::text as row from ${name} t`);
  const lines = async function* (): AsyncGenerator<string> {
    for (;;) {
      const { rows } = await client.query<{ row: string }>(`fetch ${STEP} from reading`);
      if (rows.length === 0) return;
      count += rows.length;
      yield `${rows.map(({ row }) => row).join('\n')}\n`;
    }
  };
  await pipeline(Readable.from(lines()), createZstdCompress(), createWriteStream(file, { mode: 0o600, flags: 'wx' }));
  await client.query('close reading');
  return count;
}

/** All tables, each after those that it refers to. */
async function tablesInOrder(client: pg.Client): Promise<string[]> {
  const names = await list(
    client,
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
     and relname not like 'kysely%' order by relname`,
  );
  const { rows: references } = await client.query<{ of: string; to: string }>(
    `select r.relname as of, t.relname as to from pg_constraint k join pg_class r on r.oid = k.conrelid
     join pg_class t on t.oid = k.confrelid where k.contype = 'f' and k.conrelid <> k.confrelid`,
  );
  const order: string[] = [];
  const place = (name: string): void => {
    if (order.includes(name)) return;
    for (const { to } of references.filter(({ of }) => of === name)) place(to);
    order.push(name);
  };
  for (const name of names) place(name);
  return order;
}

async function list(client: pg.Client, query: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(query);
  return rows.map(({ name }) => name);
}
