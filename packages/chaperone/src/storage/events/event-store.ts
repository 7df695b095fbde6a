import type { Attributed } from './event-row.ts';

/** The quoted names of an organisation's tables. */
export interface EventTables {
  readonly database: string;
  readonly events: string;
  readonly activity: string;
}

/** Rows ready to be written, made by an `EventEncoder` (any thread): RowBinary with the table's columns in order. */
export interface RowBatch {
  readonly rows: number;
  readonly bytes: Uint8Array;
}

/** A stored event as it is read back. Times are microseconds since 1970 UTC. */
export interface StoredEvent extends Attributed {
  /** UUID */
  readonly id: string;
  /** by the source's clock; where it states none, `received` */
  readonly time: number;
  readonly timed: boolean;
  readonly received: number;
  /** UUID of the source */
  readonly source: string;
  /** class key, e.g. `windows/Security/Microsoft-Windows-Security-Auditing/4624`; `unread` for a record that couldn't be decoded */
  readonly kind: string;
  readonly format: string;
  readonly class_uid: number;
  readonly activity: string;
  readonly outcome: 'success' | 'failure' | 'unknown';
  /** normal form: OCSF path to value */
  readonly normal: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly raw: string;
  /** Sigma ids of the rules that matched when it came */
  readonly rules: readonly string[];
  /** ids of the findings that it is part of */
  readonly findings: readonly string[];
}

/**
 * The event store: ClickHouse, our own (chDB in a child process) or one by URL. Each organisation has a database of its own, and no
 * call reaches two. All throw `StoreUnavailable` when it can't be reached or can't write.
 */
export interface EventStore {
  /** Makes the organisation's database and brings its tables up to date. */
  ensure(organization: string): Promise<void>;
  /** Writes rows; resolves when they are on the disk (fsync). The same rows written twice are one row in the end (ReplacingMergeTree by id). */
  insert(organization: string, batch: RowBatch): Promise<void>;
  /**
   * Runs a SELECT over the organisation's own tables: `sql` is given their names. `{name:Type}` parameters; time limit in seconds. Nothing can be
   * written, and no files or addresses read. Given up by the signal it throws its reason.
   * Rows of an event that was delivered twice may be there twice until they are merged: count `uniqExact(id)`, show `LIMIT 1 BY id`.
   */
  query<T>(
    organization: string,
    sql: (tables: EventTables) => string,
    params?: Readonly<Record<string, unknown>>,
    options?: { readonly timeout?: number; readonly signal?: AbortSignal },
  ): Promise<T[]>;
  /** One event by its id; undefined where there is none. */
  event(organization: string, id: string): Promise<StoredEvent | undefined>;
  /** Deletes events received before a moment (microseconds), of one source or of all but some; what is on legal hold is left out by the caller. */
  expire(
    organization: string,
    before: number,
    sources: { readonly only?: readonly string[]; readonly except?: readonly string[] },
  ): Promise<void>;
  /** Bytes on disk and rows of an organisation. */
  size(organization: string): Promise<{ readonly rows: number; readonly bytes: number }>;
  /**
   * Writes all events and activity of an organisation that were stored before the call into a new folder, which appears when it is whole and on
   * the disk. Events go on being stored meanwhile.
   * @throws Error where the folder exists already or can't be written
   */
  backup(organization: string, folder: string): Promise<void>;
  /**
   * Puts back what `backup` wrote, instead of everything that the organisation's tables hold.
   * @throws EventBackupError where the folder holds no whole backup of this organisation; nothing was changed then
   */
  restore(organization: string, folder: string): Promise<void>;
  /** Drops everything of an organisation. */
  drop(organization: string): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
