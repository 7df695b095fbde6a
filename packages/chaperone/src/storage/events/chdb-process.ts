/**
 * The process that holds chDB (ClickHouse as a library). One data folder a process, never in a worker thread: the library allows no more.
 * Started by `ChdbClient` with the folder as its argument; ends when its parent is gone.
 */
import { createClient } from '@clickhouse/client';
import { type ChdbConnection, createChdbConnection } from 'chdb/connection';
import type { FromChdb, ToChdb } from './chdb-protocol.ts';

const connect = () => createChdbConnection({ path: process.argv[2] }) as ChdbConnection;
const clientOf = (connection: ChdbConnection) => createClient({ connection } as Parameters<typeof createClient>[0]);
// A connection does one thing at a time: a long question must not keep events from being stored.
const writer = clientOf(connect());
const reader = clientOf(connect());
// Backups and what expires take long, and must keep neither waiting.
const keeper = clientOf(connect());
const say = (message: FromChdb) => process.send?.(message);

process.on('message', (ask: ToChdb) => {
  answer(ask).then(
    (rows) => say({ id: ask.id, rows }),
    (error) => say({ id: ask.id, error: error instanceof Error ? error.message : String(error) }),
  );
});
// Without a parent nobody could ask: what was answered is on the disk.
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

async function answer(ask: ToChdb): Promise<unknown[]> {
  switch (ask.do) {
    case 'command':
      await writer.command({ query: ask.sql });
      return [];
    case 'upkeep':
      await keeper.command({ query: ask.sql });
      return [];
    case 'query': {
      const result = await reader.query({ query: ask.sql, query_params: ask.params, format: 'JSONEachRow' });
      return result.json();
    }
    case 'close':
      await reader.close();
      await keeper.close();
      await writer.close();
      setImmediate(() => process.exit(0));
      return [];
  }
}

say({ ready: true });
