/** The one way in which the event store talks to ClickHouse, in-process or by URL. Errors are what ClickHouse says, as `Error`. */
export interface SqlClient {
  /** A statement without an answer. */
  command(sql: string): Promise<void>;
  /** RowBinary into a table, pieces laid end to end; resolves when they are on the disk. */
  insert(table: string, pieces: readonly Uint8Array[]): Promise<void>;
  /** A statement that takes long; others go on beside it. */
  upkeep(sql: string): Promise<void>;
  /** Throws the signal's reason when it is given up; chDB goes on with what it has begun, to its time limit. */
  query<T>(sql: string, params: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<T[]>;
  /** Writes the answer of a SELECT into a new file of this machine, in ClickHouse's Native form under zstd. */
  save(select: string, file: string): Promise<void>;
  /** Reads such a file into a table, given as `database.table (column, ...)`. */
  load(table: string, file: string): Promise<void>;
  close(): Promise<void>;
}
