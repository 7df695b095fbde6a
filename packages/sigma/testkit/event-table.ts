/**
 * Events in a real ClickHouse (chDB, in this process) in the form that the translated SQL reads, for tests and for
 * `scripts/sql-agreement.ts`. One at a time in a process, never in a worker thread: chDB allows no more.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { sqlRow } from '../src/sql/sql-row.ts';
import type { TableMapping } from '../src/sql/table-mapping.ts';

export const TABLE: TableMapping = {
  table: 'events',
  columns: { fields: 'fields', numbers: 'numbers', raw: 'raw', time: 'time', kind: 'kind', shown: ['id'] },
};

export interface StoredEvent {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly raw?: string;
  /** microseconds */
  readonly time?: number;
  readonly kind?: string;
}

/** Rules in SQL are long; these limits guard servers against queries by hand. */
const LIMITS = {
  max_query_size: '268435456',
  max_ast_elements: '10000000',
  max_expanded_ast_elements: '10000000',
  max_parser_depth: '10000',
  max_ast_depth: '10000',
};

export class EventTable {
  readonly #client: ClickHouseClient;
  readonly #folder: string;
  #next = 0;

  private constructor(client: ClickHouseClient, folder: string) {
    this.#client = client;
    this.#folder = folder;
  }

  static async open(): Promise<EventTable> {
    const folder = mkdtempSync(join(tmpdir(), 'chaperone-sql-'));
    const connection = createChdbConnection({ path: folder });
    const client = createClient({ connection } as Parameters<typeof createClient>[0]);
    const table = new EventTable(client, folder);
    await table.clear();
    return table;
  }

  async clear(): Promise<void> {
    await this.#client.command({ query: 'DROP TABLE IF EXISTS events' });
    await this.#client.command({
      query: `CREATE TABLE events (
        id UInt64, time Int64, kind LowCardinality(String),
        fields Map(LowCardinality(String), Array(String)),
        numbers Map(LowCardinality(String), Array(Float64)),
        raw String) ENGINE = Memory`,
    });
    this.#next = 0;
  }

  /** Stores events; ids are given in order from 0. */
  async insert(events: readonly StoredEvent[]): Promise<void> {
    const values = events.map(({ fields, raw, time, kind }) => ({
      id: this.#next++,
      time: time ?? 0,
      kind: kind ?? '',
      ...sqlRow(fields, raw),
    }));
    if (values.length > 0) await this.#client.insert({ table: 'events', values, format: 'JSONEachRow' });
  }

  /** For each condition the ids of the rows where it holds, in one pass over the table. */
  async select(conditions: readonly string[]): Promise<number[][]> {
    const columns = conditions.map((where, i) => `groupArrayIf(id, ${where}) AS r${i}`).join(',\n');
    const [row] = await this.rows<Record<string, string[]>>(`SELECT ${columns} FROM events`);
    return conditions.map((_, i) => row[`r${i}`].map(Number).sort((a, b) => a - b));
  }

  async rows<T>(query: string): Promise<T[]> {
    const result = await this.#client.query({ query, format: 'JSONEachRow', clickhouse_settings: LIMITS });
    return result.json<T>();
  }

  async close(): Promise<void> {
    await this.#client.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
