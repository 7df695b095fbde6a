import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChdbClient } from './chdb-client.ts';
import { COLUMNS } from './schema.ts';
import type { SqlClient } from './sql-client.ts';

/** Rows gather until they are so many bytes, or so old (milliseconds): a few large parts cost ClickHouse half of what many small ones do. */
const LARGE = 48 << 20;
const GATHER = 1_000;
/** What may be on the disk and in no table; beyond it, writers wait. */
const MOST = 4 * LARGE;
/** Files of one INSERT. */
const MOST_FILES = 200;
/** Milliseconds until an INSERT that failed is tried again. */
const PAUSE = 1_000;

/** Folder of the files, within the store's; below it one for each form that rows have had. */
const INCOMING = 'incoming';
const STRUCTURE_FILE = 'structure.txt';
/** Names and types of what the encoder writes. */
const STRUCTURE = COLUMNS.map((column) => column.replace(/ CODEC.*/, '')).join(', ');

/** Rows of one table that are on the disk and not in it yet. */
interface Queue {
  readonly table: string;
  readonly files: { readonly path: string; readonly bytes: number; readonly number: number }[];
  bytes: number;
  timer: NodeJS.Timeout | undefined;
  inserting: Promise<void> | undefined;
}

/**
 * chDB with a journal before its tables. What is inserted is written to a file and synced, and that is when it is safe; the tables take it from there
 * a moment later, many deliveries at once. Whatever reads a database first waits until all that is safe is in it. After a kill the next start
 * goes on with the files: an event's id is made of what it is, so none is there twice (decision 0021).
 */
export class Journal implements SqlClient {
  readonly #chdb: ChdbClient;
  readonly #folder: string;
  readonly #queues = new Map<string, Queue>();
  #number = 0;
  #bytes = 0;
  /** why the tables took nothing the last time */
  #trouble: unknown;
  #closing = false;

  private constructor(chdb: ChdbClient, folder: string) {
    this.#chdb = chdb;
    this.#folder = folder;
  }

  /** @throws Error where the library can't be loaded or the folder can't be opened */
  static async open(folder: string): Promise<Journal> {
    const chdb = await ChdbClient.open(folder);
    try {
      await takeUp(chdb, join(folder, INCOMING));
      const form = createHash('sha256').update(STRUCTURE).digest('hex').slice(0, 12);
      const own = join(folder, INCOMING, form);
      await mkdir(own, { recursive: true, mode: 0o700 });
      await writeFile(join(own, STRUCTURE_FILE), STRUCTURE);
      return new Journal(chdb, own);
    } catch (error) {
      await chdb.close();
      throw error;
    }
  }

  /** Of chDB's process. */
  get pid(): number | undefined {
    return this.#chdb.pid;
  }

  async insert(table: string, pieces: readonly Uint8Array[]): Promise<void> {
    const queue = this.#queue(table);
    // Of what the tables don't take, no more is taken here.
    if (this.#trouble !== undefined || this.#bytes > MOST) await this.#insertOnce(queue, true);
    const path = join(this.#folder, `${table}.${randomUUID()}`);
    const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    try {
      await writeSynced(`${path}.part`, pieces);
      await rename(`${path}.part`, `${path}.bin`);
      await syncFolder(this.#folder);
    } catch (error) {
      await Promise.all(['part', 'bin'].map((end) => rm(`${path}.${end}`, { force: true }).catch(() => {})));
      throw error;
    }
    this.#number += 1;
    queue.files.push({ path: `${path}.bin`, bytes, number: this.#number });
    queue.bytes += bytes;
    this.#bytes += bytes;
    if (queue.bytes >= LARGE) this.#soon(queue, 0);
    else if (queue.timer === undefined) this.#soon(queue, GATHER);
  }

  async command(sql: string): Promise<void> {
    await this.#settle(sql);
    await this.#chdb.command(sql);
  }

  async upkeep(sql: string): Promise<void> {
    await this.#settle(sql);
    await this.#chdb.upkeep(sql);
  }

  async query<T>(sql: string, params: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<T[]> {
    await this.#settle(sql);
    return this.#chdb.query<T>(sql, params, signal);
  }

  async save(select: string, file: string): Promise<void> {
    await this.#settle(select);
    await this.#chdb.save(select, file);
  }

  async load(table: string, file: string): Promise<void> {
    await this.#chdb.load(table, file);
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const queue of this.#queues.values()) clearTimeout(queue.timer);
    // What the tables don't take now they take at the next start.
    await Promise.all([...this.#queues.values()].map((queue) => this.#empty(queue).catch(() => {})));
    await this.#chdb.close();
  }

  /** Waits until what is safe of the databases that a statement names is in their tables. Where they take nothing, what they have must do. */
  async #settle(sql: string): Promise<void> {
    for (const queue of this.#queues.values())
      if (queue.files.length > 0 && sql.includes(queue.table.split('.')[0])) await this.#empty(queue).catch(() => {});
  }

  /** Inserts all that is there now. */
  async #empty(queue: Queue): Promise<void> {
    const last = this.#number;
    while (queue.files.length > 0 && queue.files[0].number <= last) await this.#insertOnce(queue, false);
  }

  #queue(table: string): Queue {
    let queue = this.#queues.get(table);
    if (queue === undefined) {
      queue = { table, files: [], bytes: 0, timer: undefined, inserting: undefined };
      this.#queues.set(table, queue);
    }
    return queue;
  }

  #soon(queue: Queue, wait: number): void {
    clearTimeout(queue.timer);
    queue.timer = setTimeout(() => {
      queue.timer = undefined;
      this.#insertOnce(queue, false).then(
        () => {
          if (queue.files.length > 0 && queue.timer === undefined && !this.#closing)
            this.#soon(queue, queue.bytes >= LARGE ? 0 : GATHER);
        },
        () => {
          if (!this.#closing) this.#soon(queue, PAUSE);
        },
      );
    }, wait);
    queue.timer.unref();
  }

  /**
   * One INSERT of a table's oldest files; who comes while it runs waits for the same one.
   *
   * @param probing whether the store is to be asked something even where no file waits
   */
  #insertOnce(queue: Queue, probing: boolean): Promise<void> {
    if (queue.inserting === undefined && queue.files.length === 0) return probing ? this.#probe() : Promise.resolve();
    queue.inserting ??= this.#insertOldest(queue).finally(() => {
      queue.inserting = undefined;
    });
    return queue.inserting;
  }

  async #probe(): Promise<void> {
    await this.#chdb.command('SELECT 1');
    this.#trouble = undefined;
    const waiting = [...this.#queues.values()].find(({ files }) => files.length > 0);
    if (waiting !== undefined) await this.#insertOnce(waiting, false);
  }

  async #insertOldest(queue: Queue): Promise<void> {
    const taken: Queue['files'] = [];
    let size = 0;
    for (const file of queue.files) {
      if (taken.length > 0 && (size + file.bytes > LARGE * 1.5 || taken.length >= MOST_FILES)) break;
      taken.push(file);
      size += file.bytes;
    }
    try {
      await insertFiles(
        this.#chdb,
        queue.table,
        taken.map(({ path }) => path),
        STRUCTURE,
      );
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = error;
      throw error;
    }
    queue.files.splice(0, taken.length);
    queue.bytes -= size;
    this.#bytes -= size;
    await Promise.all(taken.map(({ path }) => rm(path, { force: true }).catch(() => {})));
  }
}

/** Rows of a table that is gone, with the organisation whose it was, go too. */
async function insertFiles(
  chdb: ChdbClient,
  table: string,
  files: readonly string[],
  structure: string,
): Promise<void> {
  try {
    await chdb.insertFiles(table, files, structure);
  } catch (error) {
    if (
      !(
        error instanceof Error &&
        /UNKNOWN_TABLE|UNKNOWN_DATABASE|^(?:Database|Table) \S+ does not exist/.test(error.message)
      )
    )
      throw error;
  }
}

/** Puts into the tables what the last process had answered for and not put there; the unfinished was answered to nobody. */
async function takeUp(chdb: ChdbClient, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const form of await readdir(folder, { withFileTypes: true })) {
    const own = join(folder, form.name);
    if (!form.isDirectory()) {
      await rm(own, { force: true });
      continue;
    }
    const names = await readdir(own);
    const structure = names.includes(STRUCTURE_FILE) ? await readFile(join(own, STRUCTURE_FILE), 'utf8') : STRUCTURE;
    for (const name of names) if (name.endsWith('.part')) await rm(join(own, name), { force: true });
    const tables = new Map<string, string[]>();
    for (const name of names.filter((one) => one.endsWith('.bin'))) {
      const table = name.split('.').slice(0, 2).join('.');
      const list = tables.get(table) ?? [];
      list.push(join(own, name));
      tables.set(table, list);
    }
    for (const [table, files] of tables)
      for (let from = 0; from < files.length; from += MOST_FILES) {
        const part = files.slice(from, from + MOST_FILES);
        await insertFiles(chdb, table, part, structure);
        for (const file of part) await rm(file, { force: true });
      }
  }
}

async function writeSynced(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(pieces);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** So that a name is there after the power went, too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
