import { mkdirSync } from 'node:fs';
import { promptly } from '../promptly.ts';
import { StoreUnavailable } from '../store-unavailable.ts';
import { backupEvents, readContents, restoreEvents } from './event-backup.ts';
import type { EventStore, EventTables, RowBatch, StoredEvent } from './event-store.ts';
import { GroupCommit } from './group-commit.ts';
import { Journal } from './journal.ts';
import { type Cluster, databaseOf, foundation, migrations } from './schema.ts';
import { ServerClient, type ServerOptions } from './server-client.ts';
import type { SqlClient } from './sql-client.ts';

export type EventStoreOptions = { readonly folder: string } | (ServerOptions & { readonly cluster?: Cluster });

/** Rules in SQL are long, and a query must never take the memory that inserts need. */
const LIMITS =
  'max_query_size = 268435456, max_ast_elements = 10000000, max_expanded_ast_elements = 10000000, max_parser_depth = 10000, max_ast_depth = 10000';
const QUERY_MEMORY = 2 * 2 ** 30;
/** Rows looked at together: events are large, and rules make copies of their texts. */
const BLOCK = 8_192;
const TIMEOUT = 60;
/** Milliseconds within which a store that is well answers that it is. */
const PING = 5_000;

/** ClickHouse's words and codes for: no room, can't write, too many parts, shutting down. */
const FULL =
  /ENOSPC|EROFS|EDQUOT|NOT_ENOUGH_SPACE|No space left on device|CANNOT_WRITE|CANNOT_RESERVE|errno: 28|Read-only file system|CANNOT_FSYNC|TOO_MANY_PARTS|CANNOT_OPEN_FILE|CANNOT_CLOSE_FILE|CANNOT_CREATE_DIRECTORY/;

/** @throws Error where our own can't be started; a server by URL is reached for at the first call */
export async function openEventStore(options: EventStoreOptions): Promise<EventStore> {
  if ('folder' in options) {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    return new ClickHouseEventStore(await Journal.open(options.folder), undefined);
  }
  return new ClickHouseEventStore(new ServerClient(options), options.cluster);
}

class ClickHouseEventStore implements EventStore {
  readonly #sql: SqlClient;
  readonly #cluster: Cluster | undefined;
  readonly #commits = new Map<string, GroupCommit>();

  constructor(sql: SqlClient, cluster: Cluster | undefined) {
    this.#sql = sql;
    this.#cluster = cluster;
  }

  async ensure(organization: string): Promise<void> {
    const database = databaseOf(organization);
    await this.#safe(async () => {
      for (const statement of foundation(database, this.#cluster)) await this.#sql.command(statement);
      const [{ version }] = await this.#sql.query<{ version: number }>(
        `SELECT max(version) AS version FROM ${database}.schema_version`,
        {},
      );
      const all = migrations(database, this.#cluster);
      if (version > all.length)
        throw new Error(
          `The events of this organisation were written by a newer Chaperone (version ${version} of their tables; this one knows ${all.length}).`,
        );
      for (let next = version; next < all.length; next += 1) {
        for (const statement of all[next]) await this.#sql.command(statement);
        await this.#sql.command(`INSERT INTO ${database}.schema_version (version) VALUES (${next + 1})`);
      }
    });
  }

  insert(organization: string, batch: RowBatch): Promise<void> {
    let commit = this.#commits.get(organization);
    if (commit === undefined) {
      const table = tablesOf(organization).events;
      commit = new GroupCommit((pieces) => written(() => this.#sql.insert(table, pieces)));
      this.#commits.set(organization, commit);
    }
    return commit.add(batch);
  }

  query<T>(
    organization: string,
    sql: (tables: EventTables) => string,
    params: Readonly<Record<string, unknown>> = {},
    { timeout = TIMEOUT, signal }: { readonly timeout?: number; readonly signal?: AbortSignal } = {},
  ): Promise<T[]> {
    const settings = `SETTINGS max_execution_time = ${timeout}, max_memory_usage = ${QUERY_MEMORY}, max_block_size = ${BLOCK}, ${LIMITS}, readonly = 1`;
    const tables = tablesOf(organization);
    return this.#safe(() => this.#sql.query<T>(`${sql(tables)}\n${settings}`, params, signal));
  }

  async event(organization: string, id: string): Promise<StoredEvent | undefined> {
    const rows = await this.query<StoredRow>(
      organization,
      ({ events }) => `SELECT * FROM ${events} WHERE id = {id:UUID} LIMIT 1`,
      { id },
    );
    return rows.length === 0 ? undefined : storedEvent(rows[0]);
  }

  async expire(
    organization: string,
    before: number,
    { only, except }: { readonly only?: readonly string[]; readonly except?: readonly string[] },
  ): Promise<void> {
    const { events } = tablesOf(organization);
    const named = (list: readonly string[]) =>
      list.map((source) => `'${source.replace(/[^0-9a-f-]/gi, '')}'`).join(', ');
    const conditions = [`received < ${Math.round(before)}`];
    if (only !== undefined) conditions.push(only.length === 0 ? '0' : `source IN (${named(only)})`);
    if (except !== undefined && except.length > 0) conditions.push(`source NOT IN (${named(except)})`);
    const goes = conditions.join(' AND ');
    await this.#safe(async () => {
      const days = await this.#sql.query<{ day: string; whole: number }>(
        `SELECT _partition_id AS day, min(${goes}) AND max(received) < toUnixTimestamp(toStartOfDay(now('UTC'))) * 1000000 AS whole
         FROM ${events} WHERE _partition_value.1 <= toYYYYMMDD(fromUnixTimestamp64Micro(toInt64({before:Int64}), 'UTC'))
         GROUP BY day HAVING max(${goes})`,
        { before: Math.round(before) },
      );
      // Nothing is stored any more under days that are over, so what was counted is what is dropped.
      for (const { day } of days.filter(({ whole }) => whole === 1))
        await this.#sql.upkeep(`ALTER TABLE ${events} DROP PARTITION ID '${day}'`);
      if (days.some(({ whole }) => whole === 0)) await this.#sql.upkeep(`DELETE FROM ${events} WHERE ${goes}`);
    });
  }

  async size(organization: string): Promise<{ rows: number; bytes: number }> {
    const [row] = await this.#safe(() =>
      this.#sql.query<{ rows: string; bytes: string }>(
        `SELECT toString(sum(rows)) AS rows, toString(sum(bytes_on_disk)) AS bytes FROM system.parts WHERE active AND table = 'events' AND database = {database:String}`,
        { database: databaseOf(organization) },
      ),
    );
    return { rows: Number(row.rows), bytes: Number(row.bytes) };
  }

  async backup(organization: string, folder: string): Promise<void> {
    await this.#safe(() => backupEvents(this.#sql, organization, databaseOf(organization), folder));
  }

  async restore(organization: string, folder: string): Promise<void> {
    const contents = await readContents(folder, organization);
    await this.drop(organization);
    await this.ensure(organization);
    await this.#safe(() => restoreEvents(this.#sql, databaseOf(organization), folder, contents));
  }

  async drop(organization: string): Promise<void> {
    this.#commits.delete(organization);
    await this.#safe(() => this.#sql.command(`DROP DATABASE IF EXISTS ${databaseOf(organization)} SYNC`));
  }

  async ping(): Promise<void> {
    // As a statement: long questions may keep other questions waiting, and say nothing of whether events can be stored.
    await promptly('events', PING, this.#sql.command('SELECT 1'));
  }

  close(): Promise<void> {
    return this.#sql.close();
  }

  async #safe<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof Error && FULL.test(error.message) ? cantWrite(error) : error;
    }
  }
}

/** Rows are made by our own encoder, so whatever ClickHouse says of an insert is about itself: what wasn't stored may come again. */
async function written(insert: () => Promise<void>): Promise<void> {
  try {
    await insert();
  } catch (error) {
    throw error instanceof StoreUnavailable ? error : cantWrite(error);
  }
}

function cantWrite(error: unknown): StoreUnavailable {
  const said = error instanceof Error ? error.message : String(error);
  const full = /ENOSPC|NOT_ENOUGH_SPACE|No space left on device|errno: 28|CANNOT_RESERVE/.test(said);
  return new StoreUnavailable(
    'events',
    full
      ? 'The event store can’t write: its disk is full.'
      : `The event store can’t write: ${said.split('\n')[0].slice(0, 300)}`,
    { retryAfter: 10, cause: error },
  );
}

function tablesOf(organization: string): EventTables {
  const database = databaseOf(organization);
  return { database, events: `${database}.events`, activity: `${database}.activity` };
}

/** A row as JSON of ClickHouse: 64-bit numbers are texts. */
export interface StoredRow extends Omit<StoredEvent, 'time' | 'received' | 'timed'> {
  readonly time: string | number;
  readonly received: string | number;
  readonly timed: number;
}

/** A row of `SELECT *` as a stored event. */
export function storedEvent({ time, received, timed, ...row }: StoredRow): StoredEvent {
  return { ...row, time: Number(time), received: Number(received), timed: timed === 1 };
}
