import type { Attributed } from './event-row.ts';

/** Rows ready to be written, made by an `EventEncoder` (any thread): bytes of one encoding in the order of the table's columns. */
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
  /** Runs a SELECT in the organisation's database, read-only, with `{name:Type}` parameters and a time limit in seconds. */
  query<T>(
    organization: string,
    sql: string,
    params?: Readonly<Record<string, unknown>>,
    options?: { readonly timeout?: number; readonly signal?: AbortSignal },
  ): Promise<T[]>;
  /** One event by its id; undefined where there is none. */
  event(organization: string, id: string): Promise<StoredEvent | undefined>;
  /** The table that Sigma rules in SQL are asked of, for `toClickHouse(rule, mapping)`. */
  readonly table: { readonly name: string };
  /** Deletes events received before a moment (microseconds), of one source or of all but some; what is on legal hold is left out by the caller. */
  expire(
    organization: string,
    before: number,
    sources: { readonly only?: readonly string[]; readonly except?: readonly string[] },
  ): Promise<void>;
  /** Bytes on disk and rows of an organisation. */
  size(organization: string): Promise<{ readonly rows: number; readonly bytes: number }>;
  /** Drops everything of an organisation. */
  drop(organization: string): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
