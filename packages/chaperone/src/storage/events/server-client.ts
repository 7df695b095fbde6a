import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { StoreUnavailable } from '../store-unavailable.ts';
import { INSERTING } from './schema.ts';
import type { SqlClient } from './sql-client.ts';

export interface ServerOptions {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
}

/** Milliseconds: a rule over all events takes its time. */
const PATIENCE = 300_000;
/** An insert that isn't answered so long is on no way any more, and the next ones wait behind it. */
const INSERT = 30_000;

/** A ClickHouse by URL. */
export class ServerClient implements SqlClient {
  readonly #client: ClickHouseClient;
  readonly #writer: ClickHouseClient;

  constructor({ url, user, password }: ServerOptions) {
    const options = {
      url,
      ...(user === undefined ? {} : { username: user }),
      ...(password === undefined ? {} : { password }),
      application: 'chaperone',
      // What goes wrong is thrown, and said by whoever asked.
      log: { level: ClickHouseLogLevel.OFF },
    };
    this.#client = createClient({ ...options, request_timeout: PATIENCE, max_open_connections: 16 });
    this.#writer = createClient({ ...options, request_timeout: INSERT, max_open_connections: 8 });
  }

  command(sql: string): Promise<void> {
    return reached(async () => void (await this.#client.command({ query: sql })));
  }

  insert(table: string, pieces: readonly Uint8Array[]): Promise<void> {
    return reached(async () => {
      // An insert is answered when the server has it; with insert_quorum the operator may ask for more.
      const { stream } = await this.#writer.exec({
        query: `INSERT INTO ${table} FORMAT RowBinary`,
        clickhouse_settings: INSERTING,
        values: Readable.from(pieces.map((piece) => Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))),
      });
      for await (const _ of stream) {
        // Nothing is said but errors, which the client throws.
      }
    });
  }

  upkeep(sql: string): Promise<void> {
    return this.command(sql);
  }

  query<T>(sql: string, params: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<T[]> {
    return reached(async () => {
      signal?.throwIfAborted();
      const result = await this.#client.query({
        query: sql,
        query_params: params,
        format: 'JSONEachRow',
        ...(signal === undefined ? {} : { abort_signal: signal }),
      });
      return result.json<T>();
    });
  }

  save(select: string, file: string): Promise<void> {
    return reached(async () => {
      const { stream } = await this.#client.exec({ query: `${select} FORMAT Native` });
      await pipeline(stream, createZstdCompress(), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    });
  }

  load(table: string, file: string): Promise<void> {
    return reached(async () => {
      const values = createReadStream(file).pipe(createZstdDecompress());
      const { stream } = await this.#client.exec({ query: `INSERT INTO ${table} FORMAT Native`, values });
      for await (const _ of stream) {
        // As above.
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#client.close(), this.#writer.close()]);
  }
}

/** Errors of the network say that the server can't be reached; errors of ClickHouse pass. */
async function reached<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    if (
      /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|UND_ERR)/.test(code ?? '') ||
      /socket hang up|Timeout error/.test(message ?? '')
    )
      throw new StoreUnavailable('events', `The event store (ClickHouse) can't be reached: ${message}`, {
        cause: error,
      });
    throw error;
  }
}
