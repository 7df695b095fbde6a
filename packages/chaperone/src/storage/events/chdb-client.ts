import { type ChildProcess, fork } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StoreUnavailable } from '../store-unavailable.ts';
import type { FromChdb, ToChdb } from './chdb-protocol.ts';
import { ALLOCATOR } from './chdb-settings.ts';
import { brokenParts, littleRoom } from './part-check.ts';
import { INSERTING } from './schema.ts';
import type { SqlClient } from './sql-client.ts';

/** Milliseconds: reading the parts of a large store takes its time. */
const STARTING = 120_000;
/** A process that died is started again after this long. */
const PAUSE = 500;
/** It is asked so often whether it lives, and ended where it missed so many askings: a process can hang as well as die. */
const ASKED = 5_000;
const MISSED = 6;
/** Milliseconds between two looks at the room on the disk, and how long after there was little what is written is looked at. */
const LOOK = 1_000;
const WARY = 60_000;
/** Seconds that a part may take from its last byte until it counts. */
const SLOW = 30;
/** Questions that may wait for each other. */
const MOST_WAITING = 500;

const SETTINGS = Object.entries(INSERTING)
  .map(([name, value]) => `${name} = ${value}`)
  .join(', ');

type Ask = ToChdb extends infer A ? (A extends ToChdb ? Omit<A, 'id'> : never) : never;

interface Waiting {
  resolve(rows: readonly unknown[]): void;
  reject(error: Error): void;
}

/** chDB in a process of its own. When that dies, what was asked fails with StoreUnavailable and it is started again. */
export class ChdbClient implements Omit<SqlClient, 'insert'> {
  readonly #folder: string;
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined;
  #next = 0;
  #closing = false;
  /** seconds since 1970: what was written before is known to be whole */
  #whole = Math.floor(Date.now() / 1000);
  #looking: NodeJS.Timeout | undefined;
  /** when there was little room last */
  #little = Number.NEGATIVE_INFINITY;

  readonly #asked: number;

  private constructor(folder: string, asked: number) {
    this.#folder = folder;
    this.#asked = asked;
  }

  /**
   * @param asked milliseconds between two askings whether the process lives
   * @throws Error where the library can't be loaded or the folder can't be opened
   */
  static async open(folder: string, asked = ASKED): Promise<ChdbClient> {
    quoted(folder);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const client = new ChdbClient(folder, asked);
    await client.#startAlone();
    client.#looking = setInterval(() => void client.#check().catch(() => {}), LOOK);
    client.#looking.unref();
    return client;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async command(sql: string): Promise<void> {
    await this.#ask({ do: 'command', sql });
  }

  /**
   * Rows of files into a table, with one INSERT; resolves when they are on the disk, which is looked at where it may have been full. chDB takes binary forms from files only: one in the
   * kernel's cache is faster than its fastest text through a pipe.
   *
   * @param structure names and types of the rows' columns
   */
  async insertFiles(table: string, files: readonly string[], structure: string): Promise<void> {
    // One SELECT a file: a pattern over several would leave out in silence what it doesn't find.
    const rows = files.map((file) => `SELECT * FROM file(${quoted(file)}, 'RowBinary', '${structure}')`);
    await this.#ask({ do: 'command', sql: `INSERT INTO ${table} SETTINGS ${SETTINGS} ${rows.join(' UNION ALL ')}` });
    await this.#check();
  }

  async upkeep(sql: string): Promise<void> {
    await this.#ask({ do: 'upkeep', sql });
  }

  async query<T>(sql: string, params: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<T[]> {
    signal?.throwIfAborted();
    if (this.#waiting.size >= MOST_WAITING)
      throw new StoreUnavailable('events', 'The event store is asked too much at once.', { retryAfter: 2 });
    const id = this.#next;
    const asked = this.#ask({ do: 'query', sql, params });
    const stop = () => {
      this.#settle(id, ({ reject }) => reject(signal?.reason));
      this.#ask({ do: 'cancel', query: id }).catch(() => {});
    };
    signal?.addEventListener('abort', stop, { once: true });
    try {
      return (await asked) as T[];
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  async save(select: string, file: string): Promise<void> {
    await this.#ask({
      do: 'upkeep',
      sql: `INSERT INTO FUNCTION file(${quoted(file)}, 'Native', 'auto', 'zstd') ${select}`,
    });
  }

  async load(table: string, file: string): Promise<void> {
    await this.#ask({
      do: 'upkeep',
      sql: `INSERT INTO ${table} SELECT * FROM file(${quoted(file)}, 'Native', 'auto', 'zstd')`,
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    const child = this.#child;
    clearInterval(this.#looking);
    if (child === undefined) return;
    await this.#check().catch(() => {});
    const gone = new Promise((resolve) => child.once('exit', resolve));
    await this.#ask({ do: 'close' }).catch(() => child.kill('SIGKILL'));
    await gone;
  }

  /**
   * Looks whether what was written of late is whole, and ends the process where it isn't: the next one goes on with what is.
   *
   * @throws StoreUnavailable
   */
  async #check(): Promise<void> {
    const now = Date.now();
    if (await littleRoom(this.#folder)) this.#little = performance.now();
    if (performance.now() - this.#little < WARY) {
      const broken = await brokenParts((sql) => this.query(sql, {}), this.#whole - SLOW);
      if (broken.length > 0) {
        this.#child?.kill('SIGKILL');
        throw new StoreUnavailable('events', 'The event store can’t write: its disk is full.', { retryAfter: 10 });
      }
    }
    this.#whole = Math.max(this.#whole, Math.floor(now / 1000));
  }

  #ask(ask: Ask): Promise<readonly unknown[]> {
    const child = this.#child;
    if (child === undefined || !child.connected)
      return Promise.reject(
        new StoreUnavailable('events', 'The event store is being started again.', { retryAfter: 2 }),
      );
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      child.send({ ...ask, id } as ToChdb, (error) => {
        if (error !== null) this.#settle(id, (one) => one.reject(gone(error)));
      });
    });
  }

  #settle(id: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting !== undefined) how(waiting);
  }

  /** The process of a service that was killed ends by itself, though not before what it has in hand is done. */
  async #startAlone(): Promise<void> {
    for (const until = performance.now() + STARTING; ; )
      try {
        return await this.#start();
      } catch (error) {
        if (!/Cannot lock file/.test(String(error)) || performance.now() > until) throw error;
        await new Promise((later) => setTimeout(later, PAUSE));
      }
  }

  async #start(): Promise<void> {
    const script = fileURLToPath(new URL('./chdb-process.ts', import.meta.url));
    // The `advanced` form passes bytes as bytes.
    const child = fork(script, [this.#folder], {
      serialization: 'advanced',
      execArgv: [],
      // Each connection at work takes one of these; with the usual four, questions could keep an insert waiting.
      env: { ...process.env, UV_THREADPOOL_SIZE: '16', JE_MALLOC_CONF: ALLOCATOR },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      if (said.length < 4_000) said += chunk;
    });
    let late: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      late = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`The event store in ${this.#folder} did not start within ${STARTING / 1000} s.`));
      }, STARTING);
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        reject(new Error(`The event store in ${this.#folder} ended at its start (${signal ?? code}): ${said.trim()}`)),
      );
      child.on('message', (message: FromChdb) => {
        if ('ready' in message) resolve();
        else if ('error' in message) this.#settle(message.id, ({ reject: fail }) => fail(new Error(message.error)));
        else this.#settle(message.id, ({ resolve: give }) => give(message.rows));
      });
      // One that is not cleared keeps a service that could not start from ending.
    }).finally(() => clearTimeout(late));
    child.removeAllListeners('exit');
    child.once('exit', () => this.#died());
    child.on('error', () => {});
    this.#child = child;
    this.#watch(child);
    if (!child.connected || child.exitCode !== null) this.#died();
  }

  /** Its work is done in other threads, so it answers at once however much there is of it. */
  #watch(child: ChildProcess): void {
    let missed = 0;
    const asking = setInterval(() => {
      missed += 1;
      if (missed > MISSED) child.kill('SIGKILL');
      this.#ask({ do: 'alive' }).then(
        () => {
          missed = 0;
        },
        () => {},
      );
    }, this.#asked);
    asking.unref();
    child.once('exit', () => clearInterval(asking));
  }

  #died(): void {
    this.#child = undefined;
    for (const id of [...this.#waiting.keys()])
      this.#settle(id, ({ resolve, reject }) => (this.#closing ? resolve([]) : reject(gone())));
    if (this.#closing) return;
    const again = () => {
      if (!this.#closing) this.#start().catch(() => setTimeout(again, PAUSE * 4));
    };
    setTimeout(again, PAUSE);
  }
}

/** A path as ClickHouse takes it. Its `file` reads some characters as a pattern over several files. */
function quoted(path: string): string {
  const plain = resolve(path);
  if (/[*?{}]/.test(plain)) throw new TypeError(`a folder of events may not have *, ?, { or } in its name: ${plain}`);
  return `'${plain.replace(/[\\']/g, '\\$&')}'`;
}

function gone(cause?: unknown): StoreUnavailable {
  return new StoreUnavailable('events', 'The event store (chDB) ended while it worked; it is started again.', {
    retryAfter: 2,
    cause,
  });
}
